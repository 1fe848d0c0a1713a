using System.Text;

namespace Likeness.Tests.Data;

/// <summary>The table beside a folder of images, as spreadsheets and scripts write it.</summary>
public sealed class MetadataTests
{
    [Fact]
    public void Quotes_hide_separators_line_ends_and_quotes()
    {
        var table = Read("\uFEFFfile_name, text ,label\r\na.png,\"one, \"\"two\"\"\nthree\" , x y \r\n\r\nb.png,5\" wide,\n");
        Assert.Equal(["file_name", "text", "label"], table.Columns);
        Assert.Equal(["a.png", "one, \"two\"\nthree", "x y"], table.Rows[0]);
        Assert.Equal(["b.png", "5\" wide", ""], table.Rows[1]);
        Assert.Equal(2, table.Rows.Count);
    }

    [Theory]
    [InlineData("file_name,text\na.png,\"two\nlines\"\n\nb.png\n", "line 5 has 1 column and the header 2")]
    [InlineData("name,text\na.png,x\n", "no column 'file_name' (it has name, text)")]
    [InlineData("", "it has nothing")]
    public void What_is_wrong_is_named_with_its_line(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<DataException>(() => Read(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_cell_that_is_too_long_is_refused()
    {
        var error = Assert.Throws<DataException>(() => Read("file_name,text\na.png," + new string('x', 1 << 21)));
        Assert.Contains("near line 2", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file_name,text\na.png,\"one\nb.png,two\n", "line 2")] // b.png would become a part of a's caption
    [InlineData("file_name,text\na.png,one\nb.png,\"", "line 3")]
    public void A_quote_that_nothing_closes_is_refused(string text, string line) =>
        Assert.Contains($"a quote in the row that begins in {line} has no end", Assert.Throws<DataException>(() => Read(text)).Message, StringComparison.Ordinal);

    private static Metadata Read(string text) => Metadata.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "metadata.csv");
}

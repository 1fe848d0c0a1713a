using System.Text;

namespace Likeness.Tests.Data;

public sealed class TextTableTests
{
    [Theory]
    [InlineData("0 1 0 \n1 1 0 \n", 2, 3, new float[] { 0, 1, 0, 1, 1, 0 })]
    [InlineData("0,1\r\n1,0\r\n", 2, 2, new float[] { 0, 1, 1, 0 })]
    [InlineData("1;2.5\n-3;4e2", 2, 2, new float[] { 1, 2.5f, -3, 400 })]
    [InlineData("1\t2\n\n3\t256\n", 2, 2, new float[] { 1, 2, 3, 256 })]
    [InlineData("  7   8  \n", 1, 2, new float[] { 7, 8 })]
    [InlineData("5\n6\n", 2, 1, new float[] { 5, 6 })]
    [InlineData("\uFEFF1,3.38e-005\n", 1, 2, new float[] { 1, 3.38e-5f })]
    [InlineData("\"1\",\"2\"\n", 1, 2, new float[] { 1, 2 })]
    public void Separators_blanks_and_line_ends_are_understood(string text, int rows, int columns, float[] expected)
    {
        var table = Read(text);
        Assert.Null(table.Columns);
        Assert.Equal([rows, columns], table.Values.Shape);
        Assert.Equal(expected, table.Values.ToSingles("x"));
    }

    [Fact]
    public void A_first_line_with_words_is_a_header()
    {
        var table = Read("alpha,\"b, quoted\",MDVP:Jitter(%)\n1,2,3\n");
        Assert.Equal(["alpha", "b, quoted", "MDVP:Jitter(%)"], table.Columns!);
        Assert.Equal([1, 3], table.Values.Shape);
    }

    [Fact]
    public void Small_integers_are_kept_as_bytes_until_another_number_comes()
    {
        Assert.NotNull(Read("0,255\n7,8\n").Values.Bytes);
        var mixed = Read("0,255\n7,0.5\n");
        Assert.Equal([0f, 255f, 7f, 0.5f], mixed.Values.ToSingles("x"));
    }

    [Theory]
    [InlineData("v\n1\n\n2\n", "line 3, column 1 ('v') is missing; fill it in or remove the row.")]
    [InlineData("a,b\n\"1,000.5\",2\n", "line 2, column 1 ('a') holds '1,000.5', a number with commas or blanks in it; write numbers with a decimal point")]
    [InlineData("a;b\n1,5;2\n", "holds '1,5', a number with commas")]
    [InlineData("day,b\n2024-01-31,2\n", "line 2, column 1 ('day') holds '2024-01-31', a date; leave the column out (Drop = day)")]
    [InlineData("a,b\nred,2\n3,4\n", "line 2, column 1 ('a') holds 'red', which is text; correct the cell, say that the column holds classes (LabelColumn = a)")]
    [InlineData("a,b\n1,\"2\n3,4\n", "a quote in the row that begins in line 2 has no end")]
    [InlineData("a\0,\0b\0\n\0", "zero bytes")]
    [InlineData("a,b\n1,2\n3,nan\n", "line 3, column 2 ('b') holds 'nan'")]
    [InlineData("1,2\n3,-Infinity\n", "line 2, column 2 holds '-Infinity'")]
    [InlineData("1,2\n3,1e300\n", "holds '1e300'")]
    [InlineData("1,2\n3,?\n", "line 2, column 2 is missing")]
    [InlineData("1,2\n,4\n", "line 2, column 1 is missing")]
    [InlineData("1,2\n3,x\n", "holds 'x'")]
    [InlineData("1,2\n3\n", "line 2 has 1 column and the first line 2")]
    [InlineData("1,2\n3,4,5\n", "line 2 has more columns")]
    [InlineData("", "is empty")]
    [InlineData("only,words\n", "has a header and no rows")]
    public void What_cannot_be_a_number_is_named_with_its_place(string text, string expected)
    {
        var error = Assert.Throws<DataException>(() => Read(text));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.StartsWith("'t.csv'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tables_longer_than_the_buffer_keep_every_value()
    {
        // 3000 rows of 50 cells do not fit the first buffer, and rows straddle its end.
        var expected = Enumerable.Range(0, 150_000).Select(i => (float)(i % 1013)).ToArray();
        var text = string.Join('\n', expected.Chunk(50).Select(row => string.Join(',', row)));
        Assert.Equal(expected, Read(text).Values.ToSingles("x"));
    }

    [Fact]
    public void Csv_reads_back_bit_for_bit()
    {
        using var folder = new TemporaryFolder();
        float[] values = [0.1f, float.Epsilon, float.MaxValue, -1f / 3, 1e-30f, 12345.678f];
        TextTable.Write(folder["x.csv"], ["a", "b, c"], values);
        var table = TextTable.Read(folder["x.csv"]);

        Assert.Equal(["a", "b, c"], table.Columns!);
        Assert.Equal(values, table.Values.ToSingles("x"));
    }

    [Theory]
    [InlineData("2019,2020,2021\n1.5,2,3\n4,5.5,6\n", true, "is taken for the header")]
    [InlineData("2019,2020,2021\n1,2,3\n4,5,6\n", false, "is taken for a row")]
    [InlineData("1,2,3\n2,1,5\n1,3,3\n", false, null)]
    [InlineData("5,7\n1.5,2.5\n", false, null)]
    [InlineData("1,abc,3\n2,5,6\n", true, "'abc' in it stands over a number")]
    [InlineData(",a,b\n0,1,2\n", true, null)]
    public void What_a_first_line_of_numbers_is_taken_for_is_said(string text, bool header, string? note)
    {
        var table = Read(text);
        Assert.Equal(header, table.Columns is not null);
        Assert.Equal(text.Split('\n').Length - (header ? 2 : 1), table.Values.Rows);
        Assert.Equal(note is null ? 0 : 1, table.Notes.Count);
        Assert.Contains(note ?? "", string.Concat(table.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Comments_before_the_table_are_left_out_and_named()
    {
        var table = Read("# made by us\n\n# in 2024\na,b\n1,2\n");
        Assert.Equal(["a", "b"], table.Columns);
        Assert.Contains("2 lines, the first '# made by us'", Assert.Single(table.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Utf16_and_lone_returns_are_read_as_any_other_text()
    {
        foreach (var encoding in new[] { Encoding.Unicode, Encoding.BigEndianUnicode })
        {
            var table = TextTable.Read(new MemoryStream([.. encoding.GetPreamble(), .. encoding.GetBytes("ä,b\r\n1,2.5\r\n")]), "t.csv");
            Assert.Equal(["ä", "b"], table.Columns);
            Assert.Equal([1, 2.5f], table.Values.ToSingles("x"));
        }

        Assert.Equal([1f, 2f, 3f, 4f], Read("a,b\r1,2\r3,4\r").Values.ToSingles("x"));
        Assert.Equal([1f, 2f, 3f, 4f], Read("\"a\nb\",c\n1,2\n3,4").Values.ToSingles("x"));
    }

    [Fact]
    public void A_blank_line_of_a_table_of_one_column_is_a_missing_value_but_at_its_end()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["holes.csv"], "v\n1\n\n3\n\n\n");
        Assert.Equal([1f, float.NaN, 3f], (TextTable.ReadIncomplete(folder["holes.csv"]).Values.Values as double[])!.Select(v => (float)v));
        // A table of several columns has no such cells.
        Assert.Equal(2, Read("1,2\n\n3,4\n").Values.Rows);
    }

    private static TextTable Read(string text) => TextTable.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "t.csv");
}

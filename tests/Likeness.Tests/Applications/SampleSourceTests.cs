namespace Likeness.Tests.Applications;

/// <summary>Images of another program are brought to the data's kind, and that is said.</summary>
public sealed class SampleSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static IDataset Grey => DatasetCatalog.Open("shapes-grey", new(Size: 8));

    private static IDataset Colours => DatasetCatalog.Open("shapes", new(Size: 8));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Images_of_the_datas_kind_are_taken_as_they_are()
    {
        Draw("a.png", 8, 8, 1, 7);
        Draw("b.png", 8, 8, 1, 9);
        var source = SampleSource.Read(_folder.Path, Grey, 10);
        Assert.Equal((2, (string?)null), (source.Examples.Count, source.Note));
        Assert.Equal([7, 9], source.Examples.Values.Chunk(64).Select(image => image.Distinct().Single()));
    }

    [Fact]
    public void Rows_of_a_mixed_table_are_read_by_the_real_rows_columns_words_and_units()
    {
        File.WriteAllLines(_folder["real.csv"], ["age,city", .. Enumerable.Range(0, 40).Select(i => $"{20 + i},{(i % 3 == 0 ? "Oslo" : "Rome")}")]);
        File.WriteAllLines(_folder["made.csv"], ["city,more,age", "Rome,1,21", "Oslo,2,20"]);
        var real = DatasetCatalog.Open(_folder["real.csv"]);
        var source = SampleSource.Read(_folder["made.csv"], real, 10);
        Assert.Equal([21, 20], source.Examples.Values.Chunk(2).Select(row => (int)MathF.Round(real.Origin.Fit.Columns[0].ToData(row[0]))));
        Assert.Equal([1f, 0], source.Examples.Values.Chunk(2).Select(row => row[1]));

        File.WriteAllLines(_folder["made.csv"], ["city,old", "Rome,21", "Oslo,20"]);
        var wrong = Assert.Throws<DataException>(() => SampleSource.Read(_folder["made.csv"], real, 10));
        Assert.Contains($"lacks 1 of the 2 columns of '{_folder["real.csv"]}' (age): it has city, old", wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(20, 20, "20×20")]
    [InlineData(24, 16, "16×24")]
    public void Images_of_another_size_are_brought_to_the_datas(int width, int height, string size)
    {
        Draw("a.png", width, height, 1, 40);
        var source = SampleSource.Read(_folder.Path, Grey, 10);
        // Scaling keeps constant images constant.
        Assert.All(source.Examples.Values, v => Assert.Equal(40, v));
        Assert.Equal(64, source.Examples.Values.Length);
        Assert.Contains($"from {size} to 8×8", source.Note, StringComparison.Ordinal);
        Assert.Contains("8×8", source.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void Images_of_several_sizes_are_all_brought_to_the_datas()
    {
        Draw("a.png", 9, 12, 1, 5);
        Draw("b.png", 16, 16, 1, 6);
        var source = SampleSource.Read(_folder.Path, Grey, 10);
        Assert.Equal([5, 6], source.Examples.Values.Chunk(64).Select(image => image.Distinct().Single()));
        Assert.Contains("from different sizes to 8×8", source.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void Colours_and_grey_are_turned_into_one_another()
    {
        Draw("a.png", 8, 8, 3, 10, 20, 60);
        Assert.All(SampleSource.Read(_folder.Path, Grey, 10).Examples.Values, v => Assert.Equal(30, v));

        File.Delete(_folder["a.png"]);
        Draw("a.png", 16, 16, 1, 50);
        var source = SampleSource.Read(_folder.Path, Colours, 10);
        Assert.Equal(3 * 64, source.Examples.Values.Count(v => v == 50));
        Assert.Contains("grey repeated as three colours", source.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void Classes_are_known_by_their_names()
    {
        var names = Grey.ClassNames;
        foreach (var (name, value) in new[] { (names[3], (byte)30), (names[1], (byte)10) })
        {
            Directory.CreateDirectory(_folder[name]);
            Draw($"{name}/a.png", 8, 8, 1, value);
        }

        var examples = SampleSource.Read(_folder.Path, Grey, 10).Examples;
        Assert.Equal([(1, 10f), (3, 30f)], examples.Labels!.Zip(examples.Values.Chunk(64), (label, image) => (label, image[0])).Order());

        Directory.Move(_folder[names[1]], _folder["of no such class"]);
        Assert.Null(SampleSource.Read(_folder.Path, Grey, 10).Examples.Labels);
    }

    [Fact]
    public void What_is_no_image_is_refused()
    {
        File.WriteAllText(_folder["table.csv"], "a,b\n1.5,2\n3,4\n");
        var error = Assert.Throws<DataException>(() => SampleSource.Read(_folder["table.csv"], Grey, 10));
        Assert.Contains("1x8x8", error.Message, StringComparison.Ordinal);
    }

    private void Draw(string name, int width, int height, int channels, params byte[] colour) =>
        File.WriteAllBytes(_folder[name], ImageCodec.EncodePng(new(width, height, channels, [.. Enumerable.Range(0, width * height).SelectMany(_ => colour)])));
}

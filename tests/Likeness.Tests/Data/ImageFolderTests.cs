namespace Likeness.Tests.Data;

/// <summary>Folders of pictures as people have them: what is read, what is left out and said, and what is known of each picture.</summary>
public sealed class ImageFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Lines_of_json_are_metadata_too()
    {
        Pictures(4);
        File.WriteAllText(_folder["metadata.jsonl"], """
            {"file_name": "0.png", "text": "a \"red\" car", "label": "car", "doors": 3}

            {"label": null, "file_name": "./1.png", "doors": 5}
            {"file_name": "2.png", "text": "ein Stra\u00dfenbahnwagen", "label": "tram", "doors": 5, "boxes": [[1, 2], [3, 4]]}
            """);
        var data = DatasetCatalog.Open(_folder.Path, new(Whole: true));
        Assert.Equal(["a \"red\" car", "", "ein Straßenbahnwagen"], data.As<CaptionedBatch>().Read(Split.Test, 9).Single().Captions);
        Assert.Equal(["car", "tram"], data.ClassNames);
        Assert.Equal(["doors"], data.Spec.Attributes.Select(a => a.Name));
        Assert.Contains("1 picture", data.Origin.Notes[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"file_name\": \"0.png\"}\n{\"text\": \"x\"}\n", "line 2 has no 'file_name' (it has text)")]
    [InlineData("{\"file_name\": \"0.png\"\n", "line 1 cannot be read as JSON")]
    [InlineData("[1]\n", "line 1 is no JSON object")]
    [InlineData("\n", "no line")]
    [InlineData("{\"file_name\": \"../0.png\"}\n", "lacks the image '../0.png'")]
    [InlineData("{\"file_name\": \"a.tif\"}\n", "of no kind that is read")]
    public void Lines_that_cannot_be_understood_are_named(string text, string expected)
    {
        Pictures(1);
        File.WriteAllText(_folder["a.tif"], "II*");
        File.WriteAllText(_folder["metadata.jsonl"], text);
        Assert.Contains(expected, Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_folder_may_have_metadata_of_its_own()
    {
        foreach (var (split, word) in new[] { ("train", "one"), ("test", "two") })
        {
            Pictures(2, split);
            File.WriteAllText(_folder[$"{split}/metadata.csv"], $"file_name,text\n1.png,{word}\n");
        }

        var data = DatasetCatalog.Open(_folder.Path).As<CaptionedBatch>();
        Assert.Equal((1, 0, 1), (data.Count(Split.Train), data.Count(Split.Validation), data.Count(Split.Test)));
        Assert.Equal(["two"], data.Read(Split.Test, 9).Single().Captions);
        File.WriteAllText(_folder["train/metadata.jsonl"], "{}");
        Assert.Contains("keep one", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_are_not_read_are_counted_once_by_kind()
    {
        Pictures(12);
        foreach (var name in new[] { "a.tif", "b.TIF", "notes.txt", "README", ".hidden", "Thumbs.db", "__MACOSX/._0.png" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
            File.WriteAllText(_folder[name], "x");
        }

        Assert.Contains("4 files", Assert.Single(DatasetCatalog.Open(_folder.Path).Origin.Notes), StringComparison.Ordinal);
        Assert.Contains("(2 .tif, 1 without an ending, 1 .txt)", Assert.Single(DatasetCatalog.Open(_folder.Path).Origin.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Icons_and_wireless_bitmaps_are_read()
    {
        var png = ImageCodec.EncodePng(new(2, 2, 3, [.. Enumerable.Range(0, 12).Select(i => (byte)(20 * i))]));
        byte[] icon = [0, 0, 1, 0, 1, 0, 2, 2, 0, 0, 1, 0, 24, 0, .. BitConverter.GetBytes(png.Length), 22, 0, 0, 0, .. png];
        Assert.Equal([0, 20, 40, 60], ImageCodec.Decode(icon, 3).Pixels[..4]);
        Assert.Throws<InvalidDataException>(() => ImageCodec.Decode(icon.AsSpan(..^1)));
        byte[] bits = [0, 0, 3, 2, 0b1010_0000, 0b0100_0000];
        Assert.Equal([255, 0, 255, 0, 255, 0], ImageCodec.Decode(bits).Pixels);
        Assert.Throws<InvalidDataException>(() => ImageCodec.Decode(bits.AsSpan(..^1)));
    }

    [Fact]
    public void Damaged_pictures_are_an_error_or_left_out_by_name()
    {
        Pictures(30);
        File.WriteAllBytes(_folder["07.png"], File.ReadAllBytes(_folder["0.png"])[..40]);
        File.WriteAllText(_folder["08.jpg"], "");
        Assert.Contains("07.png", Refused(), StringComparison.Ordinal);
        Assert.Contains("1 more", Refused(), StringComparison.Ordinal);
        var data = DatasetCatalog.Open(_folder.Path, new() { SkipDamaged = true });
        Assert.Equal(30, Enum.GetValues<Split>().Sum(data.Count));
        Assert.Equal(["07.png", "08.jpg"], data.Origin.Damaged);
        Assert.True(data.Origin.SkipDamaged);
        Assert.Contains("07.png", Assert.Single(data.Origin.Notes), StringComparison.Ordinal);
        Assert.Equal(["07.png", "08.jpg"], RunData.Of(data).Damaged!);
    }

    [Fact]
    public void The_rows_of_damaged_pictures_go_with_them()
    {
        Pictures(3);
        File.WriteAllText(_folder["1.png"], "");
        File.WriteAllText(_folder["metadata.csv"], "file_name,text\n0.png,a\n1.png,b\n2.png,c\n");
        var data = DatasetCatalog.Open(_folder.Path, new(Whole: true) { SkipDamaged = true });
        Assert.Equal(["a", "c"], data.As<CaptionedBatch>().Read(Split.Test, 9).Single().Captions);
    }

    [Fact]
    public void An_empty_label_is_an_example_without_one()
    {
        Pictures(60);
        File.WriteAllText(_folder["metadata.csv"], "file_name,label\n" + string.Concat(Enumerable.Range(0, 60).Select(i => $"{i}.png,{(i % 4) switch { 0 => "cat", 1 => "dog", _ => "" }}\n")));
        var data = DatasetCatalog.Open(_folder.Path);
        Assert.Equal(["cat", "dog"], data.ClassNames);
        var train = data.As<LabelledBatch>().Read(Split.Train, 100).Single();
        Assert.InRange(train.Count, 1, data.Count(Split.Train) - 1);
        Assert.All(train.Labels.ToArray<long>(), l => Assert.InRange(l, 0, 1));

        // What learns from a few labels is given all; the first that lacks one is named.
        using var feed = data.As<PartlyLabelledBatch>().Open(Split.Train, 10, 1);
        Assert.Equal(10, feed.Next().X.shape[0]);
        Assert.Contains("'2.png', row 3", Assert.Single(data.Origin.Notes), StringComparison.Ordinal);
        var few = DatasetCatalog.Open(_folder.Path, new(Labels: 6));
        using var labelled = few.As<LabelledBatch>().Open(Split.Train, 6, 1);
        Assert.Equal([0, 0, 0, 1, 1, 1], labelled.Next().Labels.ToArray<long>().Order());
    }

    [Fact]
    public void A_table_of_empty_labels_has_no_classes()
    {
        Pictures(3);
        File.WriteAllText(_folder["metadata.csv"], "file_name,label,tone\n0.png,,dark\n1.png,,\n2.png,,light\n");
        var data = DatasetCatalog.Open(_folder.Path, new(Whole: true));
        Assert.Empty(data.ClassNames);
        Assert.Equal(["dark", "light"], data.Spec.Attributes.Single().Values);
        Assert.Equal([0, -1, 1], data.As<AttributedBatch>().Read(Split.Test, 3).Single().Attributes.ToArray<long>());
    }

    [Fact]
    public void One_class_is_said_to_be_one()
    {
        Pictures(20, "only");
        var data = DatasetCatalog.Open(_folder.Path);
        var error = Assert.Throws<UsageException>(() => Zoo.BuiltIn.Find("classifier").CreateModel(data.Spec, [], new Rng(1)));
        Assert.Contains("has only one class, 'only'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pictures_of_several_sizes_are_told_which_option_helps()
    {
        File.WriteAllBytes(_folder["a.png"], ImageCodec.EncodePng(new(10, 8, 1, new byte[80])));
        File.WriteAllBytes(_folder["b.png"], ImageCodec.EncodePng(new(10, 9, 1, new byte[90])));
        var error = Assert.Throws<ImageSizesException>(() => DatasetCatalog.Open(_folder.Path));
        Assert.Equal(8, DatasetCatalog.Open(_folder.Path, new(Size: 8, Whole: true)).Spec.Height);
        Assert.Contains("--size 8", error.Sentence.Phrase(r => r is Remedy.Option("Size", var side) ? $"--size {side}" : ""), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private void Pictures(int count, string within = "")
    {
        Directory.CreateDirectory(_folder[within]);
        for (var i = 0; i < count; i++)
        {
            File.WriteAllBytes(_folder[Path.Combine(within, $"{i}.png")], ImageCodec.EncodePng(new(2, 2, 1, [(byte)i, 0, 0, 9])));
        }
    }

    private string Refused() => Assert.Throws<DataException>(() => DatasetCatalog.Open(_folder.Path)).Message;
}

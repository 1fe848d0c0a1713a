using System.IO.Compression;

namespace Likeness.Tests.Data;

public sealed class UserDataTests
{
    [Fact]
    public void A_table_is_divided_by_a_hash_that_more_rows_do_not_change()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllLines(folder["short.csv"], Enumerable.Range(0, 500).Select(i => $"{i},0.5"));
        File.WriteAllLines(folder["long.csv"], Enumerable.Range(0, 1000).Select(i => $"{i},0.5"));
        var (some, all) = (Open(folder["short.csv"]), Open(folder["long.csv"]));

        Assert.Equal(1000, all.Count(Split.Train) + all.Count(Split.Validation) + all.Count(Split.Test));
        // 800 expected with a deviation of √160 = 12.6; four of them.
        Assert.InRange(all.Count(Split.Train), 750, 850);
        Assert.Equal(Rows(some, Split.Test), Rows(all, Split.Test).Where(i => i < 500));

        static IEnumerable<float> Rows(IDataset<Batch> data, Split split) =>
            data.Read(split, 10_000).SelectMany(b => b.X.ToArray<float>()).Where((_, i) => i % 2 == 0);
    }

    [Fact]
    public void Protocols_of_tables_follow_their_values()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllLines(folder["bits.data"], Enumerable.Range(0, 100).Select(i => $"{i % 2} {i / 2 % 2}"));
        File.WriteAllLines(folder["levels.csv"], Enumerable.Range(0, 100).Select(i => $"{i % 5};{i % 3}"));

        Assert.Equal("2 binary", Open(folder["bits.data"]).Spec.ToString());
        Assert.Equal("2 real", Open(folder["levels.csv"]).Spec.ToString());
        Assert.Equal("2 categorical(5)", Open(folder["levels.csv"], "categorical").Spec.ToString());
        Assert.Contains("'reals'", Assert.Throws<DataException>(() => Open(folder["levels.csv"], "binary")).Message, StringComparison.Ordinal);
        Assert.Throws<UsageException>(() => Open(folder["levels.csv"], "dynamic"));
    }

    [Fact]
    public void Standardised_columns_have_the_training_splits_mean_and_deviation()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllLines(folder["x.csv"], Enumerable.Range(0, 400).Select(i => $"{i * i % 97},{i % 7}"));
        var x = Open(folder["x.csv"], "standardised").Read(Split.Train, 1000).Single().X.ToArray<float>();
        for (var column = 0; column < 2; column++)
        {
            var values = x.Where((_, i) => i % 2 == column).Select(v => (double)v).ToList();
            // Single precision rounds 300 values of size 1 independently.
            Assert.Equal(0, values.Average(), 1e-6);
            Assert.Equal(1, values.Average(v => v * v), 1e-5);
        }
    }

    [SkippableFact]
    public void An_archive_with_X_and_y_is_labelled()
    {
        var data = DatasetCatalog.Open(RealData.RequireFile("adbench/20_letter.npz"));
        var labelled = data.As<LabelledBatch>();
        double ones = 0, sum = 0;
        foreach (var split in Enum.GetValues<Split>())
        {
            foreach (var batch in labelled.Read(split, 100))
            {
                ones += batch.Labels.ToArray<long>().Sum();
                sum += batch.X.ToArray<float>().Sum(v => (double)v);
            }
        }

        Assert.Equal("32 real", data.Spec.ToString());
        Assert.Equal((100, 295_354), (ones, sum));
    }

    [Fact]
    public void A_column_named_label_or_class_is_the_label()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllLines(folder["x.csv"], ["a,label,b", .. Enumerable.Range(0, 50).Select(i => $"{i},{i % 3},{-i}")]);
        var data = DatasetCatalog.Open(folder["x.csv"]);
        var batch = data.As<LabelledBatch>().Read(Split.Train, 100).Single();
        Assert.Equal(("2 real", 3), (data.Spec.ToString(), data.Spec.Classes));
        Assert.Equal(batch.X.ToArray<float>().Where((_, i) => i % 2 == 0).Select(v => (long)v % 3), batch.Labels.ToArray<long>());
    }

    [Fact]
    public void Folders_give_splits_and_classes()
    {
        using var folder = new TemporaryFolder();
        foreach (var (split, kind, count) in new[] { ("train", "cat", 3), ("train", "dog", 2), ("val", "cat", 1), ("test", "dog", 2) })
        {
            Directory.CreateDirectory(folder[$"{split}/{kind}"]);
            for (var i = 0; i < count; i++)
            {
                File.WriteAllBytes(folder[$"{split}/{kind}/{i}.png"], Png(4, 3, kind == "cat" ? (byte)10 : (byte)200));
            }
        }

        var data = DatasetCatalog.Open(folder.Path);
        Assert.Equal("1x3x4 byte", data.Spec.ToString());
        Assert.Equal((5, 1, 2), (data.Count(Split.Train), data.Count(Split.Validation), data.Count(Split.Test)));
        Assert.Equal(["cat", "dog"], data.ClassNames);
        var batch = data.As<LabelledBatch>().Read(Split.Train, 5).Single();
        Assert.Equal([0, 0, 0, 1, 1], batch.Labels.ToArray<long>());
        Assert.Equal([10f, 10f, 10f, 200f, 200f], batch.X.ToArray<float>().Where((_, i) => i % 12 == 0));
    }

    [Fact]
    public void Metadata_gives_captions_attributes_and_splits_to_an_archive()
    {
        using var folder = new TemporaryFolder();
        using (var zip = ZipFile.Open(folder["pictures.zip"], ZipArchiveMode.Create))
        {
            foreach (var name in new[] { "a", "b", "c", "unlisted" })
            {
                using var entry = zip.CreateEntry($"set/{name}.png").Open();
                entry.Write(Png(2, 2, (byte)name[0]));
            }
        }

        File.WriteAllText(folder["pictures.metadata.csv"], "file_name,text,tone,split,keywords\nset/b.png,\"one, two\",dark,train,three four\nset/a.png,x,light,test,\nset/c.png,y,dark,train,\n");
        var data = DatasetCatalog.Open(folder["pictures.zip"]);
        var batch = data.As<CaptionedBatch>().Read(Split.Train, 9).Single();

        Assert.Equal((2, 0, 1), (data.Count(Split.Train), data.Count(Split.Validation), data.Count(Split.Test)));
        Assert.Equal(["one, two, three four", "y"], batch.Captions);
        Assert.Equal('b', batch.X.ToArray<float>()[0]);
        Assert.Equal(["tone"], data.Spec.Attributes.Select(a => a.Name));
        Assert.False(data.Has<LabelledBatch>());
    }

    [Fact]
    public void Pictures_of_several_sizes_need_one_to_be_brought_to()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["a.png"], Png(8, 8, 50));
        File.WriteAllBytes(folder["b.png"], Png(5, 9, 90));

        Assert.Contains("bring all to one", Assert.Throws<ImageSizesException>(() => DatasetCatalog.Open(folder.Path)).Message, StringComparison.Ordinal);
        var data = DatasetCatalog.Open(folder.Path, new(Size: 4)).As<Batch>();
        var values = Enum.GetValues<Split>().Where(s => data.Count(s) > 0).SelectMany(s => data.Read(s, 9)).SelectMany(b => b.X.ToArray<float>());
        // Scaling keeps constant images constant.
        Assert.Equal([50f, 90f], values.Distinct().Order());
    }

    [Fact]
    public void Transparency_is_painted_over_white()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["a.png"], ImageCodec.EncodePng(new(2, 1, 4, [10, 20, 30, 255, 10, 20, 30, 0])));
        var data = DatasetCatalog.Open(folder.Path).As<Batch>();
        var split = Enum.GetValues<Split>().Single(s => data.Count(s) > 0);
        Assert.Equal([10f, 255f, 20f, 255f, 30f, 255f], data.Read(split, 1).Single().X.ToArray<float>());
    }

    [Fact]
    public void A_folder_may_hold_all_formats_of_images()
    {
        using var folder = new TemporaryFolder();
        byte[] colours = ImageFiles.Colours;
        var (png, jpeg) = (ImageCodec.EncodePng(new(3, 2, 3, colours)), ImageCodec.EncodeJpeg(new(3, 2, 3, colours), 100));
        foreach (var (name, file) in new[]
        {
            ("a.png", png), ("b.PNG", png), ("c.webp", ImageFiles.Of(ImageFiles.WebP)), ("d.BMP", ImageFiles.Of(ImageFiles.Bmp)), ("e.gif", ImageFiles.Of(ImageFiles.Gif)),
            ("f.jpg", jpeg), ("g.JPEG", jpeg), ("really a png.jpg", png),
        })
        {
            File.WriteAllBytes(folder[name], file);
        }

        var data = DatasetCatalog.Open(folder.Path).As<Batch>();
        Assert.Equal("3x2x3 byte", data.Spec.ToString());
        Assert.Equal(8, Enum.GetValues<Split>().Sum(data.Count));
    }

    [SkippableFact]
    public void Emoji_are_captioned_pictures()
    {
        var data = DatasetCatalog.Open(RealData.RequireFile("emoji/noto.zip"), new(Size: 32));
        var all = Enum.GetValues<Split>().Sum(data.Count);
        Assert.Equal(("3x32x32 byte", 4871), (data.Spec.ToString(), all));
        Assert.Contains("group", data.Spec.Attributes.Select(a => a.Name));
    }

    [Theory]
    [InlineData("nothing.csv", "does not exist")]
    [InlineData("readme.md", "no kind that is read")]
    public void What_cannot_be_opened_says_why(string name, string expected)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["readme.md"], "x");
        Assert.Contains(expected, Assert.Throws<DataException>(() => DatasetCatalog.Open(folder[name])).Message, StringComparison.Ordinal);
    }

    private static IDataset<Batch> Open(string path, string? protocol = null) => DatasetCatalog.Open(path, new(Protocol: protocol)).As<Batch>();

    private static byte[] Png(int width, int height, byte value)
    {
        var pixels = new byte[width * height];
        pixels.AsSpan().Fill(value);
        return ImageCodec.EncodePng(new(width, height, 1, pixels));
    }
}

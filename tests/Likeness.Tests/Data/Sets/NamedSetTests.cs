namespace Likeness.Tests.Data;

/// <summary>Facts of the published files, computed from them with other software.</summary>
public sealed class NamedSetTests
{
    [SkippableFact]
    public void Fixed_binarized_mnist_has_its_numbers_of_ones()
    {
        var data = RealData.Require("mnist-binarized").As<Batch>();
        Assert.Equal("fixed", data.Protocol);
        Assert.Equal("1x28x28 binary", data.Spec.ToString());
        foreach (var (split, count, ones) in new[]
        {
            (Split.Train, 50_000, 102.36082), (Split.Validation, 10_000, 102.8036), (Split.Test, 10_000, 103.8896),
        })
        {
            Assert.Equal(count, data.Count(split));
            // Integers are summed without rounding.
            Assert.Equal(ones, RealData.MeanSum(data, split), 1e-9);
        }
    }

    [SkippableTheory]
    [InlineData("nltcs", 16, 85886, 11574, 16974)]
    [InlineData("plants", 69, 216011, 28959, 43228)]
    [InlineData("baudio", 100, 297477, 39673, 60183)]
    [InlineData("adult", 123, 69328, 19611, 362653)]
    [InlineData("connect4", 126, 672000, 168000, 1997394)]
    [InlineData("mushrooms", 112, 42000, 10500, 118104)]
    [InlineData("nips", 500, 73561, 18282, 227229)]
    public void Binary_density_sets_have_their_numbers_of_ones(string name, int variables, int train, int validation, int test)
    {
        var data = RealData.Require($"debd/{name}").As<Batch>();
        Assert.Equal([variables], data.Spec.Shape);
        foreach (var (split, ones) in new[] { (Split.Train, train), (Split.Validation, validation), (Split.Test, test) })
        {
            Assert.Equal(ones, RealData.MeanSum(data, split) * data.Count(split), 1e-4);
        }
    }

    [SkippableFact]
    public void Usps_has_no_validation_split()
    {
        var data = RealData.Require("usps");
        Assert.Equal((7291, 0, 2007), (data.Count(Split.Train), data.Count(Split.Validation), data.Count(Split.Test)));
        Assert.Equal(64.89253017418736, RealData.MeanSum(data.As<Batch>(), Split.Train) / 256, 1e-10);
        Assert.Equal([6, 5, 4, 7, 3], data.As<LabelledBatch>().Read(Split.Train, 5).First().Labels.ToArray<long>());
    }

    [SkippableFact]
    public void The_sample_of_cifar10_has_planes_of_colours()
    {
        var data = RealData.Require("cifar10-sample").As<Batch>();
        Assert.Equal((3600, 0, 400), (data.Count(Split.Train), data.Count(Split.Validation), data.Count(Split.Test)));
        // Integers are summed without rounding.
        Assert.Equal(1332231913.0 / 3600, RealData.MeanSum(data, Split.Train), 1e-6);
        Assert.Equal(148853955.0 / 400, RealData.MeanSum(data, Split.Test), 1e-6);
        var first = data.Read(Split.Train, 1).First().X;
        Assert.Equal([1, 3, 32, 32], first.shape);
        Assert.Equal([59, 43], first.select(1, 0).flatten().narrow(0, 0, 2).ToArray<float>());
        Assert.Equal([63, 45], first.select(1, 2).flatten().narrow(0, 0, 2).ToArray<float>());
    }

    [Fact]
    public void Names_are_unique_and_every_protocol_opens_or_says_why_not()
    {
        Assert.Equal(DatasetCatalog.BuiltIn.Count, DatasetCatalog.BuiltIn.Select(e => e.Name).Distinct().Count());
        Assert.All(DatasetCatalog.BuiltIn, entry =>
        {
            Assert.EndsWith(".", entry.Description, StringComparison.Ordinal);
            Assert.NotEmpty(entry.Protocols);
            Assert.True(entry.Files.Count == 0 || entry.Remedy is not null || entry.Files.All(f => f.Address is not null));
            foreach (var protocol in entry.Files.Count == 0 ? entry.Protocols : [])
            {
                var data = DatasetCatalog.Open(entry.Name, new(Protocol: protocol));
                Assert.Equal((entry.Name, protocol), (data.Name, data.Protocol));
                Assert.Equal(First(data), First(DatasetCatalog.Open(entry.Name, new(Protocol: protocol))));
            }
        });
    }

    private static float[] First(IDataset data) => data.As<Batch>().Read(Split.Test, 20, limit: 20).Single().X.ToArray<float>();

    [Fact]
    public void A_wrong_name_brings_the_near_one_to_mind() =>
        Assert.Contains("Did you mean 'mnist'?", Assert.Throws<UsageException>(() => DatasetCatalog.Open("mnits")).Message, StringComparison.Ordinal);

    [SkippableFact]
    public void A_missing_set_says_where_it_was_looked_for_and_how_to_get_it()
    {
        using var folder = new TemporaryFolder();
        var entry = DatasetCatalog.Find("mnist") with { Folders = ["no-such-folder"] };
        var error = Assert.Throws<DataException>(() => entry.Load(new(entry, new(folder.Path)), new(folder.Path)));
        Assert.Contains("train-images-idx3-ubyte.gz", error.Message, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(folder.Path, "no-such-folder"), error.Message, StringComparison.Ordinal);
        Assert.Contains("run fetch mnist, or set LIKENESS_DATA or DataRoot ", error.Sentence.Phrase(r => r is Remedy.Deed(Work.FetchData, var name) ? $"fetch {name}" : $"{r}"), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_data_root_may_be_the_sets_own_folder_but_not_that_of_a_set_with_the_same_file_names()
    {
        var path = RealData.RequireFile("fashion-mnist/train-images-idx3-ubyte.gz");
        var options = new DataOptions(Path.GetDirectoryName(path));
        var fashion = DatasetCatalog.Find("fashion-mnist") with { Folders = ["nowhere"] };
        var mnist = DatasetCatalog.Find("mnist") with { Folders = ["nowhere"] };

        Assert.Equal(path, new DataFiles(fashion, options).Find("train-images-idx3-ubyte.gz"));
        Assert.Null(new DataFiles(mnist, options).Find("train-images-idx3-ubyte.gz"));
    }
}

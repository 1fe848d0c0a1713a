namespace Likeness.Tests;

/// <summary>A validation split of data that has none.</summary>
public sealed class HeldOutTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_share_of_the_training_rows_is_kept_aside_always_the_same_and_the_run_remembers()
    {
        var (train, test) = Files(40, 10);
        var whole = DatasetCatalog.Open(train, new() { Table = new() { Test = test } });
        Assert.Equal((40, 0, 10), Counts(whole));
        var options = new DataOptions { HoldOut = 0.25, Table = new() { Test = test } };
        var data = DatasetCatalog.Open(train, options);
        Assert.Equal((30, 10, 10), Counts(data));
        Assert.Contains(data.Origin.Notes, n => n.Contains("10 of the 40", StringComparison.Ordinal));
        Assert.Equal(First(whole, Split.Train).Order(), First(data, Split.Train).Concat(First(data, Split.Validation)).Order());
        Assert.Equal(First(data, Split.Validation), First(DatasetCatalog.Open(train, options), Split.Validation));

        using (var run = Run.Create(_folder["run"], Zoo.BuiltIn.Find("gaussian"), data, new RunPlan(1)))
        {
            Assert.NotEmpty(run.Train().ToList());
        }

        var trained = TrainedModel.Open(_folder["run"], Zoo.BuiltIn);
        Assert.Equal(0.25, trained.Folder.Record.Data.HoldOut);
        Assert.Equal(First(data, Split.Validation), First(trained.OpenData(), Split.Validation));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(0.001)]
    [InlineData(double.NaN)]
    public void A_share_that_is_none_is_refused(double share)
    {
        var (train, test) = Files(40, 10);
        Assert.Throws<UsageException>(() => DatasetCatalog.Open(train, new() { HoldOut = share, Table = new() { Test = test } }));
    }

    [Fact]
    public void Data_with_a_validation_split_needs_none() => Assert.Contains(
        "of its own", Assert.Throws<UsageException>(() => DatasetCatalog.Open("shapes-grey", new(Size: 8) { HoldOut = 0.1 })).Message, StringComparison.Ordinal);

    private static (int, int, int) Counts(IDataset data) => (data.Count(Split.Train), data.Count(Split.Validation), data.Count(Split.Test));

    private static float[] First(IDataset data, Split split) => [.. data.As<Batch>().Read(split, 100).SelectMany(b => b.X.select(1, 0).ToArray<float>())];

    private (string Train, string Test) Files(int train, int test)
    {
        var random = new Random(1);
        foreach (var (name, count) in new[] { ("train.csv", train), ("test.csv", test) })
        {
            File.WriteAllLines(_folder[name], Enumerable.Range(0, count).Select(i => FormattableString.Invariant($"{i + random.NextDouble():F4},{random.NextDouble():F4}")).Prepend("a,b"));
        }

        return (_folder["train.csv"], _folder["test.csv"]);
    }
}

using System.Globalization;

namespace Likeness.Tests.Data;

/// <summary>What would spoil a density is found before anything learns from it, and is said.</summary>
public sealed class DegenerateTableTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void A_constant_column_is_left_to_the_fit()
    {
        var data = Open("a,c,b", i => $"{i * i % 97}.5,7,{i % 11}.25");
        Assert.Equal("2 real", data.Spec.ToString());
        var fit = data.Origin.Fit;
        Assert.Equal(["a", "c", "b"], fit.Names);
        Assert.Equal([new DataConstant("c", 7, 1)], fit.Constants);
        Assert.Contains("'c'", Assert.Single(data.Origin.Notes), StringComparison.Ordinal);

        // What is made has the constant in its place.
        Sampling.Write(_folder["s.csv"], Tensor.From<float>([1, 2, 3, 4], 2, 2), data.Spec, fit);
        var written = TextTable.Read(_folder["s.csv"]);
        Assert.Equal(["a", "c", "b"], written.Columns);
        Assert.Equal([1f, 7, 2, 3, 7, 4], written.Values.ToSingles(""));
        Sampling.Write(_folder["s.npy"], Tensor.From<float>([1, 2, 3, 4], 2, 2), data.Spec, fit);
        Assert.Equal([2, 3], Npy.Read(_folder["s.npy"]).Shape);
    }

    [Fact]
    public void Times_of_seconds_are_standardised_in_double_precision()
    {
        var data = Open("t,a", i => $"{1_700_000_000 + i},{i % 7}.5", Protocols.Standardised);
        // 320 training rows, each a second of its own, which single precision would put into a few.
        Assert.Equal(320, Values(data).Where((_, i) => i % 2 == 0).Distinct().Count());
        Assert.Contains("'t' of", Open("t,a", i => $"{1_700_000_000 + i},{i % 7}.5").Origin.Notes.Single(), StringComparison.Ordinal);
        Assert.Contains("2^53", string.Concat(Open("id,a", i => $"{588848899891200431 + i},{i % 7}.5", Protocols.Standardised).Origin.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Whole_numbers_under_a_density_are_named_and_can_be_dequantised()
    {
        string Row(int i) => string.Create(CultureInfo.InvariantCulture, $"{i % 5},{Math.Sqrt(i)}");
        Assert.Contains("'n' of", Assert.Single(Open("n,r", Row).Origin.Notes, n => n.Contains("whole numbers", StringComparison.Ordinal)), StringComparison.Ordinal);
        var data = Open("n,r", Row, Protocols.Dequantised);
        Assert.Empty(data.Origin.Notes);
        var x = Values(data);
        var plain = Values(Open("n,r", Row));
        for (var i = 0; i < x.Length; i++)
        {
            // Numbers get noise below the next one; other columns stay.
            Assert.True(i % 2 == 0 ? Math.Floor(x[i]) == plain[i] : x[i] == plain[i]);
        }

        // Uniform in [0, 1): a mean of 0.5 within four standard errors of √(1/12/320).
        Assert.Equal(0.5, x.Where((_, i) => i % 2 == 0).Select((v, i) => v - plain[2 * i]).Average(), 0.065);
        Assert.Equal(plain, data.Origin.Fit.ToData(Tensor.From(x, x.Length / 2, 2)).ToArray<float>());
        Assert.Contains("no column of whole numbers", Assert.Throws<DataException>(() => Open("a,b", i => $"{i}.5,{i}.25", Protocols.Dequantised)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_density_of_whole_numbers_with_noise_is_better_than_their_entropy()
    {
        string Row(int i) => string.Create(CultureInfo.InvariantCulture, $"{i % 5},{i * i % 7}");
        var test = Open("a,b", Row).As<Batch>().Read(Split.Test, 400).Single().X.ToArray<float>().Chunk(2).ToArray();
        var entropy = test.GroupBy(r => (r[0], r[1])).Select(g => (double)g.Count() / test.Length).Sum(p => -p * Math.Log(p));

        // Of noise in [0, 1) the mean log-density is at most the log-probability of the numbers (Jensen), and its mean over the test rows at most minus their own entropy.
        var bounded = Learn(Protocols.Dequantised);
        Assert.InRange(bounded.Value, entropy - (4 * bounded.StandardError), entropy + 2);

        // Without it there is no bound: each of 20 cells can have a spike, and the same training has got below already.
        Assert.True(Learn(Protocols.Reals).Value < entropy - 1);

        Score Learn(string protocol)
        {
            var data = Open("a,b", Row, protocol);
            using var run = Run.Create(_folder[protocol], Zoo.BuiltIn.Find("neural-spline"), data, new RunPlan(1) { Training = new(160, 100), Threads = 1 });
            Assert.Equal(160, run.Train().Count());
            return new NegativeLogLikelihood().Measure(run.Model, data, new(), new Rng(2)).Single(s => s.Score.Unit == "nats").Score;
        }
    }

    [Fact]
    public void Equal_rows_are_counted_and_one_hot_codes_are_named()
    {
        Assert.Contains("are 5 different ones", string.Concat(Open("a,b", i => $"{i % 5}.5,{i % 5 * 2}.25").Origin.Notes), StringComparison.Ordinal);
        var notes = Open("a,p,q,r", i => $"{i}.5,{(i % 3 == 0 ? 1 : 0)},{(i % 3 == 1 ? 1 : 0)},{(i % 3 == 2 ? 1 : 0)}").Origin.Notes;
        Assert.Contains(notes, n => n.Contains("'p', 'q', 'r'", StringComparison.Ordinal) && n.Contains("one-hot", StringComparison.Ordinal));
    }

    [Fact]
    public void A_mixture_of_more_components_than_different_rows_is_fitted()
    {
        var data = Open("a,b", i => $"{i % 5}.5,{i % 5 * i % 5}.25");
        using var run = Run.Create(_folder["run"], GaussianMixture.Recipe, data);
        var last = run.Train().Last();
        Assert.True(double.IsFinite(last.Terms.Sum(t => t.Value)));
        using var scope = torch.NewDisposeScope();
        Assert.All(Sampling.Draw(run.Model, 50, new Rng(1)).ToArray<float>(), v => Assert.True(float.IsFinite(v)));
    }

    public void Dispose() => _folder.Dispose();

    private IDataset Open(string header, Func<int, string> row, string? protocol = null)
    {
        File.WriteAllLines(_folder["t.csv"], Enumerable.Range(0, 400).Select(row).Prepend(header));
        return DatasetCatalog.Open(_folder["t.csv"], new(Protocol: protocol));
    }

    private static float[] Values(IDataset data) => [.. data.As<Batch>().Read(Split.Train, 1000).SelectMany(b => b.X.ToArray<float>())];
}

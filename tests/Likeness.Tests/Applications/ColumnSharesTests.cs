namespace Likeness.Tests.Applications;

/// <summary>Which columns make an example an anomaly, against what a Normal says by hand.</summary>
public sealed class ColumnSharesTests : IDisposable
{
    private const int D = 4, Rows = 500;
    private static readonly DataSpec s_spec = new([D], new Domain.Real());
    private static readonly DataFit s_fit = DataFit.Of(["a", "b", "c", "d"], D);
    private readonly TemporaryFolder _folder = new();
    private Run? _run;

    public void Dispose()
    {
        _run?.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Columns_given_all_others_are_those_of_a_Normal()
    {
        using var scope = torch.NewDisposeScope();
        var (model, x) = Fitted();
        var shares = ColumnShares.Measure(model, Data(x), new(), ScoreBasis.Density, s_fit);
        Assert.Equal(ShareRule.GivenOthers, shares.Rule);
        Assert.Equal(["a", "b", "c", "d"], shares.Names);

        // x_i | rest is Normal with the precision Λ_ii around x_i − (Λ(x − μ))_i / Λ_ii.
        var (mean, precision) = Moments(x);
        for (var n = 0; n < 20; n++)
        {
            for (var i = 0; i < D; i++)
            {
                var off = Enumerable.Range(0, D).Sum(j => precision[(i * D) + j] * (x[n][j] - mean[j])) / precision[(i * D) + i];
                var surprise = 0.5 * ((off * off * precision[(i * D) + i]) - Math.Log(precision[(i * D) + i] / (2 * Math.PI)));
                Assert.Equal(surprise, shares.Values[n][i], 1e-4);
            }
        }
    }

    [Fact]
    public void The_column_that_is_off_counts_most_and_ordinary_columns_count_nothing_on_average()
    {
        using var scope = torch.NewDisposeScope();
        var (model, x) = Fitted();
        var ordinary = ColumnShares.Measure(model, Data(x), new(), ScoreBasis.Density, s_fit);
        var usual = ordinary.Beyond(ordinary);
        Assert.All(Enumerable.Range(0, D), i => Assert.Equal(0, usual.Values.Average(row => row[i]), 1e-9));

        // |Λ_ij| ≤ √(Λ_ii Λ_jj), so no other column can be blamed more for what is wrong with one.
        for (var i = 0; i < D; i++)
        {
            float[] off = [.. Moments(x).Mean.Select(m => (float)m)];
            off[i] += 30;
            Assert.Equal(s_fit.Columns[i].Name, ColumnShares.Measure(model, Data([off]), new(), ScoreBasis.Density, s_fit).Beyond(ordinary).Most(0).First().Name);
        }
    }

    [Fact]
    public void Columns_given_those_before_them_add_up_to_the_score()
    {
        using var scope = torch.NewDisposeScope();
        var model = new Rnade(s_spec, new() { Hidden = 5, Components = 2 }, new Rng(5));
        var x = new Rng(6).Normal(7, D).ToArray<float>().Chunk(D).ToArray();
        var shares = ColumnShares.Measure(model, Data(x), new(), ScoreBasis.Density, DataFit.None);
        Assert.Equal(ShareRule.GivenEarlier, shares.Rule);
        Assert.Equal(["x1", "x2", "x3", "x4"], shares.Names);
        Near.Equal((-model.LogProb(Tensor.From(x.SelectMany(r => r).ToArray(), 7, D))).ToArray<double>(), (double[])[.. shares.Values.Select(row => row.Sum())], 1e-4);
    }

    [Fact]
    public void Errors_of_columns_add_up_to_the_error_and_bounds_are_not_divided()
    {
        using var scope = torch.NewDisposeScope();
        var model = new LinearGaussian(0.5, [[0.5, 1, -1], [0.4, 0.2, 0.4]]);
        var data = new ListDataset(new([3], new Domain.Real()), [0.9f, -0.4f, 0.6f], [-2, 1.5f, 1]);
        var shares = ColumnShares.Measure(model, data, new(), ScoreBasis.Reconstruction, DataFit.None);
        var errors = ExampleScores.Measure(model, data, new(), new Rng(1), ScoreBasis.Reconstruction);
        Assert.All([0, 1], n => Assert.Equal(errors.Shown(n), shares.Values[n].Sum(), 1e-5));
        Assert.Contains("score by reconstruction, or choose a model", Assert.Throws<UsageException>(() => ColumnShares.RuleOf(model, ScoreBasis.Bound)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_of_series_are_added_over_their_steps()
    {
        using var scope = torch.NewDisposeScope();
        var spec = new DataSpec([3, 2], new Domain.Real());
        var model = new Gaussian(spec, new(), new Rng(1));
        var shares = ColumnShares.Measure(model, new ListDataset(spec, [1, 0, 2, 0, 3, 0]), new(), ScoreBasis.Density, DataFit.Of(["a", "b"], 2));
        Assert.Equal(["a", "b"], shares.Names);
        // A standard Normal as long as it is not fitted: ½ x² + ½ log 2π each.
        Assert.Equal(7 + (1.5 * Math.Log(2 * Math.PI)), shares.Values[0][0], 1e-6);
        Assert.Equal(1.5 * Math.Log(2 * Math.PI), shares.Values[0][1], 1e-6);
    }

    private static ListDataset Data(float[][] rows) => new(s_spec, rows);

    private (Gaussian Model, float[][] X) Fitted()
    {
        var z = new Rng(7).Normal(Rows, D);
        var mixed = z.matmul(Tensor.From([1f, 0.8f, 0, 0.3f, 0, 1, 0.5f, -0.6f, 0, 0, 2, 0.1f, 0, 0, 0, 0.5f], D, D)).ToArray<float>();
        _run = Run.Create(_folder["run"], Gaussian.Recipe, MemoryDataset.Of("mixed", "made up", s_spec, mixed));
        Assert.All(_run.Train(), report => Assert.True(report.Step > 0));
        return ((Gaussian)_run.Model, [.. mixed.Chunk(D)]);
    }

    private static (double[] Mean, double[] Precision) Moments(float[][] x)
    {
        var all = Tensor.From(x.SelectMany(r => r).ToArray(), x.Length, D).to(ScalarType.Float64);
        var centred = all - all.mean([0]);
        return (all.mean([0]).ToArray<double>(), torch.linalg.inv(centred.t().matmul(centred) / x.Length).ToArray<double>());
    }
}

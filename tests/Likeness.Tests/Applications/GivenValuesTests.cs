namespace Likeness.Tests.Applications;

/// <summary>Examples with fixed values, against what a Normal says by hand.</summary>
public sealed class GivenValuesTests
{
    private static readonly DataSpec s_spec = new([2], new Domain.Real());

    // The model sees (height − 170)/10 and (weight − 70)/8.
    private static readonly DataFit s_fit = new()
    {
        Named = true,
        Columns = [new("height", 170, 10), new("weight", 70, 8)],
        Constants = [new("year", 1990, 1)],
    };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_others_have_the_conditional_distribution_in_the_units_of_the_data(bool first)
    {
        using var scope = torch.NewDisposeScope();
        using var folder = new TemporaryFolder();
        var z = new Rng(3).Normal(400, 2);
        var x = z.matmul(Tensor.From([1f, 0.7f, 0, 0.6f], 2, 2)).ToArray<float>();
        using var run = Run.Create(folder["run"], Gaussian.Recipe, MemoryDataset.Of("people", "made up", s_spec, x));
        Assert.All(run.Train(), report => Assert.True(report.Step > 0));

        const int draws = 20_000;
        var given = GivenValues.Read([first ? "height=185" : "weight=62.3", "year=1990"], s_spec, s_fit);
        var drawn = given.Draw(run.Model, draws, new Rng(4));
        given.Write(folder["s.csv"], drawn);
        var table = TextTable.Read(folder["s.csv"]);
        Assert.Equal(["height", "year", "weight"], table.Columns);
        var rows = table.Values.ToSingles("").Chunk(3).ToArray();
        Assert.All(rows, r => Assert.Equal((first ? 185 : 62.3f, 1990), (r[first ? 0 : 2], r[1])));

        // E[b | a] = μ_b + Σ_ab/Σ_aa (a − μ_a), Var[b | a] = Σ_bb − Σ_ab²/Σ_aa, from the moments of the data in its own units.
        var (a, b) = first ? (Column(0, 170, 10), Column(1, 70, 8)) : (Column(1, 70, 8), Column(0, 170, 10));
        var (meanA, meanB) = (a.Average(), b.Average());
        var covariance = a.Zip(b, (u, v) => (u - meanA) * (v - meanB)).Average();
        var (varianceA, varianceB) = (a.Average(u => (u - meanA) * (u - meanA)), b.Average(v => (v - meanB) * (v - meanB)));
        var mean = meanB + (covariance / varianceA * ((first ? 185 : 62.3) - meanA));
        var variance = varianceB - (covariance * covariance / varianceA);
        var others = rows.Select(r => (double)r[first ? 2 : 0]).ToArray();

        // Four standard errors, and the floor of the variance.
        Assert.Equal(mean, others.Average(), 4 * Math.Sqrt(variance / draws));
        Assert.Equal(variance, others.Average(v => (v - mean) * (v - mean)), (4 * variance * Math.Sqrt(2.0 / draws)) + (1e-4 * variance));

        var few = given.Draw(run.Model, 70, new Rng(4)).ToArray<float>();
        Near.Equal(Array.ConvertAll(drawn.ToArray<float>()[..140], v => (double)v), Array.ConvertAll(few, v => (double)v), 1e-5);

        double[] Column(int i, double shift, double scale) => [.. x.Chunk(2).Select(r => shift + (scale * r[i]))];
    }

    [Fact]
    public void A_model_that_predicts_in_an_order_takes_its_first_columns()
    {
        using var scope = torch.NewDisposeScope();
        var model = new Rnade(s_spec, new() { Hidden = 5, Components = 2 }, new Rng(5));
        var drawn = GivenValues.Read(["height=180"], s_spec, s_fit).Draw(model, 200, new Rng(1)).ToArray<float>().Chunk(2).ToArray();
        Assert.All(drawn, r => Assert.Equal(1, r[0], 1e-6));
        Assert.Equal(200, drawn.Select(r => r[1]).Distinct().Count());
        Assert.Equal(drawn[..65].SelectMany(r => r), GivenValues.Read(["height=180"], s_spec, s_fit).Draw(model, 65, new Rng(1)).ToArray<float>(), (u, v) => Math.Abs(u - v) < 1e-5);

        var refused = Assert.Throws<UsageException>(() => GivenValues.Read(["weight=80"], s_spec, s_fit).Draw(model, 1, new Rng(1)));
        Assert.Contains("'weight' is given and 'height', which the model predicts before it, is not: give 'height', too", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("height", "gives no column a value: write COLUMN=NUMBER, such as height=1.5")]
    [InlineData("height=tall", "gives no column a value")]
    [InlineData("age=30", "There is no column 'age': the model knows height, weight")]
    [InlineData("year=2000", "is 1990 in every row that the model learned from, and cannot be 2000: leave it out")]
    [InlineData("height=180;height=181", "'height' is given twice")]
    [InlineData("height=180;weight=80", "nothing is left to draw")]
    public void What_cannot_be_is_refused(string assignments, string message) => Assert.Contains(
        message, Assert.Throws<UsageException>(() => GivenValues.Read(assignments.Split(';'), s_spec, s_fit)).Message, StringComparison.Ordinal);

    [Fact]
    public void Levels_and_models_are_checked()
    {
        using var scope = torch.NewDisposeScope();
        var bits = new DataSpec([3], new Domain.Binary());
        Assert.Contains("its values are the whole numbers 0 to 1", Assert.Throws<UsageException>(() => GivenValues.Read(["x1=2"], bits, DataFit.None)).Message, StringComparison.Ordinal);
        var model = new LinearGaussian(0.5, [[0.5, 1, -1], [0.4, 0.2, 0.4]]);
        Assert.Contains("cannot draw other columns given some: leave the given values out, or choose a model that completes any part",
            Assert.Throws<UsageException>(() => GivenValues.Read(["x1=1"], new([3], new Domain.Real()), DataFit.None).Draw(model, 1, new Rng(1))).Message, StringComparison.Ordinal);
    }
}

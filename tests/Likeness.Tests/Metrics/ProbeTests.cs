namespace Likeness.Tests;

/// <summary>What codes are worth to a linear classifier and to clustering.</summary>
public sealed class ProbeTests
{
    // Class and example are told apart by the sign of a product, which no line can see.
    private static readonly DataSpec s_plane = new([2], new Domain.Real(), 2);

    [Fact]
    public void Quasi_newton_reaches_the_minimum_of_a_bent_valley()
    {
        // Rosenbrock's function: 0 at (1, 1).
        var evaluations = 0;
        var x = QuasiNewton.Minimise(
            p =>
            {
                evaluations++;
                var (a, b) = (1 - p[0], p[1] - (p[0] * p[0]));
                return ((a * a) + (100 * b * b), [(-2 * a) - (400 * p[0] * b), 200 * b]);
            },
            [-1.2, 1], 1e-9, 200);
        Assert.Equal(1, x[0], 1e-8);
        Assert.Equal(1, x[1], 1e-8);
        Assert.InRange(evaluations, 1, 120); // steepest descent takes thousands
    }

    [Fact]
    public void Regression_with_nothing_to_go_by_calls_the_most_frequent_class()
    {
        using var scope = torch.NewDisposeScope();
        var probe = LogisticRegression.Fit(torch.zeros([5, 1]), [0, 1, 1, 2, 1], 3);
        Assert.Equal([1, 1], probe.Classify(Tensor.From<float>([-4, 9], 2, 1)));
        Assert.Throws<DataException>(() => LogisticRegression.Fit(torch.zeros([5, 1]), [0, 1], 2));
    }

    [Fact]
    public void Regression_is_at_the_optimum_whatever_the_units()
    {
        using var scope = torch.NewDisposeScope();
        var x = new Rng(1).Normal(400, 3);
        // Three classes that lines divide, up to noise.
        var labels = Array.ConvertAll((x.matmul(new Rng(2).Normal(3, 3)) + new Rng(3).Normal(400, 3) * 0.3).topk(1).indexes.ToArray<long>(), l => (int)l);
        var calls = LogisticRegression.Fit(x, labels, 3).Classify(x);
        var units = Tensor.From<float>([1e-3f, 1, 1e4f], 3);
        Assert.Equal(calls, LogisticRegression.Fit(x * units + 7 * units, labels, 3).Classify(x * units + 7 * units));
        Assert.InRange(calls.Zip(labels, (c, l) => c == l ? 1.0 : 0).Average(), 0.85, 1);
    }

    [Fact]
    public void A_probe_tells_what_the_encoder_has_gained()
    {
        var model = new Product();
        var scores = new LinearProbe().Measure(model, Corners(400), new MeasureOptions(Split.Train), new Rng(0));
        Assert.True(new LinearProbe().Applies(model, Corners(400)));
        Assert.Equal(("probe", 100), (scores[0].Name, scores[0].Score.Value));
        Assert.Equal("probe-raw", scores[1].Name);
        // Half of the four corners, up to chance: no line does better than three of them.
        Assert.InRange(scores[1].Score.Value, 30, 80);
        Assert.False(new LinearProbe().Applies(model, new ListDataset(s_plane with { Classes = 0 }, [0, 0])));
    }

    [Fact]
    public void Clusters_are_judged_with_and_without_the_encoder()
    {
        var scores = new ClusterQuality().Measure(new Product(), Corners(200), new MeasureOptions(Split.Train), new Rng(0)).ToDictionary(s => s.Name, s => s.Score);
        Assert.Equal(100, scores["kmeans-accuracy"].Value);
        Assert.Equal(100, scores["kmeans-nmi"].Value, 1e-9);
        Assert.Equal(0, scores["kmeans-accuracy"].StandardError);
        // Two clusters of the four corners hold one of each class.
        Assert.InRange(scores["kmeans-raw-accuracy"].Value, 50, 65);

        var own = new ClusterQuality().Measure(new Halves(), Corners(200), new MeasureOptions(Split.Train), new Rng(0));
        Assert.Equal(["cluster-accuracy", "cluster-nmi", "cluster-ari"], own.Select(s => s.Name));
        Assert.InRange(own[0].Score.Value, 50, 65);
    }

    [Fact]
    public void A_code_that_is_not_finite_is_named()
    {
        var error = Assert.Throws<DataException>(() => new LinearProbe().Measure(new Product(double.NaN), Corners(10), new MeasureOptions(Split.Train), new Rng(0)));
        Assert.Contains("code of example 0", error.Message, StringComparison.Ordinal);
    }

    // The corners (±3, ±3) with noise; the class is whether the signs agree.
    private static MemoryDataset Corners(int count)
    {
        using var scope = torch.NewDisposeScope();
        var signs = new Rng(1).Integers(0, 2, 2 * count).ToArray<long>();
        var noise = (new Rng(2).Normal(2 * count) * 0.3).ToArray<float>();
        return MemoryDataset.Of("corners", "reals", s_plane, [.. noise.Select((v, i) => v + (6 * signs[i]) - 3)],
            [.. Enumerable.Range(0, count).Select(i => signs[2 * i] == signs[(2 * i) + 1] ? 1 : 0)]);
    }

    private sealed class Product(double factor = 1) : Module, IEncoder
    {
        public Tensor Encode(Tensor x) => x.narrow(1, 0, 1) * x.narrow(1, 1, 1) * factor;
    }

    private sealed class Halves : Module, IClustering
    {
        public Tensor Responsibilities(Tensor x) => torch.cat([x.narrow(1, 0, 1).sigmoid(), 1 - x.narrow(1, 0, 1).sigmoid()], 1);
    }
}

namespace Likeness.Tests;

public sealed class MetricTests
{
    private static readonly DataSpec s_plane = new([2], new Domain.Real());
    private static readonly ListDataset s_data = new(s_plane, [1, 0], [2, 0], [6, 0], [3, 0]);

    [Fact]
    public void Nll_is_the_mean_with_its_standard_error_in_nats_and_bits()
    {
        var scores = new NegativeLogLikelihood().Measure(new FirstValue(), s_data, new MeasureOptions(BatchSize: 3), new Rng(0));

        // Values 1, 2, 6, 3: mean 3, standard deviation √(14/3), over √4.
        Assert.Equal(new("nll", new Score(3, Math.Sqrt(14.0 / 3) / 2, "nats", Evidence.Exact, 4)), Rounded(scores[0]));
        Assert.Equal(3 / (2 * Math.Log(2)), scores[1].Score.Value, 12);
        Assert.Equal("bits/dim", scores[1].Score.Unit);
    }

    [Fact]
    public void A_limit_measures_so_many_examples_and_progress_reaches_the_end()
    {
        var shares = new List<double>();
        var scores = new NegativeLogLikelihood().Measure(new FirstValue(), s_data, new MeasureOptions(BatchSize: 1, Limit: 2, Progress: shares.Add), new Rng(0));
        Assert.Equal((1.5, 2), (scores[0].Score.Value, scores[0].Score.Count));
        Assert.Equal([0.5, 1], shares);
    }

    [Fact]
    public void Bounds_are_reported_as_bounds()
    {
        var elbo = new NegativeBound().Measure(new Weighted(), s_data, new MeasureOptions(), new Rng(0));
        Assert.Equal(("elbo", Evidence.UpperBound), (elbo[0].Name, elbo[0].Score.Evidence));
        Assert.DoesNotContain(MetricCatalog.BuiltIn, m => m is NegativeLogLikelihood && m.Applies(new Weighted(), s_data));
        Assert.StartsWith("≤", elbo[0].Score.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(6000)] // Several parts of at most 10,000 rows for four examples.
    public void Iwae_is_the_log_mean_of_the_weights_however_they_are_cut_into_parts(int samples)
    {
        var model = new Weighted();
        var scores = new ImportanceWeightedBound().Measure(model, s_data, new MeasureOptions(Samples: samples), new Rng(0));

        // log w_j = −x₀·1000 − log(j + 1): far below the range of exp, so only a stable sum survives.
        var logMean = Math.Log(Enumerable.Range(1, samples).Sum(j => 1.0 / j) / samples);
        Assert.Equal((1000 * 3) - logMean, scores[0].Score.Value, 3e-4); // fp32 weights near 6000
        Assert.Equal($"iwae-{samples}", scores[0].Name);
        Assert.True(model.LargestRows <= 10_000);
    }

    [Fact]
    public void Sliced_distance_of_a_shift_is_its_length_over_the_root_of_the_dimension()
    {
        const int dimensions = 8;
        var points = new Rng(1).Normal(500, dimensions).ToArray<float>();
        var shifted = Array.ConvertAll(points, v => v + 3);

        var same = SlicedWasserstein.Distance(points, points, dimensions, new Rng(2));
        var score = SlicedWasserstein.Distance(points, shifted, dimensions, new Rng(2));

        // E(θ·δ)² = |δ|²/d = 9, so the distance is 3, within the error over directions.
        Assert.Equal(0, same.Value, 6);
        Assert.InRange(Math.Abs(score.Value - 3), 0, 4 * score.StandardError);
        Assert.InRange(score.StandardError, 0.01, 0.5);
    }

    [Fact]
    public void Sliced_distance_in_one_dimension_is_the_exact_one()
    {
        // Sorted: (0, 1, 2) against (1, 3, 8): squares 1, 4, 36.
        var score = SlicedWasserstein.Distance([2, 0, 1], [1, 8, 3], 1, new Rng(0));
        Assert.Equal(Math.Sqrt(41.0 / 3), score.Value, 5);
    }

    [Fact]
    public void An_unknown_metric_names_the_known_ones()
    {
        Assert.Contains("'nll'", Assert.Throws<UsageException>(() => MetricCatalog.Find("nl")).Message, StringComparison.Ordinal);
    }

    private static NamedScore Rounded(NamedScore score) =>
        score with { Score = score.Score with { StandardError = Math.Abs(score.Score.StandardError - (Math.Sqrt(14.0 / 3) / 2)) < 1e-12 ? Math.Sqrt(14.0 / 3) / 2 : double.NaN } };

    // −log p(x) is x₀.
    private sealed class FirstValue : Module, IDensity
    {
        public Tensor LogProb(Tensor x) => -x.select(1, 0);
    }

    private sealed class Weighted : Module, IImportanceWeighted
    {
        private int _drawn;

        public long LargestRows { get; private set; }

        public Tensor LogProbBound(Tensor x, Rng rng) => -x.select(1, 0);

        public Tensor LogWeights(Tensor x, int samples, Rng rng)
        {
            LargestRows = Math.Max(LargestRows, x.shape[0] * samples);
            var draws = Enumerable.Range(_drawn + 1, samples).Select(j => -(float)Math.Log(j)).ToArray();
            _drawn += samples;
            return x.narrow(1, 0, 1) * -1000.0 + Tensor.From(draws, 1, samples);
        }
    }
}

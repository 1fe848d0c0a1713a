namespace Likeness;

/// <summary>
/// The mean log-density of held-out examples under Gaussians of one bandwidth around generated ones (Breuleux et al. 2011), as old tables of samplers have
/// it; the bandwidth is chosen on validation examples. In nats, of values of which bytes are a share of their range. Weak: in many dimensions no feasible
/// number of samples comes near the model's own likelihood, and k-means centres of the data beat the data (Theis et al. 2016).
/// </summary>
public sealed class ParzenWindow() : SampleMetric("parzen",
    "log-density of held-out examples under a kernel density estimate of Gaussians centred on generated ones; unreliable, kept for comparison with older papers")
{
    private const int MostForChoice = 1000;

    // 26 bandwidths from 0.01 to 10^0.5, evenly in logarithm.
    private static readonly double[] s_bandwidths = [.. Enumerable.Range(0, 26).Select(i => Math.Pow(10, -2 + (i / 10.0)))];

    public override bool OnRequest => true;

    public override string? Missing(Comparison samples) =>
        samples.Validation is null ? "it chooses its bandwidth on validation examples, and there are none: judge against data with a validation split"
        : samples.Spec.Domain is Domain.Categorical ? "unordered values have no distance: judge other data" : null;

    protected override IReadOnlyList<NamedScore> Compute(Comparison samples, Rng rng)
    {
        var centres = Points(samples.Generated);
        var choice = LogDensities(Points(samples.Validation!.First(MostForChoice)), centres, s_bandwidths);
        var best = s_bandwidths.Zip(choice).MaxBy(b => b.Second.Average()).First;
        var nats = LogDensities(Points(samples.Real), centres, [best])[0];
        return [Bootstrap.Mean(Name, nats, "nats", rng), new($"{Name}-bandwidth", new(best, double.NaN, "of the range", Evidence.Estimate, samples.Validation!.First(MostForChoice).Count))];

        Tensor Points(ExampleSet examples) =>
            Tensor.From(Draws.InUnits(examples.Values, samples.Spec.Domain), examples.Count, samples.Spec.Dimensions).to(ScalarType.Float64);
    }

    /// <summary>For each bandwidth σ, log 1/n Σ_j N(x; y_j, σ²I) of each point, in nats.</summary>
    /// <param name="points">[m, d].</param>
    /// <param name="centres">y, [n, d].</param>
    /// <param name="bandwidths">σ.</param>
    public static double[][] LogDensities(Tensor points, Tensor centres, IReadOnlyList<double> bandwidths)
    {
        var (n, d) = ((double)centres.shape[0], (double)centres.shape[1]);
        var found = Neighbours.Ask(points, centres, squares => torch.stack([.. bandwidths.Select(sigma =>
            (squares * (-0.5 / (sigma * sigma))).logsumexp(1) - (Math.Log(n) + (0.5 * d * Math.Log(2 * Math.PI * sigma * sigma))))], 1));
        return [.. Enumerable.Range(0, bandwidths.Count).Select(b => found.Where((_, i) => i % bandwidths.Count == b).ToArray())];
    }
}

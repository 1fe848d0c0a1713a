namespace Likeness;

/// <summary>
/// Density and coverage (Naeem et al. 2020): both by balls around real examples that reach to the fifth nearest other one. Density is the number of
/// balls that a generated example is in, over five: 1 in expectation for a perfect model, more where samples crowd in dense regions. Coverage is the
/// share of real examples whose ball has a generated one in it. An outlier among the real examples counts once instead of swallowing all.
/// </summary>
public sealed class DensityCoverage() : SampleMetric("density-coverage",
    "average number of real neighbourhoods that contain a generated example, scaled to 1 for a perfect model (density); share of them that contain any (coverage)")
{
    private const int Nearest = 5;

    public override string? Missing(Comparison samples) => samples.Real.Count <= Nearest ? $"there are {Nearest} real examples or fewer: take more" : null;

    protected override IReadOnlyList<NamedScore> Compute(Comparison samples, Rng rng)
    {
        var (density, coverage) = Of(samples.Features(samples.Generated).Points.to(ScalarType.Float64), samples.Features(samples.Real).Points.to(ScalarType.Float64));
        return [Bootstrap.Mean("density", density, "of 1", rng), Bootstrap.Mean("coverage", coverage, "share", rng)];
    }

    /// <summary>The density at each generated point [n, d], and of each real point [m, d] 1 if it is covered, else 0.</summary>
    public static (double[] Density, double[] Coverage) Of(Tensor generated, Tensor real, int k = Nearest)
    {
        return Chain.Value<(double[] Density, double[] Coverage)>(() =>
        {
            var kth = Neighbours.KthWithin(real, k);
            var radii = Tensor.From(kth, kth.Length);
            var density = Neighbours.Ask(generated, real, squares => squares.lt(radii).to(ScalarType.Float64).sum([1]) / (double)k);
            var coverage = Neighbours.Nearest(real, generated).Zip(kth, (nearest, radius) => nearest < radius ? 1.0 : 0);
            return (density, [.. coverage]);
        });
    }
}

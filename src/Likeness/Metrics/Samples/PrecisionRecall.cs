namespace Likeness;

/// <summary>
/// Improved precision and recall (Kynkäänniemi et al. 2019): a set's manifold is the union of balls around its points that reach to the third nearest
/// other one. Precision is the share of generated examples in that of the real ones (fidelity), recall the share of real examples in that of the
/// generated ones (coverage). The intervals hold the manifolds fixed. A single outlier widens a manifold: see <see cref="DensityCoverage"/>.
/// </summary>
public sealed class PrecisionRecall() : SampleMetric("precision-recall",
    "share of generated examples within the manifold of real ones (precision), and the reverse (recall); a manifold is a union of balls reaching to the third nearest neighbour")
{
    private const int Nearest = 3;

    public override string? Missing(Comparison samples) =>
        Math.Min(samples.Generated.Count, samples.Real.Count) <= Nearest ? $"there are {Nearest} examples or fewer on a side: take more" : null;

    protected override IReadOnlyList<NamedScore> Compute(Comparison samples, Rng rng)
    {
        var (generated, real) = samples.BothFeatures();
        return [Bootstrap.Mean("precision", Inside(generated, real), "share", rng), Bootstrap.Mean("recall", Inside(real, generated), "share", rng)];
    }

    /// <summary>Of each point [n, d], 1 if it is in a ball around a point of the other set [m, d], else 0.</summary>
    /// <param name="points">Points that are judged.</param>
    /// <param name="others">Points that make the manifold.</param>
    /// <param name="k">To whose neighbour a ball reaches.</param>
    public static double[] Inside(Tensor points, Tensor others, int k = Nearest)
    {
        return Chain.Value(() =>
        {
            var radii = Tensor.From(Neighbours.KthWithin(others, k), others.shape[0]);
            return Array.ConvertAll(Neighbours.Ask(points, others, squares => (radii - squares).amax([1])), depth => depth >= 0 ? 1.0 : 0);
        });
    }
}

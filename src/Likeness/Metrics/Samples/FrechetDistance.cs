namespace Likeness;

/// <summary>
/// The Fréchet distance between Gaussians fitted to the features of both sets (Heusel et al. 2017; Dowson and Landau 1982):
/// <code>
/// d² = |μ₁ − μ₂|² + Tr(C₁ + C₂ − 2 (C₁ C₂)^½)
/// </code>
/// The name FID belongs to the features of Inception-v3 alone. It sees only means and covariances, and finite samples make it too large.
/// </summary>
public sealed class FrechetDistance() : SampleMetric("frechet",
    "Fréchet distance between Gaussians fitted to the features of generated and real examples")
{
    // Above so many features a resample takes seconds.
    private const int ManyFeatures = 512;
    private const int FewResamples = 20;

    public override string? Missing(Comparison samples) => samples.FewerThan(2);

    protected override IReadOnlyList<NamedScore> Compute(Comparison samples, Rng rng)
    {
        var (a, b) = samples.BothFeatures();
        var count = a.shape[1] > ManyFeatures ? FewResamples : Bootstrap.Resamples;
        var resamples = Enumerable.Range(0, count).Select(_ => Chain.Value(() => Between(Fit(a, Bootstrap.Weights((int)a.shape[0], rng)), Fit(b, Bootstrap.Weights((int)b.shape[0], rng)))));
        List<NamedScore> scores = [Bootstrap.Score(Name, Between(a, b), "squared", (int)a.shape[0], resamples)];
        if (samples.Training is { } training)
        {
            // What as many examples of a perfect model would get: the bias of the sample's size.
            var reference = Between(samples.Features(training.First(samples.Generated.Count)).Points.to(ScalarType.Float64), b);
            scores.Add(new($"{Name}-of-training-data", new(reference, double.NaN, "squared", Evidence.Estimate, Math.Min(training.Count, samples.Generated.Count))));
        }

        return scores;
    }

    /// <summary>The squared distance between Gaussians fitted to two sets of features [n, d], by means and unbiased covariances.</summary>
    public static double Between(Tensor a, Tensor b)
    {
        return Chain.Value(() => Between(Fit(a, null), Fit(b, null)));
    }

    /// <summary>The squared distance between two Gaussians, each a mean [d] and a covariance [d, d].</summary>
    public static double Between((Tensor Mean, Tensor Covariance) a, (Tensor Mean, Tensor Covariance) b)
    {
        return Chain.Value(() =>
        {
            using var noGrad = torch.no_grad();
            // Tr (C₁ C₂)^½ = Tr (C₁^½ C₂ C₁^½)^½, and the latter is symmetric: no complex square roots.
            var (values, vectors) = torch.linalg.eigh(a.Covariance);
            var root = (vectors * values.clamp_min(0).sqrt()).matmul(vectors.t());
            var product = root.matmul(b.Covariance).matmul(root);
            var cross = torch.linalg.eigh(((product + product.t()) * 0.5)).Item1.clamp_min(0).sqrt().sum();
            return ((a.Mean - b.Mean).square().sum() + a.Covariance.diagonal().sum() + b.Covariance.diagonal().sum() - 2 * cross).ToDouble();
        });
    }

    // With weights as if each example were there so often.
    private static (Tensor Mean, Tensor Covariance) Fit(Tensor x, Tensor? weights)
    {
        using var noGrad = torch.no_grad();
        var n = (double)x.shape[0];
        var weighted = weights is null ? x : x * weights.unsqueeze(1);
        var mean = weighted.sum([0]) / n;
        var centred = x - mean;
        return (mean, (weights is null ? centred : centred * weights.unsqueeze(1)).t().matmul(centred) / (n - 1));
    }
}

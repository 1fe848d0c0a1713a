using Likeness.Core;
using Likeness.Torch;

namespace Likeness.Metrics.Samples;

/// <summary>
/// The Fréchet distance between Gaussians fitted to the features of both sets (Heusel et al. 2017; Dowson and Landau 1982):
/// <code>
/// d² = |μ₁ − μ₂|² + Tr(C₁ + C₂ − 2 (C₁ C₂)^½)
/// </code>
/// The name FID belongs to the features of Inception-v3 alone. It sees only means and covariances, and finite samples make it too large.
/// </summary>
public sealed class FrechetDistance : ISampleMetric
{
    // Above so many features a resample takes seconds.
    private const int ManyFeatures = 512;
    private const int FewResamples = 20;

    public string Name => "frechet";

    public string Summary => "Fréchet distance between Gaussians fitted to the features of generated and real examples";

    public string? Missing(Comparison samples) => Math.Min(samples.Generated.Count, samples.Real.Count) < 2 ? "there are fewer than 2 examples on a side: take more" : null;

    public IReadOnlyList<NamedScore> Measure(Comparison samples, Rng rng)
    {
        using var scope = torch.NewDisposeScope();
        var (a, b) = (samples.Features(samples.Generated).Points.To(ScalarType.Float64), samples.Features(samples.Real).Points.To(ScalarType.Float64));
        var count = a.Shape[1] > ManyFeatures ? FewResamples : Bootstrap.Resamples;
        var resamples = Enumerable.Range(0, count).Select(_ =>
        {
            using var one = torch.NewDisposeScope();
            return Between(Fit(a, Bootstrap.Weights((int)a.Shape[0], rng)), Fit(b, Bootstrap.Weights((int)b.Shape[0], rng)));
        });
        List<NamedScore> scores = [Bootstrap.Score(Name, Between(a, b), "squared", (int)a.Shape[0], resamples)];
        if (samples.Training is { } training)
        {
            // What as many examples of a perfect model would get: the bias of the sample's size.
            var reference = Between(samples.Features(training.First(samples.Generated.Count)).Points.To(ScalarType.Float64), b);
            scores.Add(new($"{Name}-of-training-data", new(reference, double.NaN, "squared", Evidence.Estimate, Math.Min(training.Count, samples.Generated.Count))));
        }

        return scores;
    }

    /// <summary>The squared distance between Gaussians fitted to two sets of features [n, d], by means and unbiased covariances.</summary>
    public static double Between(Tensor a, Tensor b)
    {
        using var scope = torch.NewDisposeScope();
        return Between(Fit(a, null), Fit(b, null));
    }

    /// <summary>The squared distance between two Gaussians, each a mean [d] and a covariance [d, d].</summary>
    public static double Between((Tensor Mean, Tensor Covariance) a, (Tensor Mean, Tensor Covariance) b)
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        // Tr (C₁ C₂)^½ = Tr (C₁^½ C₂ C₁^½)^½, and the latter is symmetric: no complex square roots.
        var (values, vectors) = a.Covariance.LinalgEigh();
        var root = (vectors * values.ClampMin(0).Sqrt()).Matmul(vectors.T());
        var product = root.Matmul(b.Covariance).Matmul(root);
        var cross = ((product + product.T()) * 0.5).LinalgEigh().Eigenvalues.ClampMin(0).Sqrt().Sum();
        return ((a.Mean - b.Mean).Square().Sum() + a.Covariance.Diagonal().Sum() + b.Covariance.Diagonal().Sum() - 2 * cross).Item();
    }

    // With weights as if each example were there so often.
    private static (Tensor Mean, Tensor Covariance) Fit(Tensor x, Tensor? weights)
    {
        using var noGrad = torch.no_grad();
        var n = (double)x.Shape[0];
        var weighted = weights is null ? x : x * weights.Unsqueeze(1);
        var mean = weighted.Sum([0]) / n;
        var centred = x - mean;
        return (mean, (weights is null ? centred : centred * weights.Unsqueeze(1)).T().Matmul(centred) / (n - 1));
    }
}

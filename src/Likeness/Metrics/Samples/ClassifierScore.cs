namespace Likeness;

/// <summary>
/// exp E KL(p(y|x) ‖ p(y)) of a classifier on generated examples (Salimans et al. 2016): large where each is clearly of a class and all classes occur,
/// the number of classes at most. The name Inception score belongs to Inception-v3 alone. It never looks at real examples.
/// </summary>
public sealed class ClassifierScore() : SampleMetric("classifier-score",
    "the Inception score with a classifier of this data: exp of the mutual information between generated examples and their predicted class (at most the number of classes)")
{
    public override string? Missing(Comparison samples) => samples.WithoutClasses;

    protected override IReadOnlyList<NamedScore> Compute(Comparison samples, Rng rng)
    {
        return [Of(Name, samples.Generated), Of($"{Name}-of-real", samples.Real)];

        NamedScore Of(string name, ExampleSet examples)
        {
            var logProbs = samples.ClassLogProbs(examples).Points.to(ScalarType.Float64);
            var resamples = Enumerable.Range(0, Bootstrap.Resamples).Select(_ => Chain.Value(() => ClassifierScore.Of(logProbs, Bootstrap.Weights(examples.Count, rng))));
            return Bootstrap.Score(name, ClassifierScore.Of(logProbs), "classes", examples.Count, resamples);
        }
    }

    /// <summary>The score of log p(y|x), [n, classes].</summary>
    /// <param name="logProbs">Of each example; −∞ is allowed.</param>
    /// <param name="weights">How often each example counts, [n], adding up to n; once each where null.</param>
    public static double Of(Tensor logProbs, Tensor? weights = null)
    {
        return Chain.Value(() =>
        {
            using var noGrad = torch.no_grad();
            var p = logProbs.exp();
            var w = weights?.unsqueeze(1) ?? torch.ones([logProbs.shape[0], 1], ScalarType.Float64);
            var n = (double)logProbs.shape[0];
            var marginal = (p * w).sum([0]) / n;
            // E KL = Σ p(y|x) log p(y|x) / n − Σ p(y) log p(y), with 0 log 0 = 0.
            var given = (p * logProbs.clamp_min(-1e4) * w).sum() / n;
            return Math.Exp((given - (marginal * marginal.clamp_min(1e-300).log()).sum()).ToDouble());
        });
    }
}

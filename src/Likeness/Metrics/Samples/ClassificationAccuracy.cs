namespace Likeness;

/// <summary>
/// The classification accuracy score (Ravuri and Vinyals 2019): a classifier learns from generated examples of known classes alone and is judged on real
/// ones. It falls where a class is drawn wrongly or only in part. Beside it stands the accuracy of the network that learned from real data.
/// </summary>
public sealed class ClassificationAccuracy() : SampleMetric("accuracy-score",
    "accuracy, on real examples, of a classifier trained on generated examples alone, compared with one trained on real data")
{
    /// <summary>It trains a network.</summary>
    public override bool OnRequest => true;

    public override string? Missing(Comparison samples) =>
        samples.Generated.Labels is null ? "it needs generated examples of known classes: take a model that samples a class, or a folder with a folder for each class"
        : samples.Real.Labels is null || samples.Relearn is null || !samples.Network.KnowsClasses ? "it needs labelled data and a classifier that learned from it: judge by a run of such a one"
        : null;

    protected override IReadOnlyList<NamedScore> Compute(Comparison samples, Rng rng)
    {
        var real = samples.Classes(samples.Real).Zip(samples.Real.Labels!, (found, label) => found == label ? 100.0 : 0).ToArray();
        var learned = Array.ConvertAll(samples.Relearn!(samples.Generated, rng.Fork("relearn")), right => 100 * right);
        return [Bootstrap.Mean(Name, learned, "%", rng), Bootstrap.Mean($"{Name}-of-real", real, "%", rng)];
    }
}

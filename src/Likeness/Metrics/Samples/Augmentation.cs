namespace Likeness;

/// <summary>
/// What generated examples are worth as further training data: the accuracy on held-out real examples of a classifier that learned from the model's training
/// examples and generated ones, beside one that learned from the training examples alone. Generated examples have half of the weight: the training examples
/// are repeated until there are as many. The gain is that of pairs, test example by test example.
/// </summary>
public sealed class Augmentation : ISampleMetric
{
    public string Name => "augmentation";

    public string Summary => "accuracy on held-out examples of a classifier that learned from the training data and generated examples, and its gain over the training data alone";

    /// <summary>It trains two networks.</summary>
    public bool OnRequest => true;

    public string? Missing(Comparison samples) =>
        samples.Generated.Labels is null ? "it needs generated examples of known classes: take a model that samples a class, or a folder with a folder for each class"
        : samples.Training?.Labels is null || samples.Real.Labels is null ? "it needs labelled training data beside the data that is judged on: name such data, and not its training split"
        : samples.Relearn is null || !samples.Network.KnowsClasses ? "it needs a classifier that learned from the data: judge by a run of such a one"
        : null;

    public IReadOnlyList<NamedScore> Compute(Comparison samples, Rng rng)
    {
        var real = samples.Training!;
        var alone = Percent(samples.Relearn!(real, rng.Fork("relearn")));
        var both = Percent(samples.Relearn(Together(real, samples.Generated), rng.Fork("relearn")));
        return
        [
            Bootstrap.Mean(Name, both, "%", rng),
            Bootstrap.Mean($"{Name}-without", alone, "%", rng),
            Bootstrap.Mean($"{Name}-gain", [.. both.Zip(alone, (b, a) => b - a)], "%", rng),
        ];

        static double[] Percent(double[] right) => Array.ConvertAll(right, r => 100 * r);
    }

    /// <summary>The real examples, as often as it takes to be about as many as the generated ones, and these.</summary>
    public static ExampleSet Together(ExampleSet real, ExampleSet generated)
    {
        var times = Math.Max(1, (int)Math.Round((double)generated.Count / real.Count));
        return new(
            [.. Enumerable.Repeat(real.Values, times).SelectMany(v => v), .. generated.Values],
            (times * real.Count) + generated.Count,
            [.. Enumerable.Repeat(real.Labels!, times).SelectMany(l => l), .. generated.Labels!]);
    }
}

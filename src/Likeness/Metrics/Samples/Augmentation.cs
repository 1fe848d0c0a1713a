using System.Globalization;

namespace Likeness;

/// <summary>
/// What generated examples are worth as further training data: the accuracy on held-out real examples of a classifier that learned from the model's training
/// examples and generated ones, beside one that learned from the training examples alone. Generated examples have half of the weight: the training examples
/// are repeated until there are as many. The gain is that of pairs, test example by test example. A third learns from those generated examples only of which the second one
/// is sure that they are of the class that was asked for.
/// </summary>
public sealed class Augmentation() : SampleMetric("augmentation",
    "held-out accuracy of a classifier trained on the training data plus generated examples (all, or the confidently classified), and its gain over the training data alone")
{
    /// <summary>How probable a generated example's class must be to the classifier of the training examples for the example to be taken.</summary>
    public const double Confidence = 0.9;

    /// <summary>It trains three networks.</summary>
    public override bool OnRequest => true;

    public override string? Missing(Comparison samples) =>
        samples.Generated.Labels is null ? "it needs generated examples of known classes: take a model that samples a class, or a folder with a folder for each class"
        : samples.Training?.Labels is null || samples.Real.Labels is null ? "it needs labelled training data beside the data that is judged on: name such data, and not its training split"
        : samples.Teach is null || !samples.Network.KnowsClasses ? "it needs a classifier that learned from the data: judge by a run of such a one"
        : null;

    public override string? Verdict(IReadOnlyList<NamedScore> scores)
    {
        var gains = scores.Where(s => s.Name.EndsWith("-gain", StringComparison.Ordinal)).ToArray();
        var without = scores.First(s => s.Name == $"{Name}-without").Score.Value;
        var best = gains.MaxBy(g => g.Score.Value);
        var which = best.Name == $"{Name}-gain" ? "all generated examples" : "the sure ones of the generated examples";
        var text = string.Create(CultureInfo.InvariantCulture, $"without generated examples {without:0.00} % are right, with {which} {without + best.Score.Value:0.00} %");
        return best.Interval is var (low, _) && low > 0 ? $"The generated examples help: {text}."
            : best.Score.Value > 0 ? $"Whether the generated examples help cannot be told: {text}, which chance explains."
            : $"The generated examples do not help here: {text}. Learn without them.";
    }

    protected override IReadOnlyList<NamedScore> Compute(Comparison samples, Rng rng)
    {
        var (real, generated, held) = (samples.Training!, samples.Generated, samples.Real);
        var first = samples.Teach!(real, [held, generated], rng.Fork("relearn"));
        var alone = Percent(first[0]);
        var both = Percent(samples.Teach(Together(real, generated), [held], rng.Fork("relearn"))[0]);
        var scores = new List<NamedScore>
        {
            Bootstrap.Mean(Name, both, "%", rng),
            Bootstrap.Mean($"{Name}-without", alone, "%", rng),
            Bootstrap.Mean($"{Name}-gain", [.. both.Zip(alone, (b, a) => b - a)], "%", rng),
        };
        var sure = Sure(generated, first[1]);
        scores.Add(Bootstrap.Mean($"{Name}-sure", [.. Enumerable.Range(0, generated.Count).Select(i => i < sure.Count ? 100.0 : 0)], "%", rng));
        if (sure.Count > 0 && sure.Count < generated.Count)
        {
            var some = Percent(samples.Teach(Together(real, sure), [held], rng.Fork("relearn"))[0]);
            scores.Add(Bootstrap.Mean($"{Name}-by-sure", some, "%", rng));
            scores.Add(Bootstrap.Mean($"{Name}-by-sure-gain", [.. some.Zip(alone, (b, a) => b - a)], "%", rng));
        }

        return scores;

        double[] Percent(Codes logProbs) => [.. Comparison.Likeliest(logProbs).Zip(held.Labels!, (found, label) => found == label ? 100.0 : 0)];
    }

    /// <summary>The examples whose class has at least <see cref="Confidence"/>.</summary>
    /// <param name="examples">With their classes.</param>
    /// <param name="logProbs">log p(class | x) of each, [n, classes].</param>
    public static ExampleSet Sure(ExampleSet examples, Codes logProbs)
    {
        var width = examples.Values.Length / Math.Max(1, examples.Count);
        int[] kept = [.. Enumerable.Range(0, examples.Count).Where(i => logProbs.Values[(i * logProbs.Width) + examples.Labels![i]] >= Math.Log(Confidence))];
        return new([.. kept.SelectMany(i => examples.Values.AsSpan(i * width, width).ToArray())], kept.Length, [.. kept.Select(i => examples.Labels![i])]);
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

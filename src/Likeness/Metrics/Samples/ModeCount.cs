namespace Likeness;

/// <summary>
/// How many classes a classifier finds among the generated examples, and KL(generated ‖ data) between the frequencies of classes, in nats (Metz et al. 2017,
/// section 3.3.1, on stacked digits). Of n examples even a perfect model misses some of very many classes and has a KL of about (classes − 1)/2n.
/// </summary>
public sealed class ModeCount() : SampleMetric("modes",
    "number of classes that a classifier finds among generated examples, and the KL divergence of their frequencies from the data's")
{
    public override string? Missing(Comparison samples) => samples.WithoutClasses;

    protected override IReadOnlyList<NamedScore> Compute(Comparison samples, Rng rng)
    {
        var classes = samples.ClassLogProbs(samples.Generated).Width;
        // The data's own labels where the network's classes are theirs; more of them where the training data is at hand.
        var reference = samples.Training ?? samples.Real;
        var known = samples.Network.KnowsClasses && reference.Labels is { } labels ? labels : samples.Classes(samples.Real);
        var data = Frequencies(known, classes);
        var found = samples.Classes(samples.Generated);
        var (n, modes) = (found.Length, Frequencies(found, classes));
        // The jackknife: only leaving out the one example of a class changes the count.
        var single = modes.Count(f => Math.Round(f * n) == 1);
        var error = Math.Sqrt((n - 1.0) / n * single * (1 - ((double)single / n)));
        var resamples = Enumerable.Range(0, Bootstrap.Resamples).Select(_ =>
            Chain.Value(() => Divergence(Frequencies(Array.ConvertAll(rng.Integers(0, n, n).ToArray<long>(), i => found[i]), classes), data)));
        var count = modes.Count(f => f > 0);
        return
        [
            new(Name, new(count, error, $"of {classes}", Evidence.Estimate, n)) { Interval = (Math.Max(1, count - (1.96 * error)), Math.Min(classes, count + (1.96 * error))) },
            Bootstrap.Score($"{Name}-kl", Divergence(modes, data), "nats", n, resamples),
        ];
    }

    /// <summary>The share of each class.</summary>
    public static double[] Frequencies(IReadOnlyCollection<int> labels, int classes)
    {
        var frequencies = new double[classes];
        foreach (var label in labels)
        {
            frequencies[label] += 1.0 / labels.Count;
        }

        return frequencies;
    }

    /// <summary>Σ q log q/p in nats; infinite where q has what p has not.</summary>
    public static double Divergence(double[] q, double[] p) => q.Zip(p, (a, b) => a > 0 ? a * Math.Log(a / b) : 0).Sum();
}

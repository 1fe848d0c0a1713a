namespace Likeness;

/// <summary>
/// Whether a model copies its training data (Meehan, Chaudhuri and Dasgupta 2020): is a generated example nearer to its nearest training example than a
/// held-out one is to its own? The score is the share of pairs in which it is (½ for a perfect model, 1 for copies), the p-value that of the rank-sum
/// test of no copying (Mann and Whitney 1947), small where the model copies. Below ½ is no fault of this kind: samples are then far from all data.
/// </summary>
public sealed class Memorisation() : SampleMetric("memorisation",
    "how often a generated example is nearer to the training data than a held-out example is (0.5 is ideal), with the p-value of the hypothesis of no copying")
{
    public override string? Missing(Comparison samples) => samples.Learned is null ? "it needs the data that the model learned from: judge against data with a training split, of the kind of that data" : null;

    protected override IReadOnlyList<NamedScore> Compute(Comparison samples, Rng rng)
    {
        var training = Points(samples.Learned!);
        var (generated, held) = (Neighbours.Nearest(Points(samples.Generated), training), Neighbours.Nearest(Points(samples.Real), training));
        var (share, p) = Test(generated, held);
        var resamples = Enumerable.Range(0, Bootstrap.Resamples).Select(_ => Test(Again(generated), Again(held)).Share).ToArray();
        return
        [
            Bootstrap.Score(Name, share, "share", generated.Length, resamples),
            new($"{Name}-p-value", new(p, double.NaN, "probability", Evidence.Estimate, generated.Length)),
        ];

        Tensor Points(ExampleSet examples) => samples.Features(examples).Points.to(ScalarType.Float64);

        double[] Again(double[] values) => Array.ConvertAll(rng.Integers(0, values.Length, values.Length).ToArray<long>(), i => values[i]);
    }

    /// <summary>The share of pairs in which a generated example's distance is the smaller (ties count half), and the one-sided p-value of it being no more than ½.</summary>
    /// <param name="generated">Distances to the training data, or anything in their order.</param>
    /// <param name="held">Those of held-out examples.</param>
    public static (double Share, double PValue) Test(double[] generated, double[] held)
    {
        var (n, m) = ((double)generated.Length, (double)held.Length);
        var all = generated.Select(v => (Value: v, Generated: true)).Concat(held.Select(v => (Value: v, Generated: false))).OrderBy(v => v.Value).ToArray();
        double rank = 0, ties = 0;
        for (int from = 0, to; from < all.Length; from = to)
        {
            for (to = from + 1; to < all.Length && all[to].Value.Equals(all[from].Value); to++)
            {
            }

            // Ranks from + 1 … to, of which equal values take the middle one.
            var (equal, middle) = ((double)(to - from), (from + 1 + to) / 2.0);
            rank += middle * all[from..to].Count(v => v.Generated);
            ties += (equal * equal * equal) - equal;
        }

        // U counts the pairs in which the held-out one is smaller; its variance is corrected for ties.
        var u = rank - (n * (n + 1) / 2);
        var total = n + m;
        var deviation = Math.Sqrt(n * m / 12 * (total + 1 - (ties / (total * (total - 1)))));
        var z = deviation > 0 ? (u - (n * m / 2)) / deviation : 0;
        return (1 - (u / (n * m)), Special.LogNdtr(Tensor.From([z], 1)).exp().ToDouble());
    }
}

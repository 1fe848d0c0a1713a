namespace Likeness;

/// <summary>
/// Standard errors and intervals by drawing examples again with replacement (Efron 1979). Both say what other samples of the same size would have given,
/// and nothing of the bias that the size has. Resampling itself shifts statistics that are not means, so the 95 % interval is that of the
/// resamples moved to be centred at the score.
/// </summary>
internal static class Bootstrap
{
    public const int Resamples = 200;

    /// <summary>How often each of n examples is drawn, [n], in double precision.</summary>
    public static Tensor Weights(int n, Rng rng) => torch.bincount(rng.Integers(0, n, n), null, n).to(ScalarType.Float64);

    /// <summary>A score with what its resamples say.</summary>
    public static NamedScore Score(string name, double value, string unit, int count, IEnumerable<double> resamples)
    {
        var sorted = resamples.Order().ToArray();
        var mean = sorted.Average();
        var error = Math.Sqrt(sorted.Sum(v => (v - mean) * (v - mean)) / (sorted.Length - 1));
        return new(name, new(value, error, unit, Evidence.Estimate, count)) { Interval = (value + Quantile(0.025) - mean, value + Quantile(0.975) - mean) };

        double Quantile(double p)
        {
            var (at, part) = ((int)(p * (sorted.Length - 1)), p * (sorted.Length - 1) % 1);
            return sorted[at] + (part * (sorted[Math.Min(at + 1, sorted.Length - 1)] - sorted[at]));
        }
    }

    /// <summary>The mean of one value per example.</summary>
    public static NamedScore Mean(string name, double[] values, string unit, Rng rng)
    {
        return Chain.Value(() =>
        {
            var x = Tensor.From(values, values.Length);
            var resamples = Enumerable.Range(0, Resamples).Select(_ => (Weights(values.Length, rng) * x).sum().ToDouble() / values.Length).ToArray();
            return Score(name, values.Average(), unit, values.Length, resamples);
        });
    }
}

namespace Likeness;

/// <summary>Judging how unusual examples are from their scores, whatever model gave them. A lower score is less likely.</summary>
public static class Anomalies
{
    /// <summary>
    /// The share of held-out ordinary examples that score as low or lower, counted with the example itself: for an ordinary example it
    /// is uniform (P(p ≤ α) ≤ α), so p ≤ 0.01 alarms for one ordinary example in a hundred.
    /// </summary>
    /// <param name="scores">Log-likelihoods or other scores.</param>
    /// <param name="heldOut">Scores of ordinary examples that were not trained on.</param>
    /// <exception cref="DataException">There are no held-out scores.</exception>
    public static double[] PValues(ReadOnlySpan<double> scores, ReadOnlySpan<double> heldOut)
    {
        if (heldOut.IsEmpty)
        {
            throw new DataException("Calibration needs held-out examples and there are none: give data with a validation or test split.");
        }

        var lower = new long[scores.Length];
        CountLower(scores, heldOut, lower);
        var of = heldOut.Length + 1.0;
        return Array.ConvertAll(lower, k => (1 + k) / of);
    }

    /// <summary>Adds to each score's count how many held-out ones are as low or lower.</summary>
    internal static void CountLower(ReadOnlySpan<double> scores, ReadOnlySpan<double> heldOut, long[] counts)
    {
        var sorted = heldOut.ToArray();
        Array.Sort(sorted);
        for (var i = 0; i < counts.Length; i++)
        {
            counts[i] += CountAtMost(sorted, scores[i]);
        }
    }

    /// <summary>
    /// The chance that a random ordinary example scores higher than a random anomaly, ties counting half (Mann and Whitney 1947):
    /// 0.5 is guessing, 1 is perfect.
    /// </summary>
    /// <exception cref="DataException">One of the groups is empty.</exception>
    public static double Auroc(ReadOnlySpan<double> ordinary, ReadOnlySpan<double> anomalies)
    {
        if (ordinary.IsEmpty || anomalies.IsEmpty)
        {
            throw new DataException($"An AUROC needs examples of both kinds and there are {ordinary.Length} ordinary ones and {anomalies.Length} anomalies: give both.");
        }

        var sorted = anomalies.ToArray();
        Array.Sort(sorted);
        var wins = 0.0;
        foreach (var score in ordinary)
        {
            var below = CountBelow(sorted, score);
            wins += below + (0.5 * (CountAtMost(sorted, score) - below));
        }

        return wins / ((double)ordinary.Length * anomalies.Length);
    }

    /// <summary>
    /// The largest p-value that may be called an anomaly so that at most a share <paramref name="rate"/> of the calls is expected to be
    /// false (Benjamini and Hochberg 1995); negative where none may.
    /// </summary>
    public static double FalseDiscoveryThreshold(ReadOnlySpan<double> pValues, double rate)
    {
        var sorted = pValues.ToArray();
        Array.Sort(sorted);
        for (var i = sorted.Length; i > 0; i--)
        {
            if (sorted[i - 1] <= rate * i / sorted.Length)
            {
                return sorted[i - 1];
            }
        }

        return -1;
    }

    /// <summary>
    /// For each p-value the smallest rate at which it is called by <see cref="FalseDiscoveryThreshold"/>: the least n·p/k over the p-values that are as large or larger,
    /// k being how many are as small (Benjamini and Hochberg's adjusted p-values).
    /// </summary>
    public static double[] LeastRates(ReadOnlySpan<double> pValues)
    {
        var values = pValues.ToArray();
        var order = Enumerable.Range(0, values.Length).OrderBy(i => values[i]).ToArray();
        var (rates, least) = (new double[values.Length], 1.0);
        for (var k = order.Length; k > 0; k--)
        {
            least = Math.Min(least, values[order[k - 1]] * values.Length / k);
            rates[order[k - 1]] = least;
        }

        return rates;
    }

    private static int CountAtMost(double[] sorted, double value) => CountWhile(sorted, v => v <= value);

    private static int CountBelow(double[] sorted, double value) => CountWhile(sorted, v => v < value);

    // Binary search for how many of the first values satisfy a condition that ends once.
    private static int CountWhile(double[] sorted, Func<double, bool> condition)
    {
        var (low, high) = (0, sorted.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (condition(sorted[middle]))
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}

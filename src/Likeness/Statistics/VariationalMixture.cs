namespace Likeness;

/// <summary>A mixture of Normals of one variable: what each component weighs, where it lies and how wide it is.</summary>
internal readonly record struct MixtureFit(double[] Weights, double[] Means, double[] Deviations);

/// <summary>
/// Variational mixture of Normals of one variable (Bishop 2006, section 10.2, with the weights of a truncated Dirichlet process: Blei and Jordan 2006).
/// Components that the data does not ask for lose their weight, so their number need not be chosen.
/// </summary>
internal static class VariationalMixture
{
    // The concentration of the process: small, so few components are used.
    private const double Concentration = 1e-3;

    // Components of less weight than this are none.
    private const double LeastWeight = 5e-3;

    // The variance that a component has before it sees data, as a share of the data's: small, so one on a single value is as narrow as that.
    private const double Prior = 1e-6;

    private const int MostIterations = 200;

    /// <summary>Fits at most so many components.</summary>
    /// <param name="values">The data.</param>
    /// <param name="most">Components at most.</param>
    /// <param name="floor">Least deviation, as a share of the data's.</param>
    public static MixtureFit Fit(double[] values, int most, double floor = 1e-5)
    {
        double[] sorted = [.. values.Order()];
        var n = sorted.Length;
        var mean = sorted.Average();
        var variance = sorted.Average(v => (v - mean) * (v - mean));
        if (!(variance > 0))
        {
            return new([1], [mean], [Math.Max(floor, 1e-6)]);
        }

        var k = Math.Min(most, sorted.Distinct().Take(most).Count());
        var least = floor * floor * variance;
        var assigned = Start(sorted, k);
        var (weight, centre, spread) = (new double[k], new double[k], new double[k]);
        var responsibility = new double[n * k];
        for (var i = 0; i < n; i++)
        {
            responsibility[(i * k) + assigned[i]] = 1;
        }

        var logs = new double[k];
        var last = double.NegativeInfinity;
        for (var iteration = 0; iteration < MostIterations; iteration++)
        {
            var (expectedLog, precisions) = Maximise(sorted, responsibility, k, mean, variance, least, weight, centre, spread);
            var bound = 0.0;
            for (var i = 0; i < n; i++)
            {
                var top = double.NegativeInfinity;
                for (var j = 0; j < k; j++)
                {
                    var d = sorted[i] - centre[j];
                    logs[j] = expectedLog[j] - (0.5 * ((d * d / spread[j]) + (1 / precisions[j])));
                    top = Math.Max(top, logs[j]);
                }

                var sum = 0.0;
                for (var j = 0; j < k; j++)
                {
                    sum += logs[j] = Math.Exp(logs[j] - top);
                }

                for (var j = 0; j < k; j++)
                {
                    responsibility[(i * k) + j] = logs[j] / sum;
                }

                bound += top + Math.Log(sum);
            }

            bound /= n;
            if (Math.Abs(bound - last) < 1e-5)
            {
                break;
            }

            last = bound;
        }

        int[] kept = [.. Enumerable.Range(0, k).Where(j => weight[j] >= LeastWeight).OrderBy(j => centre[j])];
        kept = kept.Length > 0 ? kept : [Array.IndexOf(weight, weight.Max())];
        var total = kept.Sum(j => weight[j]);
        return new([.. kept.Select(j => weight[j] / total)], [.. kept.Select(j => centre[j])], [.. kept.Select(j => Math.Sqrt(spread[j]))]);
    }

    // The variational updates of Normal-gamma components with the data's mean and a small multiple of its variance as prior; what they add to log ρ of equation 10.46.
    private static (double[] ExpectedLog, double[] Precisions) Maximise(
        double[] x, double[] responsibility, int k, double mean, double variance, double least, double[] weight, double[] centre, double[] spread)
    {
        var (count, sum) = (new double[k], new double[k]);
        for (var i = 0; i < x.Length; i++)
        {
            for (var j = 0; j < k; j++)
            {
                var r = responsibility[(i * k) + j];
                count[j] += r;
                sum[j] += r * x[i];
            }
        }

        var scatter = new double[k];
        for (var i = 0; i < x.Length; i++)
        {
            for (var j = 0; j < k; j++)
            {
                var d = x[i] - (sum[j] / (count[j] + 1e-300));
                scatter[j] += responsibility[(i * k) + j] * d * d;
            }
        }

        var (expected, precisions) = (new double[k], new double[k]);
        // Sticks are broken from the heaviest component on.
        var order = Enumerable.Range(0, k).OrderByDescending(j => count[j]).ToArray();
        var (later, broken) = (count.Sum(), 0.0);
        foreach (var j in order)
        {
            later -= count[j];
            var (a, b) = (1 + count[j], Concentration + Math.Max(0, later));
            expected[j] = Digamma(a) - Digamma(a + b) + broken;
            broken += Digamma(b) - Digamma(a + b);
            weight[j] = count[j] / x.Length;
            precisions[j] = 1e-3 + count[j];
            var degrees = 1 + count[j];
            var own = count[j] > 0 ? sum[j] / count[j] : mean;
            centre[j] = ((1e-3 * mean) + (count[j] * own)) / precisions[j];
            spread[j] = Math.Max(least, ((variance * Prior) + scatter[j] + (1e-3 * count[j] / precisions[j] * (own - mean) * (own - mean))) / degrees);
            // E log λ of a gamma with these degrees and this scale.
            expected[j] += 0.5 * (Digamma(degrees / 2) - Math.Log(degrees * spread[j] / 2));
        }

        return (expected, precisions);
    }

    // Lloyd's algorithm on sorted numbers, from distinct quantiles on.
    private static int[] Start(double[] sorted, int k)
    {
        double[] distinct = [.. sorted.Distinct()];
        double[] centres = [.. Enumerable.Range(0, k).Select(j => distinct[(int)((j + 0.5) * distinct.Length / k)])];
        var assigned = new int[sorted.Length];
        for (var round = 0; round < 20; round++)
        {
            var (sums, counts) = (new double[k], new int[k]);
            for (int i = 0, j = 0; i < sorted.Length; i++)
            {
                while (j + 1 < k && Math.Abs(sorted[i] - centres[j + 1]) <= Math.Abs(sorted[i] - centres[j]))
                {
                    j++;
                }

                assigned[i] = j;
                sums[j] += sorted[i];
                counts[j]++;
            }

            for (var j = 0; j < k; j++)
            {
                centres[j] = counts[j] > 0 ? sums[j] / counts[j] : centres[j];
            }

            Array.Sort(centres);
        }

        return assigned;
    }

    // ψ(x) by its recurrence up to 6 and its asymptotic series from there (Abramowitz and Stegun 6.3.5 and 6.3.18).
    private static double Digamma(double x)
    {
        var sum = 0.0;
        for (; x < 6; x++)
        {
            sum -= 1 / x;
        }

        var square = 1 / (x * x);
        return sum + Math.Log(x) - (0.5 / x) - (square * ((1.0 / 12) - (square * ((1.0 / 120) - (square / 252)))));
    }
}

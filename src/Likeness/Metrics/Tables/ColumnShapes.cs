namespace Likeness;

/// <summary>How alike columns of two tables are, one by one and in pairs: 1 is equal, 0 has nothing in common. As in SDMetrics' quality report.</summary>
internal static class ColumnShapes
{
    // Ranges of about as many real values that a number is divided into beside words.
    private const int Ranges = 10;

    /// <summary>One less the Kolmogorov–Smirnov distance of numbers, or the total variation of words; a missing cell is a value of its own.</summary>
    public static double Of(TableRows real, TableRows made, int column)
    {
        var (a, b) = (real.Numbers[column], made.Numbers[column]);
        if (!real.Columns[column].IsNumber)
        {
            return 1 - TotalVariation(Shares(a, real.LevelsOf(column)), Shares(b, real.LevelsOf(column)));
        }

        var (there, missing) = (KolmogorovSmirnov([.. a.Where(double.IsFinite)], [.. b.Where(double.IsFinite)]), Math.Abs(a.Count(double.IsNaN) / (double)a.Length - (b.Count(double.IsNaN) / (double)b.Length)));
        return 1 - Math.Max(there, missing);
    }

    /// <summary>Of two numbers one less half the difference of their correlations; else one less the total variation of their joint frequencies.</summary>
    public static double OfPair(TableRows real, TableRows made, int first, int second)
    {
        if (real.Columns[first].IsNumber && real.Columns[second].IsNumber)
        {
            return 1 - (Math.Abs(Correlation(real.Numbers[first], real.Numbers[second]) - Correlation(made.Numbers[first], made.Numbers[second])) / 2);
        }

        var (a, b) = (Levels(real, real, first), Levels(real, real, second));
        var (c, d) = (Levels(real, made, first), Levels(real, made, second));
        return 1 - TotalVariation(Joint(a, b), Joint(c, d));

        static Dictionary<(int, int), double> Joint(int[] x, int[] y) => x.Zip(y).GroupBy(p => p).ToDictionary(g => g.Key, g => g.Count() / (double)x.Length);
    }

    /// <summary>The largest difference of two distribution functions; 1 where one side has no values.</summary>
    public static double KolmogorovSmirnov(double[] a, double[] b)
    {
        if (a.Length == 0 || b.Length == 0)
        {
            return a.Length == b.Length ? 0 : 1;
        }

        Array.Sort(a);
        Array.Sort(b);
        var (i, j, most) = (0, 0, 0.0);
        while (i < a.Length && j < b.Length)
        {
            var value = Math.Min(a[i], b[j]);
            while (i < a.Length && a[i] <= value)
            {
                i++;
            }

            while (j < b.Length && b[j] <= value)
            {
                j++;
            }

            most = Math.Max(most, Math.Abs(((double)i / a.Length) - ((double)j / b.Length)));
        }

        return most;
    }

    /// <summary>Pearson's correlation over rows in which neither is missing; 0 where a column is constant.</summary>
    public static double Correlation(double[] x, double[] y)
    {
        var pairs = x.Zip(y).Where(p => double.IsFinite(p.First) && double.IsFinite(p.Second)).ToArray();
        if (pairs.Length < 2)
        {
            return 0;
        }

        var (mx, my) = (pairs.Average(p => p.First), pairs.Average(p => p.Second));
        var (xx, yy, xy) = (pairs.Sum(p => (p.First - mx) * (p.First - mx)), pairs.Sum(p => (p.Second - my) * (p.Second - my)), pairs.Sum(p => (p.First - mx) * (p.Second - my)));
        return xx > 0 && yy > 0 ? xy / Math.Sqrt(xx * yy) : 0;
    }

    private static double[] Shares(double[] levels, int count)
    {
        var shares = new double[count];
        foreach (var level in levels)
        {
            shares[(int)level] += 1.0 / levels.Length;
        }

        return shares;
    }

    private static double TotalVariation(double[] p, double[] q) => p.Zip(q, (a, b) => Math.Abs(a - b)).Sum() / 2;

    private static double TotalVariation(Dictionary<(int, int), double> p, Dictionary<(int, int), double> q) =>
        p.Keys.Union(q.Keys).Sum(k => Math.Abs(p.GetValueOrDefault(k) - q.GetValueOrDefault(k))) / 2;

    private static int[] Levels(TableRows real, TableRows rows, int column)
    {
        if (!real.Columns[column].IsNumber)
        {
            return [.. rows.Numbers[column].Select(v => (int)v)];
        }

        double[] sorted = [.. real.Numbers[column].Where(double.IsFinite).Order()];
        double[] edges = sorted.Length == 0 ? [] : [.. Enumerable.Range(1, Ranges - 1).Select(k => sorted[k * sorted.Length / Ranges]).Distinct()];
        return [.. rows.Numbers[column].Select(v => double.IsNaN(v) ? -1 : edges.Count(e => v >= e))];
    }
}

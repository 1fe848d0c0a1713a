using System.Runtime.InteropServices;

namespace Likeness;

/// <summary>What the values of a column are like, over the rows that are learned from.</summary>
/// <param name="Low">The smallest.</param>
/// <param name="High">The greatest.</param>
/// <param name="Mean">In double precision.</param>
/// <param name="Deviation">With the number of rows in the denominator.</param>
/// <param name="IsWhole">Whether all are whole numbers.</param>
/// <param name="IsRounded">Whether single precision holds another whole number than one of them.</param>
internal readonly record struct ColumnFacts(double Low, double High, double Mean, double Deviation, bool IsWhole, bool IsRounded)
{
    private const int MostCounted = 4096;

    public bool IsConstant => Low == High;

    /// <summary>Whether single precision cannot tell values of this column apart that are a thousandth of their range from each other, or no whole numbers.</summary>
    public bool LosesDigits => IsRounded || (!IsConstant && MathF.BitIncrement((float)Math.Max(Math.Abs(Low), Math.Abs(High))) - (float)Math.Max(Math.Abs(Low), Math.Abs(High)) > (High - Low) / 1000);

    /// <param name="array">A table; missing values do not count.</param>
    /// <param name="rows">Those that are looked at.</param>
    public static ColumnFacts[] Of(NumericArray array, IReadOnlyList<int> rows)
    {
        var width = array.RowLength;
        var (low, high) = (Filled(double.PositiveInfinity), Filled(double.NegativeInfinity));
        var (sum, squares, counts) = (new double[width], new double[width], new int[width]);
        var (whole, rounded) = (new bool[width], new bool[width]);
        Array.Fill(whole, true);
        Each((v, c) =>
        {
            (low[c], high[c]) = (Math.Min(low[c], v), Math.Max(high[c], v));
            sum[c] += v;
            counts[c]++;
            whole[c] &= v == Math.Floor(v);
            rounded[c] |= v == Math.Floor(v) && (float)v != v;
        });
        Each((v, c) => squares[c] += (v - (sum[c] / counts[c])) * (v - (sum[c] / counts[c])));
        return [.. Enumerable.Range(0, width).Select(c => new ColumnFacts(low[c], high[c], sum[c] / counts[c], Math.Sqrt(squares[c] / counts[c]), whole[c], rounded[c]))];

        double[] Filled(double value) => [.. Enumerable.Repeat(value, width)];

        void Each(Action<double, int> see)
        {
            var row = new double[width];
            foreach (var i in rows)
            {
                array.Read(i * width, row);
                for (var c = 0; c < width; c++)
                {
                    if (!double.IsNaN(row[c]))
                    {
                        see(row[c], c);
                    }
                }
            }
        }
    }

    /// <summary>How many different values a column has; null where there are thousands.</summary>
    public static int? CountDifferent(NumericArray array, IReadOnlyList<int> rows, int column)
    {
        var seen = new HashSet<double>();
        Span<double> one = stackalloc double[1];
        foreach (var i in rows)
        {
            array.Read((i * array.RowLength) + column, one);
            if (seen.Add(one[0]) && seen.Count > MostCounted)
            {
                return null;
            }
        }

        return seen.Count;
    }

    /// <summary>How many different rows there are; null where there are more than so many.</summary>
    public static int? CountDifferentRows(NumericArray array, IReadOnlyList<int> rows, int most)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var row = new double[array.RowLength];
        foreach (var i in rows)
        {
            array.Read(i * row.Length, row);
            if (seen.Add(new string(MemoryMarshal.Cast<double, char>(row))) && seen.Count > most)
            {
                return null;
            }
        }

        return seen.Count;
    }
}

namespace Likeness;

/// <summary>
/// The line divided into <see cref="Count"/> bins that the standard Normal distribution gives equal mass, so coding a bin under it costs exactly
/// <see cref="CountBits"/> bits, and what another Normal distribution gives to each of them.
/// </summary>
internal static class NormalBins
{
    public const int CountBits = 16;

    public const int Count = 1 << CountBits;

    // The frequency of each bin under the standard Normal.
    private const ulong Even = RangeCoder.Total >> CountBits;

    // Upper edges of the bins but the last, and the point of each bin that has half its mass below it.
    private static readonly double[] s_edges = Quantiles(i => (i + 1.0) / Count, Count - 1);
    private static readonly double[] s_centres = Quantiles(i => (i + 0.5) / Count, Count);

    /// <summary>The value that stands for a bin.</summary>
    public static double Centre(int bin) => s_centres[bin];

    /// <summary>Puts a bin onto a stack under the standard Normal.</summary>
    public static void Encode(ISymbolWriter coder, int bin) => coder.Encode((ulong)bin * Even, Even);

    /// <summary>Takes a bin that is likely under the standard Normal.</summary>
    public static int Decode(ISymbolReader coder)
    {
        var bin = (int)(coder.Peek() / Even);
        coder.Skip((ulong)bin * Even, Even);
        return bin;
    }

    /// <summary>Puts a bin onto a stack under N(mean, deviation²).</summary>
    public static void Encode(ISymbolWriter coder, int bin, double mean, double deviation)
    {
        var start = Start(bin, mean, deviation);
        coder.Encode(start, Start(bin + 1, mean, deviation) - start);
    }

    /// <summary>Takes a bin that is likely under N(mean, deviation²).</summary>
    public static int Decode(ISymbolReader coder, double mean, double deviation)
    {
        var at = coder.Peek();
        // The last start that is not above it.
        var (low, high) = (0, Count);
        var (start, end) = (0UL, RangeCoder.Total);
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            var value = Start(middle, mean, deviation);
            if (value <= at)
            {
                (low, start) = (middle, value);
            }
            else
            {
                (high, end) = (middle, value);
            }
        }

        coder.Skip(start, end - start);
        return low;
    }

    // Of all bins before this one, together: each has one, and its share of the rest.
    private static ulong Start(int bin, double mean, double deviation) => bin switch
    {
        0 => 0,
        Count => RangeCoder.Total,
        _ => (ulong)bin + (ulong)(Below((s_edges[bin - 1] - mean) / deviation) * (RangeCoder.Total - Count)),
    };

    /// <summary>Φ(x) in double precision (Hart's algorithm 5666 in the form of West 2005).</summary>
    internal static double Below(double x)
    {
        var size = Math.Abs(x);
        if (!(size <= 37))
        {
            return x > 0 ? 1 : 0;
        }

        var e = Math.Exp(-size * size / 2);
        double tail;
        if (size < 7.07106781186547)
        {
            var over = (((((((((((0.0352624965998911 * size) + 0.700383064443688) * size) + 6.37396220353165) * size) + 33.912866078383) * size)
                + 112.079291497871) * size) + 221.213596169931) * size) + 220.206867912376;
            var under = (((((((((((((0.0883883476483184 * size) + 1.75566716318264) * size) + 16.064177579207) * size) + 86.7807322029461) * size)
                + 296.564248779674) * size) + 637.333633378831) * size) + 793.826512519948) * size) + 440.413735824752;
            tail = e * over / under;
        }
        else
        {
            tail = e / (size + (1 / (size + (2 / (size + (3 / (size + (4 / (size + 0.65))))))))) / 2.506628274631;
        }

        return x > 0 ? 1 - tail : tail;
    }

    // From the middle outwards by Newton's method, which on the convex side comes down to each from the one before; mirrored.
    private static double[] Quantiles(Func<int, double> probability, int count)
    {
        var values = new double[count];
        var x = 0.0;
        for (var i = (count - 1) / 2; i >= 0; i--)
        {
            for (var step = 0; step < 6; step++)
            {
                x -= (Below(x) - probability(i)) * Math.Sqrt(2 * Math.PI) * Math.Exp(x * x / 2);
            }

            values[i] = x;
            values[count - 1 - i] = -x;
        }

        return values;
    }
}

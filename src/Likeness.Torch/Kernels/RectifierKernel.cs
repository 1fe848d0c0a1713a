using System.Runtime.CompilerServices;

namespace Likeness.Torch.Kernels;

/// <summary>The leaky rectifier r(a + b) of rows a with a bias b, and its gradients, each in one pass.</summary>
internal static unsafe class RectifierKernel
{
    // Below this many values a second thread costs more than it saves.
    private const long Worthwhile = 1 << 15;

    /// <param name="y">[rows, columns]: what goes in, and receives what comes out.</param>
    /// <param name="bias">[columns], or null for none.</param>
    /// <param name="rows">How many.</param>
    /// <param name="columns">How many.</param>
    /// <param name="slope">For negative values: from 0 up to 1.</param>
    /// <param name="threads">How many threads may work.</param>
    public static void Forward(float* y, float* bias, long rows, int columns, float slope, int threads) =>
        Widest.Share(new Forwards(y, bias, columns, slope), rows, PartsOf(rows, columns, threads), threads);

    /// <summary>The gradient without a bias, of values in any order.</summary>
    public static void Backward(float* grad, float* y, float* before, long count, float slope, int threads)
    {
        // Rows of whole vectors, where the count falls into such.
        var columns = (int)Math.Min(count & -count, 4096);
        columns = columns >= 16 || count > int.MaxValue ? columns : (int)count;
        Backward(grad, y, before, null, count / columns, columns, slope, threads);
    }

    /// <param name="grad">The slope with respect to the result [rows, columns].</param>
    /// <param name="y">The result.</param>
    /// <param name="before">Receives the slope with respect to a.</param>
    /// <param name="total">Receives its sums over the rows [columns]; null where nobody asks.</param>
    /// <param name="rows">How many.</param>
    /// <param name="columns">How many.</param>
    /// <param name="slope">For negative values: from 0 up to 1.</param>
    /// <param name="threads">How many threads may work.</param>
    public static void Backward(float* grad, float* y, float* before, float* total, long rows, int columns, float slope, int threads)
    {
        var parts = PartsOf(rows, columns, threads);
        // Each part has sums of its own, which are added in the order of the parts.
        using var sums = new Scratch(total is null ? 0 : Scratch.Round(parts * columns));
        var partial = total is null ? null : sums.Take(parts * columns);
        Parts.Run(parts, threads, part =>
        {
            var (first, last) = (rows * part / parts, rows * (part + 1) / parts);
            var own = total is null ? null : partial + ((long)part * columns);
            Widest.Run(new Backwards(grad, y, before, own, columns, slope), first, last);
        });
        if (total is null) return;
        for (var j = 0; j < columns; j++)
        {
            var sum = partial[j];
            for (var part = 1; part < parts; part++) sum += partial[((long)part * columns) + j];
            total[j] = sum;
        }
    }

    private static int PartsOf(long rows, int columns, int threads) => rows * columns < Worthwhile ? 1 : (int)Math.Min(threads, rows);

    private readonly struct Forwards(float* y, float* bias, int columns, float slope) : IVectorWork
    {
        void IVectorWork.Run<TLanes, TVector>(long first, long last) => Rectifier<TLanes, TVector>.Forward(y, bias, first, last, columns, slope);
    }

    private readonly struct Backwards(float* grad, float* y, float* before, float* sums, int columns, float slope) : IVectorWork
    {
        void IVectorWork.Run<TLanes, TVector>(long first, long last) => Rectifier<TLanes, TVector>.Backward(grad, y, before, sums, first, last, columns, slope);
    }
}

/// <summary>Some rows, for one width of vectors.</summary>
internal static unsafe class Rectifier<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward(float* y, float* bias, long first, long last, int columns, float slope)
    {
        var factor = TLanes.Broadcast(slope);
        for (var row = y + (first * columns); row < y + (last * columns); row += columns)
        {
            var j = 0;
            for (; j + TLanes.Width <= columns; j += TLanes.Width)
            {
                var v = TLanes.Load(row + j);
                v = bias is null ? v : TLanes.Add(v, TLanes.Load(bias + j));
                // Zero times infinity is no number.
                TLanes.Store(row + j, TLanes.Max(slope == 0 ? TLanes.Zero : TLanes.Multiply(v, factor), v));
            }

            for (; j < columns; j++)
            {
                var v = row[j] + (bias is null ? 0 : bias[j]);
                row[j] = v > 0 || float.IsNaN(v) ? v : slope == 0 ? 0 : slope * v;
            }
        }
    }

    /// <summary>The slopes of some rows, and where <paramref name="sums"/> is not null their sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward(float* grad, float* y, float* before, float* sums, long first, long last, int columns, float slope)
    {
        var factor = TLanes.Broadcast(slope);
        var (start, end) = (first * columns, last * columns);
        var j = 0;
        // Four vectors abreast: a cache line in four, and sums that stay in registers.
        for (; j + (4 * TLanes.Width) <= columns; j += 4 * TLanes.Width)
        {
            TVector s0 = TLanes.Zero, s1 = TLanes.Zero, s2 = TLanes.Zero, s3 = TLanes.Zero;
            for (var at = start + j; at < end; at += columns)
            {
                s0 = TLanes.Add(s0, Slope(grad, y, before, at, factor));
                s1 = TLanes.Add(s1, Slope(grad, y, before, at + TLanes.Width, factor));
                s2 = TLanes.Add(s2, Slope(grad, y, before, at + (2 * TLanes.Width), factor));
                s3 = TLanes.Add(s3, Slope(grad, y, before, at + (3 * TLanes.Width), factor));
            }

            if (sums is null) continue;
            TLanes.Store(sums + j, s0);
            TLanes.Store(sums + j + TLanes.Width, s1);
            TLanes.Store(sums + j + (2 * TLanes.Width), s2);
            TLanes.Store(sums + j + (3 * TLanes.Width), s3);
        }

        for (; j + TLanes.Width <= columns; j += TLanes.Width)
        {
            var s = TLanes.Zero;
            for (var at = start + j; at < end; at += columns) s = TLanes.Add(s, Slope(grad, y, before, at, factor));
            if (sums is not null) TLanes.Store(sums + j, s);
        }

        for (; j < columns; j++)
        {
            var s = 0f;
            for (var at = start + j; at < end; at += columns) s += before[at] = y[at] > 0 ? grad[at] : slope * grad[at];
            if (sums is not null) sums[j] = s;
        }
    }

    // The slope itself or a multiple of it, and no rounding between: the rest is all or nothing.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Slope(float* grad, float* y, float* before, long at, TVector factor)
    {
        var g = TLanes.Load(grad + at);
        var positive = TLanes.WherePositive(TLanes.Load(y + at), g);
        var slope = TLanes.Fma(TLanes.Subtract(g, positive), factor, positive);
        TLanes.Store(before + at, slope);
        return slope;
    }
}

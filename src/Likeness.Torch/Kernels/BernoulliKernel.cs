using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Likeness.Torch.Kernels;

/// <summary>log p(x) of independent bits with logits l, Σ x·l − log(1 + e^l), and its derivative x − σ(l), each in one pass.</summary>
internal static unsafe class BernoulliKernel
{
    // Below this many values a second thread costs more than it saves.
    private const long Worthwhile = 1 << 18;

    /// <summary>One sum per row of l [rows, columns]; every row of x [rows/draws, columns] serves so many of them.</summary>
    public static void LogProb(float* x, float* l, int rows, int columns, int draws, float* sums, int threads) => Split(rows, columns, threads, (first, last) =>
    {
        for (var i = first; i < last; i++)
        {
            var (offset, of) = ((long)i * columns, (long)(i / draws) * columns);
            sums[i] = Vector512.IsHardwareAccelerated ? Bernoulli<Lanes512, Vector512<float>>.Sum(x + of, l + offset, columns)
                : Vector256.IsHardwareAccelerated ? Bernoulli<Lanes256, Vector256<float>>.Sum(x + of, l + offset, columns)
                : Bernoulli<Lanes128, Vector128<float>>.Sum(x + of, l + offset, columns);
        }
    });

    /// <summary>grad[i, j] = weights[i]·(x − σ(l))[i, j].</summary>
    public static void Gradient(float* x, float* l, float* weights, int rows, int columns, int draws, float* grad, int threads) => Split(rows, columns, threads, (first, last) =>
    {
        for (var i = first; i < last; i++)
        {
            var (offset, of) = ((long)i * columns, (long)(i / draws) * columns);
            if (Vector512.IsHardwareAccelerated) Bernoulli<Lanes512, Vector512<float>>.Gradient(x + of, l + offset, weights[i], columns, grad + offset);
            else if (Vector256.IsHardwareAccelerated) Bernoulli<Lanes256, Vector256<float>>.Gradient(x + of, l + offset, weights[i], columns, grad + offset);
            else Bernoulli<Lanes128, Vector128<float>>.Gradient(x + of, l + offset, weights[i], columns, grad + offset);
        }
    });

    private static void Split(int rows, int columns, int threads, Action<int, int> body)
    {
        var parts = (long)rows * columns < Worthwhile ? 1 : Math.Min(threads, rows);
        Parts.Run(parts, threads, part => body(Parts.Start(rows, parts, part), Parts.Start(rows, parts, part + 1)));
    }
}

/// <summary>One row, for one width of vectors.</summary>
internal static unsafe class Bernoulli<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Sum(float* x, float* l, int count)
    {
        var sum = TLanes.Zero;
        var j = 0;
        for (; j + TLanes.Width <= count; j += TLanes.Width)
        {
            sum = TLanes.Add(sum, Term(TLanes.Load(x + j), TLanes.Load(l + j)));
        }

        var total = TLanes.Sum(sum);
        if (j < count)
        {
            // The rest of the row, in lanes of its own.
            float* rest = stackalloc float[3 * TLanes.Width];
            Tail(x + j, l + j, count - j, rest);
            TLanes.Store(rest + (2 * TLanes.Width), Term(TLanes.Load(rest), TLanes.Load(rest + TLanes.Width)));
            for (var k = 0; k < count - j; k++) total += rest[(2 * TLanes.Width) + k];
        }

        return total;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gradient(float* x, float* l, float weight, int count, float* grad)
    {
        var w = TLanes.Broadcast(weight);
        var j = 0;
        for (; j + TLanes.Width <= count; j += TLanes.Width)
        {
            TLanes.Store(grad + j, Slope(TLanes.Load(x + j), TLanes.Load(l + j), w));
        }

        if (j < count)
        {
            float* rest = stackalloc float[3 * TLanes.Width];
            Tail(x + j, l + j, count - j, rest);
            TLanes.Store(rest + (2 * TLanes.Width), Slope(TLanes.Load(rest), TLanes.Load(rest + TLanes.Width), w));
            for (var k = 0; k < count - j; k++) grad[j + k] = rest[(2 * TLanes.Width) + k];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Term(TVector x, TVector l) => TLanes.Subtract(TLanes.Multiply(x, l), VectorMath<TLanes, TVector>.Softplus(l));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Slope(TVector x, TVector l, TVector weight) => TLanes.Multiply(weight, TLanes.Subtract(x, VectorMath<TLanes, TVector>.Sigmoid(l)));

    private static void Tail(float* x, float* l, int count, float* rest)
    {
        for (var k = 0; k < TLanes.Width; k++)
        {
            rest[k] = k < count ? x[k] : 0;
            rest[TLanes.Width + k] = k < count ? l[k] : 0;
        }
    }
}

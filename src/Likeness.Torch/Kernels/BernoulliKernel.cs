using System.Runtime.CompilerServices;

namespace Likeness.Torch.Kernels;

/// <summary>log p(x) of independent bits with logits l, Σ x·l − log(1 + e^l), and its derivative x − σ(l), each in one pass.</summary>
internal static unsafe class BernoulliKernel
{
    // Below this many values a second thread costs more than it saves.
    private const long Worthwhile = 1 << 18;

    /// <summary>One sum per row of l [rows, columns]; every row of x [rows/draws, columns] serves so many of them.</summary>
    public static void LogProb(float* x, float* l, int rows, int columns, int draws, float* sums, int threads) =>
        Widest.Share(new LogProbs(x, l, columns, draws, sums), rows, PartsOf(rows, columns, threads), threads);

    /// <summary>grad[i, j] = weights[i]·(x − σ(l))[i, j].</summary>
    public static void Gradient(float* x, float* l, float* weights, int rows, int columns, int draws, float* grad, int threads) =>
        Widest.Share(new Gradients(x, l, weights, columns, draws, grad), rows, PartsOf(rows, columns, threads), threads);

    private static int PartsOf(int rows, int columns, int threads) => (long)rows * columns < Worthwhile ? 1 : Math.Min(threads, rows);

    private readonly struct LogProbs(float* x, float* l, int columns, int draws, float* sums) : IVectorWork
    {
        void IVectorWork.Run<TLanes, TVector>(long first, long last)
        {
            for (var i = first; i < last; i++) sums[i] = Bernoulli<TLanes, TVector>.Sum(x + (i / draws * columns), l + (i * columns), columns);
        }
    }

    private readonly struct Gradients(float* x, float* l, float* weights, int columns, int draws, float* grad) : IVectorWork
    {
        void IVectorWork.Run<TLanes, TVector>(long first, long last)
        {
            for (var i = first; i < last; i++) Bernoulli<TLanes, TVector>.Gradient(x + (i / draws * columns), l + (i * columns), weights[i], columns, grad + (i * columns));
        }
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

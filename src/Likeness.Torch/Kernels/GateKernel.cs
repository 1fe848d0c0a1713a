using System.Runtime.CompilerServices;

namespace Likeness.Torch.Kernels;

/// <summary>y = tanh(a)·σ(b) of rows [a, b], and its derivatives y'_a = σ(b)·(1 − tanh²a) and y'_b = tanh(a)·σ(b)·(1 − σ(b)), each in one pass.</summary>
internal static unsafe class GateKernel
{
    // Below this many values a second thread costs more than it saves.
    private const long Worthwhile = 1 << 16;

    /// <param name="x">[rows, 2·features].</param>
    /// <param name="rows">How many.</param>
    /// <param name="features">Of the result.</param>
    /// <param name="y">Receives [rows, features].</param>
    /// <param name="threads">How many threads may work.</param>
    public static void Forward(float* x, int rows, int features, float* y, int threads) =>
        Widest.Share(new Forwards(x, features, y), rows, PartsOf(rows, features, threads), threads);

    /// <param name="x">[rows, 2·features].</param>
    /// <param name="dy">The slope with respect to the result [rows, features].</param>
    /// <param name="rows">How many.</param>
    /// <param name="features">Of the result.</param>
    /// <param name="dx">Receives the slope with respect to x.</param>
    /// <param name="threads">How many threads may work.</param>
    public static void Gradient(float* x, float* dy, int rows, int features, float* dx, int threads) =>
        Widest.Share(new Gradients(x, dy, features, dx), rows, PartsOf(rows, features, threads), threads);

    private static int PartsOf(int rows, int features, int threads) => (long)rows * features < Worthwhile ? 1 : Math.Min(threads, rows);

    private readonly struct Forwards(float* x, int features, float* y) : IVectorWork
    {
        void IVectorWork.Run<TLanes, TVector>(long first, long last) => Gate<TLanes, TVector>.Forward(x, first, last, features, y);
    }

    private readonly struct Gradients(float* x, float* dy, int features, float* dx) : IVectorWork
    {
        void IVectorWork.Run<TLanes, TVector>(long first, long last) => Gate<TLanes, TVector>.Gradient(x, dy, first, last, features, dx);
    }
}

/// <summary>Some rows, for one width of vectors.</summary>
internal static unsafe class Gate<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward(float* x, long first, long last, int features, float* y)
    {
        for (var row = first; row < last; row++)
        {
            float* a = x + (2 * row * features), b = a + features, to = y + (row * features);
            var j = 0;
            for (; j + TLanes.Width <= features; j += TLanes.Width)
            {
                TLanes.Store(to + j, TLanes.Multiply(VectorMath<TLanes, TVector>.Tanh(TLanes.Load(a + j)), VectorMath<TLanes, TVector>.Sigmoid(TLanes.Load(b + j))));
            }

            for (; j < features; j++) to[j] = MathF.Tanh(a[j]) * Sigmoid(b[j]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gradient(float* x, float* dy, long first, long last, int features, float* dx)
    {
        var one = TLanes.Broadcast(1f);
        for (var row = first; row < last; row++)
        {
            float* a = x + (2 * row * features), b = a + features, grad = dy + (row * features), to = dx + (2 * row * features);
            var j = 0;
            for (; j + TLanes.Width <= features; j += TLanes.Width)
            {
                var (t, s) = (VectorMath<TLanes, TVector>.Tanh(TLanes.Load(a + j)), VectorMath<TLanes, TVector>.Sigmoid(TLanes.Load(b + j)));
                var gs = TLanes.Multiply(TLanes.Load(grad + j), s);
                TLanes.Store(to + j, TLanes.Multiply(gs, TLanes.Subtract(one, TLanes.Multiply(t, t))));
                TLanes.Store(to + features + j, TLanes.Multiply(TLanes.Multiply(gs, t), TLanes.Subtract(one, s)));
            }

            for (; j < features; j++)
            {
                var (t, s) = (MathF.Tanh(a[j]), Sigmoid(b[j]));
                to[j] = grad[j] * s * (1 - (t * t));
                to[features + j] = grad[j] * s * t * (1 - s);
            }
        }
    }

    private static float Sigmoid(float x) => 1 / (1 + MathF.Exp(-x));
}

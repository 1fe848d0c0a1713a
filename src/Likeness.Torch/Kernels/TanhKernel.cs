using System.Runtime.CompilerServices;

namespace Likeness.Torch.Kernels;

/// <summary>tanh and its derivative 1 − tanh², each in one pass; libtorch's is a table of cases, several times slower.</summary>
internal static unsafe class TanhKernel
{
    // Below this many values a second thread costs more than it saves.
    private const long Worthwhile = 1 << 16;

    /// <summary>y = tanh(x).</summary>
    public static void Forward(float* x, float* y, long count, int threads) => Share(new Forwards(x, y, count), count, threads);

    /// <summary>dx = dy·(1 − y²).</summary>
    public static void Backward(float* dy, float* y, float* dx, long count, int threads) => Share(new Backwards(dy, y, dx, count), count, threads);

    // Items are whole vectors of the widest kind: no number depends on the number of parts.
    private static void Share<TWork>(TWork work, long count, int threads)
        where TWork : struct, IVectorWork =>
        Widest.Share(work, (count + 15) / 16, count < Worthwhile ? 1 : threads, threads);

    private readonly struct Forwards(float* x, float* y, long count) : IVectorWork
    {
        void IVectorWork.Run<TLanes, TVector>(long first, long last) => Tanh<TLanes, TVector>.Forward(x + (16 * first), y + (16 * first), Math.Min(16 * last, count) - (16 * first));
    }

    private readonly struct Backwards(float* dy, float* y, float* dx, long count) : IVectorWork
    {
        void IVectorWork.Run<TLanes, TVector>(long first, long last) =>
            Tanh<TLanes, TVector>.Backward(dy + (16 * first), y + (16 * first), dx + (16 * first), Math.Min(16 * last, count) - (16 * first));
    }
}

/// <summary>Some values, for one width of vectors.</summary>
internal static unsafe class Tanh<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    // Beyond this the quotient is 1 to the last place.
    private const float Saturation = 7.9053111f;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward(float* x, float* y, long count)
    {
        var i = 0L;
        for (; i + TLanes.Width <= count; i += TLanes.Width) TLanes.Store(y + i, Of(TLanes.Load(x + i)));
        if (i == count) return;

        // The rest goes through the same arithmetic.
        var pad = stackalloc float[16];
        new Span<float>(pad, 16).Clear();
        for (var j = i; j < count; j++) pad[j - i] = x[j];
        TLanes.Store(pad, Of(TLanes.Load(pad)));
        for (var j = i; j < count; j++) y[j] = pad[j - i];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward(float* dy, float* y, float* dx, long count)
    {
        var one = TLanes.Broadcast(1f);
        var i = 0L;
        for (; i + TLanes.Width <= count; i += TLanes.Width)
        {
            var t = TLanes.Load(y + i);
            TLanes.Store(dx + i, TLanes.Multiply(TLanes.Load(dy + i), TLanes.Subtract(one, TLanes.Multiply(t, t))));
        }

        for (; i < count; i++) dx[i] = dy[i] * (1 - (y[i] * y[i]));
    }

    // An odd polynomial over an even one (the minimax quotient of degree 13 over 6 that Eigen uses): a few units in the last place
    // everywhere, also relative to small results, which 2σ(2x) − 1 would cancel.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of(TVector x)
    {
        x = TLanes.Clamp(x, Saturation);
        var s = TLanes.Multiply(x, x);
        var p = TLanes.Fma(s, TLanes.Broadcast(-2.76076847742355e-16f), TLanes.Broadcast(2.00018790482477e-13f));
        p = TLanes.Fma(s, p, TLanes.Broadcast(-8.60467152213735e-11f));
        p = TLanes.Fma(s, p, TLanes.Broadcast(5.12229709037114e-08f));
        p = TLanes.Fma(s, p, TLanes.Broadcast(1.48572235717979e-05f));
        p = TLanes.Fma(s, p, TLanes.Broadcast(6.37261928875436e-04f));
        p = TLanes.Multiply(x, TLanes.Fma(s, p, TLanes.Broadcast(4.89352455891786e-03f)));
        var q = TLanes.Fma(s, TLanes.Broadcast(1.19825839466702e-06f), TLanes.Broadcast(1.18534705686654e-04f));
        q = TLanes.Fma(s, q, TLanes.Broadcast(2.26843463243900e-03f));
        q = TLanes.Fma(s, q, TLanes.Broadcast(4.89352518554385e-03f));
        return TLanes.Divide(p, q);
    }
}

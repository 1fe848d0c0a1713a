using System.Runtime.CompilerServices;

namespace Likeness.Torch.Kernels;

/// <summary>
/// The hidden state of one example: activations a and h = σ(a), padded with units whose a and V are 0, so kernels
/// need no tails.
/// </summary>
internal static unsafe class NadeHidden<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private const int MostExamples = 64;

    /// <summary>Hidden units with padding: whole groups of four vectors.</summary>
    public static int Padded(int hidden) => (hidden + (4 * TLanes.Width) - 1) / (4 * TLanes.Width) * (4 * TLanes.Width);

    /// <summary>
    /// Into how many parts to split so many examples: one for each thread, and a multiple of that where the states of a part's
    /// examples would outgrow the second-level cache (256 kB at 500 hidden units).
    /// </summary>
    public static int Parts(int count, int threads)
    {
        var most = (long)MostExamples * threads;
        return (int)Math.Max(1, Math.Min(count, threads * ((count + most - 1) / most)));
    }

    /// <summary>a = c and h = σ(c) for every example.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Start(NadeParameters p, float* a, float* h, int count, int width)
    {
        if (count == 0) return;
        Panel.Pack(p.C, p.Hidden, 1, p.Hidden, a, width);
        for (var k = 0; k < width; k += TLanes.Width)
            TLanes.Store(h + k, VectorMath<TLanes, TVector>.Sigmoid(TLanes.Load(a + k)));
        var bytes = (long)width * sizeof(float);
        for (var n = 1L; n < count; n++)
        {
            Buffer.MemoryCopy(a, a + (n * width), bytes, bytes);
            Buffer.MemoryCopy(h, h + (n * width), bytes, bytes);
        }
    }

    /// <summary>a += W_i x_i and h = σ(a).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Advance(float* w, float x, float* a, float* h, int width)
    {
        var step = TLanes.Broadcast(x);
        for (var k = 0; k < width; k += 2 * TLanes.Width)
        {
            var a0 = TLanes.Fma(step, TLanes.Load(w + k), TLanes.Load(a + k));
            var a1 = TLanes.Fma(step, TLanes.Load(w + k + TLanes.Width), TLanes.Load(a + k + TLanes.Width));
            TLanes.Store(a + k, a0);
            TLanes.Store(a + k + TLanes.Width, a1);
            TLanes.Store(h + k, VectorMath<TLanes, TVector>.Sigmoid(a0));
            TLanes.Store(h + k + TLanes.Width, VectorMath<TLanes, TVector>.Sigmoid(a1));
        }
    }

    /// <summary>V_i·h in two partial sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Dot(float* v, float* h, int width)
    {
        TVector even = TLanes.Zero, odd = TLanes.Zero;
        for (var k = 0; k < width; k += 2 * TLanes.Width)
        {
            even = TLanes.Fma(TLanes.Load(h + k), TLanes.Load(v + k), even);
            odd = TLanes.Fma(TLanes.Load(h + k + TLanes.Width), TLanes.Load(v + k + TLanes.Width), odd);
        }

        return TLanes.Sum(TLanes.Add(even, odd));
    }

    /// <summary>The same for two hidden vectors, each sum in the same order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (float First, float Second) Dot(float* v, float* first, float* second, int width)
    {
        TVector even = TLanes.Zero, odd = TLanes.Zero, otherEven = TLanes.Zero, otherOdd = TLanes.Zero;
        for (var k = 0; k < width; k += 2 * TLanes.Width)
        {
            var (v0, v1) = (TLanes.Load(v + k), TLanes.Load(v + k + TLanes.Width));
            even = TLanes.Fma(TLanes.Load(first + k), v0, even);
            odd = TLanes.Fma(TLanes.Load(first + k + TLanes.Width), v1, odd);
            otherEven = TLanes.Fma(TLanes.Load(second + k), v0, otherEven);
            otherOdd = TLanes.Fma(TLanes.Load(second + k + TLanes.Width), v1, otherOdd);
        }

        return (TLanes.Sum(TLanes.Add(even, odd)), TLanes.Sum(TLanes.Add(otherEven, otherOdd)));
    }
}

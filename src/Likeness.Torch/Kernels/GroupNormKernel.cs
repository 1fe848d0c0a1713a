using System.Runtime.CompilerServices;

namespace Likeness.Torch.Kernels;

/// <summary>Sizes of a group normalisation of images that lie in memory as [n, pixels, channels].</summary>
internal readonly record struct GroupNormShape(int Count, int Pixels, int Channels, int Groups, float Epsilon)
{
    public int PerGroup => Channels / Groups;

    public long Image => (long)Pixels * Channels;

    /// <summary>Values that share a mean.</summary>
    public double Shared => (double)Pixels * PerGroup;
}

/// <summary>
/// y = silu(u), u = γ·(x − μ)/σ + β with μ and σ of the groups of channels of each image, and its gradients. Parts are images: one stays in the second-level
/// cache from the first pass over it to the last.
/// </summary>
internal static unsafe class GroupNormKernel
{
    /// <summary>Whether rows of channels are whole vectors.</summary>
    public static bool Fits(int channels) => channels % 8 == 0;

    /// <param name="s">Sizes.</param>
    /// <param name="x">[n, pixels, channels].</param>
    /// <param name="scale">γ [channels].</param>
    /// <param name="offset">β [channels].</param>
    /// <param name="y">Receives [n, pixels, channels].</param>
    /// <param name="stats">Receives, for each image and group, μ and 1/σ.</param>
    /// <param name="threads">How many threads may work.</param>
    public static void Forward(GroupNormShape s, float* x, float* scale, float* offset, float* y, float* stats, int threads) =>
        Widest.Share(new Forwards(s, x, scale, offset, y, stats), s.Count, Math.Min(s.Count, threads), threads, Most(s));

    /// <param name="s">Sizes.</param>
    /// <param name="dy">The slope with respect to y.</param>
    /// <param name="x">[n, pixels, channels].</param>
    /// <param name="scale">γ [channels].</param>
    /// <param name="offset">β [channels].</param>
    /// <param name="stats">What the forward pass left.</param>
    /// <param name="dx">Receives the slope with respect to x.</param>
    /// <param name="dw">Receives, for each image, the slopes with respect to γ and to β [n, 2, channels].</param>
    /// <param name="threads">How many threads may work.</param>
    public static void Backward(GroupNormShape s, float* dy, float* x, float* scale, float* offset, float* stats, float* dx, float* dw, int threads) =>
        Widest.Share(new Backwards(s, dy, x, scale, offset, stats, dx, dw), s.Count, Math.Min(s.Count, threads), threads, Most(s));

    // Channels are whole vectors.
    private static int Most(GroupNormShape s) => s.Channels % 16 == 0 ? 16 : 8;

    private readonly struct Forwards(GroupNormShape s, float* x, float* scale, float* offset, float* y, float* stats) : IVectorWork
    {
        void IVectorWork.Run<TLanes, TVector>(long first, long last)
        {
            for (var n = first; n < last; n++)
            {
                GroupNorm<TLanes, TVector>.Forward(s, x + (n * s.Image), scale, offset, y + (n * s.Image), stats + (2 * n * s.Groups));
            }
        }
    }

    private readonly struct Backwards(GroupNormShape s, float* dy, float* x, float* scale, float* offset, float* stats, float* dx, float* dw) : IVectorWork
    {
        void IVectorWork.Run<TLanes, TVector>(long first, long last)
        {
            for (var n = first; n < last; n++)
            {
                var at = n * s.Image;
                GroupNorm<TLanes, TVector>.Backward(s, dy + at, x + at, scale, offset, stats + (2 * n * s.Groups), dx + at, dw + (2 * n * s.Channels));
            }
        }
    }
}

/// <summary>One image, for one width of vectors.</summary>
internal static unsafe class GroupNorm<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward(GroupNormShape s, float* x, float* scale, float* offset, float* y, float* stats)
    {
        var c = s.Channels;
        using var scratch = new Scratch(3 * Scratch.Round(c));
        float* sums = scratch.Take(c), a = scratch.Take(c), b = scratch.Take(c);

        // Two passes over what is in the cache: the squares of values far from zero would lose the variance.
        new Span<float>(b, c).Clear();
        Squares(s, x, b, sums, false);
        for (var g = 0; g < s.Groups; g++) stats[2 * g] = Mean(s, sums, g);
        for (var j = 0; j < c; j++) b[j] = stats[j / s.PerGroup * 2];
        Squares(s, x, b, sums, true);
        for (var g = 0; g < s.Groups; g++) stats[(2 * g) + 1] = 1 / MathF.Sqrt(Mean(s, sums, g) + s.Epsilon);
        Affine(s, scale, offset, stats, a, b);

        for (var j = 0; j < c; j += TLanes.Width)
        {
            var (slope, start) = (TLanes.Load(a + j), TLanes.Load(b + j));
            float* from = x + j, to = y + j;
            for (var p = 0; p < s.Pixels; p++, from += c, to += c)
            {
                var u = TLanes.Fma(slope, TLanes.Load(from), start);
                TLanes.Store(to, TLanes.Multiply(u, VectorMath<TLanes, TVector>.Sigmoid(u)));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward(GroupNormShape s, float* dy, float* x, float* scale, float* offset, float* stats, float* dx, float* dw)
    {
        var c = s.Channels;
        using var scratch = new Scratch(4 * Scratch.Round(c));
        float* a = scratch.Take(c), b = scratch.Take(c), k1 = scratch.Take(c), k2 = scratch.Take(c);
        float* toScale = dw, toOffset = dw + c;
        var one = TLanes.Broadcast(1);
        Affine(s, scale, offset, stats, a, b);
        for (var j = 0; j < c; j++) k1[j] = stats[j / s.PerGroup * 2];

        // silu'(u) = σ(u)·(1 + u·(1 − σ(u))); its product with dy waits in dx.
        for (var j = 0; j < c; j += TLanes.Width)
        {
            var (slope, start, mean) = (TLanes.Load(a + j), TLanes.Load(b + j), TLanes.Load(k1 + j));
            TVector sum = TLanes.Zero, product = TLanes.Zero;
            for (long at = j; at < s.Image; at += c)
            {
                var v = TLanes.Load(x + at);
                var u = TLanes.Fma(slope, v, start);
                var sigma = VectorMath<TLanes, TVector>.Sigmoid(u);
                var du = TLanes.Multiply(TLanes.Multiply(TLanes.Load(dy + at), sigma), TLanes.Fma(u, TLanes.Subtract(one, sigma), one));
                TLanes.Store(dx + at, du);
                sum = TLanes.Add(sum, du);
                product = TLanes.Fma(du, TLanes.Subtract(v, mean), product);
            }

            TLanes.Store(toOffset + j, sum);
            TLanes.Store(toScale + j, product);
        }

        // dx = (γ·du − ⟨γ·du⟩ − x̂·⟨γ·du·x̂⟩)/σ with x̂ = (x − μ)/σ and ⟨·⟩ the group's mean: linear in du and in x.
        for (var g = 0; g < s.Groups; g++)
        {
            var (mean, inverse) = (stats[2 * g], stats[(2 * g) + 1]);
            double plain = 0, centred = 0;
            for (var j = g * s.PerGroup; j < (g + 1) * s.PerGroup; j++)
            {
                toScale[j] *= inverse;
                plain += (double)scale[j] * toOffset[j];
                centred += (double)scale[j] * toScale[j];
            }

            var ofX = -inverse * inverse * centred / s.Shared;
            for (var j = g * s.PerGroup; j < (g + 1) * s.PerGroup; j++) (k1[j], k2[j]) = ((float)ofX, (float)((-inverse * plain / s.Shared) - (mean * ofX)));
        }

        for (var j = 0; j < c; j += TLanes.Width)
        {
            var (slope, ofX, rest) = (TLanes.Load(a + j), TLanes.Load(k1 + j), TLanes.Load(k2 + j));
            for (long at = j; at < s.Image; at += c)
            {
                TLanes.Store(dx + at, TLanes.Fma(slope, TLanes.Load(dx + at), TLanes.Fma(ofX, TLanes.Load(x + at), rest)));
            }
        }
    }

    // Sums over pixels of x − from, or of its square.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Squares(GroupNormShape s, float* x, float* from, float* sums, bool isSquare)
    {
        for (var j = 0; j < s.Channels; j += TLanes.Width)
        {
            var (start, even, odd) = (TLanes.Load(from + j), TLanes.Zero, TLanes.Zero);
            var at = x + j;
            for (var p = 0; p < s.Pixels; p++, at += s.Channels)
            {
                var d = TLanes.Subtract(TLanes.Load(at), start);
                // Two sums, so no addition waits for the one before.
                var next = isSquare ? TLanes.Fma(d, d, even) : TLanes.Add(d, even);
                (even, odd) = (odd, next);
            }

            TLanes.Store(sums + j, TLanes.Add(even, odd));
        }
    }

    private static float Mean(GroupNormShape s, float* sums, int group)
    {
        var total = 0.0;
        for (var j = group * s.PerGroup; j < (group + 1) * s.PerGroup; j++) total += sums[j];
        return (float)(total / s.Shared);
    }

    // u = a·x + b.
    private static void Affine(GroupNormShape s, float* scale, float* offset, float* stats, float* a, float* b)
    {
        for (var j = 0; j < s.Channels; j++)
        {
            var g = j / s.PerGroup * 2;
            a[j] = scale[j] * stats[g + 1];
            b[j] = offset[j] - (stats[g] * a[j]);
        }
    }
}

using System.Runtime.CompilerServices;

namespace Likeness.Torch.Kernels;

/// <summary>
/// The log-densities of an RNADE. A vector holds one number of as many examples, a chunk, so neither the products nor the
/// mixtures need sums across lanes. Parts are runs of chunks, which share each V_i while it is in the cache.
/// </summary>
internal static unsafe class RnadeForward<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    // The activations of a part's chunks stay in the second-level cache: 256 kB.
    private const int MostActivations = 1 << 16;

    public static void Run(RnadeParameters p, bool laplace, float* x, float* background, int count, float* logProb, float* slopes, int threads)
    {
        var chunks = (count + TLanes.Width - 1) / TLanes.Width;
        var most = (long)Math.Max(1, MostActivations / (p.Hidden * TLanes.Width)) * threads;
        var parts = (int)Math.Min(chunks, threads * ((chunks + most - 1) / most));
        Parts.Run(parts, threads, part =>
            Part(p, laplace, x, background, count, logProb, slopes, Parts.Start(chunks, parts, part), Parts.Start(chunks, parts, part + 1)));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Part(RnadeParameters p, bool laplace, float* x, float* background, int count, float* logProb, float* slopes, int first, int last)
    {
        var chunks = last - first;
        var state = p.Hidden * TLanes.Width;
        var stride = RnadeKernel.Stride(count);
        using var scratch = new Scratch(checked(
            Scratch.Round(chunks * state) + Scratch.Round(state) + Scratch.Round(chunks * TLanes.Width) + Scratch.Round(TLanes.Width)
            + Scratch.Round(p.Outputs * TLanes.Width) + Scratch.Round(RnadeMixture<TLanes, TVector>.Work(p.Components))));
        var a = scratch.Take(chunks * state); // [chunks, hidden, lanes]
        var h = scratch.Take(state);
        var sums = scratch.Take(chunks * TLanes.Width);
        var column = scratch.Take(TLanes.Width);
        var z = scratch.Take(p.Outputs * TLanes.Width); // [outputs, lanes]
        var work = scratch.Take(RnadeMixture<TLanes, TVector>.Work(p.Components));
        new Span<float>(sums, chunks * TLanes.Width).Clear();
        for (var j = 0; j < chunks * p.Hidden; j++) TLanes.Store(a + (j * TLanes.Width), TLanes.Broadcast(p.C[j % p.Hidden]));
        for (var i = 0; i < p.Inputs; i++)
        {
            for (var chunk = 0; chunk < chunks; chunk++)
            {
                var start = (first + chunk) * TLanes.Width;
                var xi = Column(x, i, start, count, p.Inputs, column);
                Hidden(p.W + ((long)i * p.Hidden), p.Rho[i], xi, a + ((long)chunk * state), h, p.Hidden);
                Outputs(p.V + ((long)i * p.Outputs * p.Hidden), p.B + ((long)i * p.Outputs), h, z, p.Outputs, p.Hidden);
                var slope = slopes == null ? null : slopes + ((long)i * p.Outputs * stride) + start;
                var sum = sums + (chunk * TLanes.Width);
                var logp = laplace
                    ? RnadeMixture<TLanes, TVector>.LogProb<LaplaceComponent>(z, xi, p.Components, work, slope, stride)
                    : RnadeMixture<TLanes, TVector>.LogProb<NormalComponent>(z, xi, p.Components, work, slope, stride);
                if (background != null)
                {
                    var other = Column(background, i, start, count, p.Inputs, column);
                    logp = RnadeMixture<TLanes, TVector>.Join(logp, other, slope, p.Outputs, stride);
                }

                TLanes.Store(sum, TLanes.Add(TLanes.Load(sum), logp));
            }
        }

        new ReadOnlySpan<float>(sums, Math.Min(last * TLanes.Width, count) - (first * TLanes.Width)).CopyTo(new(logProb + (first * TLanes.Width), int.MaxValue));
    }

    // Variable i of the examples from start on; zeros where there are no more.
    private static TVector Column(float* table, int i, int start, int count, int inputs, float* column)
    {
        for (var n = 0; n < TLanes.Width; n++) column[n] = start + n < count ? table[((long)(start + n) * inputs) + i] : 0;
        return TLanes.Load(column);
    }

    // h = max(0, ρ a), then a += W_i x_i.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Hidden(float* w, float rho, TVector x, float* a, float* h, int hidden)
    {
        var scale = TLanes.Broadcast(rho);
        for (var j = 0; j < hidden; j++, a += TLanes.Width, h += TLanes.Width)
        {
            var aj = TLanes.Load(a);
            TLanes.Store(h, TLanes.Max(TLanes.Zero, TLanes.Multiply(scale, aj)));
            TLanes.Store(a, TLanes.Fma(TLanes.Broadcast(w[j]), x, aj));
        }
    }

    // z = b_i + V_i h, six outputs at a time, the rest (a multiple of three) by three.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Outputs(float* v, float* b, float* h, float* z, int outputs, int hidden)
    {
        var o = 0;
        for (; o + 6 <= outputs; o += 6, v += 6 * hidden, b += 6, z += 6 * TLanes.Width)
        {
            var s0 = TLanes.Broadcast(b[0]);
            var s1 = TLanes.Broadcast(b[1]);
            var s2 = TLanes.Broadcast(b[2]);
            var s3 = TLanes.Broadcast(b[3]);
            var s4 = TLanes.Broadcast(b[4]);
            var s5 = TLanes.Broadcast(b[5]);
            var v1 = v + hidden;
            var v2 = v1 + hidden;
            var v3 = v2 + hidden;
            var v4 = v3 + hidden;
            var v5 = v4 + hidden;
            for (var j = 0; j < hidden; j++)
            {
                var hj = TLanes.Load(h + (j * TLanes.Width));
                s0 = TLanes.Fma(TLanes.Broadcast(v[j]), hj, s0);
                s1 = TLanes.Fma(TLanes.Broadcast(v1[j]), hj, s1);
                s2 = TLanes.Fma(TLanes.Broadcast(v2[j]), hj, s2);
                s3 = TLanes.Fma(TLanes.Broadcast(v3[j]), hj, s3);
                s4 = TLanes.Fma(TLanes.Broadcast(v4[j]), hj, s4);
                s5 = TLanes.Fma(TLanes.Broadcast(v5[j]), hj, s5);
            }

            TLanes.Store(z, s0);
            TLanes.Store(z + TLanes.Width, s1);
            TLanes.Store(z + (2 * TLanes.Width), s2);
            TLanes.Store(z + (3 * TLanes.Width), s3);
            TLanes.Store(z + (4 * TLanes.Width), s4);
            TLanes.Store(z + (5 * TLanes.Width), s5);
        }

        for (; o < outputs; o++, v += hidden, b++, z += TLanes.Width)
        {
            var s = TLanes.Broadcast(b[0]);
            for (var j = 0; j < hidden; j++) s = TLanes.Fma(TLanes.Broadcast(v[j]), TLanes.Load(h + (j * TLanes.Width)), s);
            TLanes.Store(z, s);
        }
    }
}

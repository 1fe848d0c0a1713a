using System.Runtime.CompilerServices;

namespace Likeness.Torch.Kernels;

/// <summary>The walk of <see cref="GruKernel"/> backwards, for one width of vectors: steps in the reverse order, four examples at a time.</summary>
internal static unsafe class GruBackward<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private const int Together = GruKernel.Together;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(GruShape s, int first, int last, float* grad, float* weight, float* h, float* kept, float* dx, float* dh)
    {
        var (hidden, padded) = (s.Hidden, s.Padded);
        using var scratch = new Scratch(((3 * padded) + (Together * 9) + 1) * padded);
        var weights = scratch.Take(3 * padded * padded); // [gate, hidden, hidden before]
        var slopes = scratch.Take(Together * padded); // of the states, from the steps after
        var own = scratch.Take(padded);
        var before = scratch.Take(Together * padded);
        var toInputs = scratch.Take(Together * 3 * padded);
        var toStates = scratch.Take(Together * 3 * padded);
        var total = (int)(toStates - weights) + (Together * 3 * padded);
        new Span<float>(weights, total).Clear();
        for (var j = 0; j < 3 * hidden; j++)
        {
            new ReadOnlySpan<float>(weight + (j * hidden), hidden).CopyTo(new(weights + (((j / hidden * padded) + (j % hidden)) * padded), hidden));
        }

        for (var group = first; group < last; group++)
        {
            var start = group * Together;
            var examples = Math.Min(Together, s.Count - start);
            new Span<float>(slopes, Together * padded).Clear();
            new Span<float>(before, Together * padded).Clear();
            for (var t = s.Steps - 1; t >= 0; t--)
            {
                var row = ((long)t * s.Count) + start;
                for (var b = 0; b < examples; b++)
                {
                    GruKernel.Spread(grad + ((row + b) * hidden), own, s, 1);
                    var state = before + (b * padded);
                    if (t > 0) GruKernel.Spread(h + ((row + b - s.Count) * hidden), state, s, 1);
                    else new Span<float>(state, padded).Clear();
                    Unit(own, slopes + (b * padded), state, kept + ((row + b) * GruKernel.Kept * padded), padded, toInputs + (b * 3 * padded), toStates + (b * 3 * padded));
                    GruKernel.Gather(toInputs + (b * 3 * padded), dx + ((row + b) * 3 * hidden), s, 3);
                    GruKernel.Gather(toStates + (b * 3 * padded), dh + ((row + b) * 3 * hidden), s, 3);
                }

                if (t == 0) continue;
                var at = 0;
                for (; at + (2 * TLanes.Width) <= padded; at += 2 * TLanes.Width) Product2(toStates, weights + at, hidden, padded, slopes + at);
                for (; at < padded; at += TLanes.Width) Product1(toStates, weights + at, hidden, padded, slopes + at);
            }
        }
    }

    // Slopes of a step's sums, and what goes past the units to the state before: dh ⊙ z.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Unit(float* own, float* slopes, float* before, float* kept, int padded, float* toInputs, float* toStates)
    {
        var one = TLanes.Broadcast(1f);
        for (var j = 0; j < padded; j += TLanes.Width)
        {
            TVector r = TLanes.Load(kept + j), z = TLanes.Load(kept + padded + j), n = TLanes.Load(kept + (2 * padded) + j), said = TLanes.Load(kept + (3 * padded) + j);
            var slope = TLanes.Add(TLanes.Load(own + j), TLanes.Load(slopes + j));
            var dz = TLanes.Multiply(TLanes.Multiply(slope, TLanes.Subtract(TLanes.Load(before + j), n)), TLanes.Multiply(z, TLanes.Subtract(one, z)));
            var dn = TLanes.Multiply(TLanes.Multiply(slope, TLanes.Subtract(one, z)), TLanes.Subtract(one, TLanes.Multiply(n, n)));
            var dr = TLanes.Multiply(TLanes.Multiply(dn, said), TLanes.Multiply(r, TLanes.Subtract(one, r)));
            TLanes.Store(toInputs + j, dr);
            TLanes.Store(toInputs + padded + j, dz);
            TLanes.Store(toInputs + (2 * padded) + j, dn);
            TLanes.Store(toStates + j, dr);
            TLanes.Store(toStates + padded + j, dz);
            TLanes.Store(toStates + (2 * padded) + j, TLanes.Multiply(dn, r));
            TLanes.Store(slopes + j, TLanes.Multiply(slope, z));
        }
    }

    // slopes[b] += toStates_b · weights, for two vectors of columns and four examples.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Product2(float* d0, float* w, int hidden, int padded, float* slopes)
    {
        var v = TLanes.Width;
        float* p1 = slopes + padded, p2 = p1 + padded, p3 = p2 + padded;
        TVector a0 = TLanes.Load(slopes), a1 = TLanes.Load(slopes + v), b0 = TLanes.Load(p1), b1 = TLanes.Load(p1 + v);
        TVector c0 = TLanes.Load(p2), c1 = TLanes.Load(p2 + v), e0 = TLanes.Load(p3), e1 = TLanes.Load(p3 + v);
        for (var gate = 0; gate < 3; gate++, d0 += padded, w += padded * padded)
        {
            float* d1 = d0 + (3 * padded), d2 = d1 + (3 * padded), d3 = d2 + (3 * padded), at = w;
            for (var k = 0; k < hidden; k++, at += padded)
            {
                TVector w0 = TLanes.Load(at), w1 = TLanes.Load(at + v);
                TVector a = TLanes.Broadcast(d0[k]), b = TLanes.Broadcast(d1[k]), c = TLanes.Broadcast(d2[k]), e = TLanes.Broadcast(d3[k]);
                (a0, a1, b0, b1) = (TLanes.Fma(a, w0, a0), TLanes.Fma(a, w1, a1), TLanes.Fma(b, w0, b0), TLanes.Fma(b, w1, b1));
                (c0, c1, e0, e1) = (TLanes.Fma(c, w0, c0), TLanes.Fma(c, w1, c1), TLanes.Fma(e, w0, e0), TLanes.Fma(e, w1, e1));
            }
        }

        TLanes.Store(slopes, a0);
        TLanes.Store(slopes + v, a1);
        TLanes.Store(p1, b0);
        TLanes.Store(p1 + v, b1);
        TLanes.Store(p2, c0);
        TLanes.Store(p2 + v, c1);
        TLanes.Store(p3, e0);
        TLanes.Store(p3 + v, e1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Product1(float* d0, float* w, int hidden, int padded, float* slopes)
    {
        float* p1 = slopes + padded, p2 = p1 + padded, p3 = p2 + padded;
        TVector a = TLanes.Load(slopes), b = TLanes.Load(p1), c = TLanes.Load(p2), e = TLanes.Load(p3);
        for (var gate = 0; gate < 3; gate++, d0 += padded, w += padded * padded)
        {
            float* d1 = d0 + (3 * padded), d2 = d1 + (3 * padded), d3 = d2 + (3 * padded), at = w;
            for (var k = 0; k < hidden; k++, at += padded)
            {
                var wk = TLanes.Load(at);
                a = TLanes.Fma(TLanes.Broadcast(d0[k]), wk, a);
                b = TLanes.Fma(TLanes.Broadcast(d1[k]), wk, b);
                c = TLanes.Fma(TLanes.Broadcast(d2[k]), wk, c);
                e = TLanes.Fma(TLanes.Broadcast(d3[k]), wk, e);
            }
        }

        TLanes.Store(slopes, a);
        TLanes.Store(p1, b);
        TLanes.Store(p2, c);
        TLanes.Store(p3, e);
    }
}

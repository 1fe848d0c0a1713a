using System.Runtime.CompilerServices;

namespace Likeness.Torch.Kernels;

/// <summary>The walk of <see cref="GruKernel"/> forwards, for one width of vectors.</summary>
internal static unsafe class GruForward<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private const int Together = GruKernel.Together;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(GruShape s, int first, int last, float* x, float* weight, float* bias, float* h, float* kept)
    {
        var (hidden, padded) = (s.Hidden, s.Padded);
        using var scratch = new Scratch(((3 * hidden) + 3 + (Together * 5)) * padded);
        var weights = scratch.Take(hidden * 3 * padded); // [hidden before, gate, hidden]
        var biases = scratch.Take(3 * padded);
        var states = scratch.Take(Together * padded);
        var after = scratch.Take(Together * padded);
        var said = scratch.Take(Together * 3 * padded);
        new Span<float>(weights, (int)(said - weights) + (Together * 3 * padded)).Clear();
        GruKernel.Spread(bias, biases, s, 3);
        for (var j = 0; j < 3 * hidden; j++)
        {
            for (var k = 0; k < hidden; k++) weights[(k * 3 * padded) + (j / hidden * padded) + (j % hidden)] = weight[(j * hidden) + k];
        }

        for (var group = first; group < last; group++)
        {
            var start = group * Together;
            var examples = Math.Min(Together, s.Count - start);
            new Span<float>(states, Together * padded).Clear();
            for (var t = 0; t < s.Steps; t++)
            {
                var row = ((long)t * s.Count) + start;
                for (var b = 0; b < examples; b++) GruKernel.Spread(x + ((row + b) * 3 * hidden), said + (b * 3 * padded), s, 3);
                var keep = kept + (row * GruKernel.Kept * padded);
                for (var j = 0; j < padded; j += TLanes.Width) Units(states, said + j, weights + j, biases + j, hidden, padded, examples, keep + j, after + j, j);
                var old = states;
                states = after;
                after = old;
                for (var b = 0; b < examples; b++) GruKernel.Gather(states + (b * padded), h + ((row + b) * hidden), s, 1);
            }
        }
    }

    // One vector of units of four examples: the products of their three gates, and what follows of them.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Units(float* states, float* said, float* w, float* bias, int hidden, int padded, int examples, float* kept, float* after, int at)
    {
        float* s1 = states + padded, s2 = s1 + padded, s3 = s2 + padded;
        TVector r0 = TLanes.Load(bias), z0 = TLanes.Load(bias + padded), n0 = TLanes.Load(bias + (2 * padded));
        TVector r1 = r0, z1 = z0, n1 = n0, r2 = r0, z2 = z0, n2 = n0, r3 = r0, z3 = z0, n3 = n0;
        for (var k = 0; k < hidden; k++, w += 3 * padded)
        {
            TVector wr = TLanes.Load(w), wz = TLanes.Load(w + padded), wn = TLanes.Load(w + (2 * padded));
            var v = TLanes.Broadcast(states[k]);
            (r0, z0, n0) = (TLanes.Fma(v, wr, r0), TLanes.Fma(v, wz, z0), TLanes.Fma(v, wn, n0));
            v = TLanes.Broadcast(s1[k]);
            (r1, z1, n1) = (TLanes.Fma(v, wr, r1), TLanes.Fma(v, wz, z1), TLanes.Fma(v, wn, n1));
            v = TLanes.Broadcast(s2[k]);
            (r2, z2, n2) = (TLanes.Fma(v, wr, r2), TLanes.Fma(v, wz, z2), TLanes.Fma(v, wn, n2));
            v = TLanes.Broadcast(s3[k]);
            (r3, z3, n3) = (TLanes.Fma(v, wr, r3), TLanes.Fma(v, wz, z3), TLanes.Fma(v, wn, n3));
        }

        Unit(said, states + at, r0, z0, n0, padded, kept, after);
        if (examples > 1) Unit(said + (3 * padded), s1 + at, r1, z1, n1, padded, kept + (GruKernel.Kept * padded), after + padded);
        if (examples > 2) Unit(said + (6 * padded), s2 + at, r2, z2, n2, padded, kept + (2 * GruKernel.Kept * padded), after + (2 * padded));
        if (examples > 3) Unit(said + (9 * padded), s3 + at, r3, z3, n3, padded, kept + (3 * GruKernel.Kept * padded), after + (3 * padded));
    }

    // r = σ(x_r + h_r),  z = σ(x_z + h_z),  n = tanh(x_n + r ⊙ h_n),  h' = n + z ⊙ (h − n)
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Unit(float* said, float* before, TVector hr, TVector hz, TVector hn, int padded, float* kept, float* after)
    {
        var r = VectorMath<TLanes, TVector>.Sigmoid(TLanes.Add(TLanes.Load(said), hr));
        var z = VectorMath<TLanes, TVector>.Sigmoid(TLanes.Add(TLanes.Load(said + padded), hz));
        var n = GridLstmBackward<TLanes, TVector>.Tanh(TLanes.Fma(r, hn, TLanes.Load(said + (2 * padded))));
        TLanes.Store(kept, r);
        TLanes.Store(kept + padded, z);
        TLanes.Store(kept + (2 * padded), n);
        TLanes.Store(kept + (3 * padded), hn);
        TLanes.Store(after, TLanes.Fma(z, TLanes.Subtract(TLanes.Load(before), n), n));
    }
}

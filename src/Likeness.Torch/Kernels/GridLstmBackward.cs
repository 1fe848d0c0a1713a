using System.Runtime.CompilerServices;

namespace Likeness.Torch.Kernels;

/// <summary>The recurrence of <see cref="GridLstmKernel"/> backwards, for one width of vectors: cells in the reverse order, four images at a time.</summary>
internal static unsafe class GridLstmBackward<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private const int Together = GridLstmKernel.Together;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(GridLstmShape s, int first, float* grad, float* u, float* gates, float* cells, float* dz, float* h)
    {
        var (hidden, padded, taps, area) = (s.Hidden, s.Padded, s.Taps.Length, s.Height * s.Width);
        var images = Math.Min(Together, s.Count - first);
        var slots = s.Vertical ? s.Width : 1;
        using var scratch = new Scratch((taps * 4 * hidden * padded) + (((slots + 1) * Together) + 6) * padded);
        var weights = scratch.Take(taps * 4 * hidden * padded); // [taps, 4·hidden, padded]
        var memory = scratch.Take(slots * Together * padded); // dL/dc, for the cell that comes next
        var dh = scratch.Take(Together * padded);
        var nothing = scratch.Take(padded);
        var out4 = scratch.Take(4 * padded);
        var out1 = scratch.Take(padded);
        new Span<float>(weights, (int)(out1 - weights) + padded).Clear();
        for (var tap = 0; tap < taps; tap++)
        {
            for (var k = 0; k < hidden; k++)
            {
                for (var j = 0; j < 4 * hidden; j++)
                {
                    weights[((((tap * 4 * hidden) + j) * padded) + k)] = u[(((tap * hidden) + k) * 4 * hidden) + j];
                }
            }
        }

        for (var row = s.Height - 1; row >= 0; row--)
        {
            if (!s.Vertical) new Span<float>(memory, Together * padded).Clear();
            for (var step = s.Width - 1; step >= 0; step--)
            {
                var column = s.Backwards ? s.Width - 1 - step : step;
                var at = (row * s.Width) + column;
                for (var b = 0; b < images; b++)
                {
                    GridLstmKernel.Spread(grad + ((((long)(first + b) * area) + at) * hidden), dh + (b * padded), hidden, padded, 1);
                }

                for (var tap = 0; tap < taps; tap++)
                {
                    // The cell that read this one by this tap.
                    var from = s.Neighbour(row, column, tap, -1);
                    if (from < 0) continue;
                    float* At(int b) => dz + ((((long)first + Math.Min(b, images - 1)) * area) + from) * 4 * hidden;
                    for (var j = 0; j < padded; j += TLanes.Width)
                    {
                        Product(At(0), At(1), At(2), At(3), weights + (tap * 4 * hidden * padded) + j, padded, 4 * hidden, dh + j, padded);
                    }
                }

                var before = s.Neighbour(row, column, s.Cell, 1);
                for (var b = 0; b < images; b++)
                {
                    var image = (long)(first + b) * area;
                    var c = before < 0 ? nothing : cells + ((image + before) * padded);
                    var toGates = dz + ((image + at) * 4 * hidden);
                    var toHidden = h + ((image + at) * hidden);
                    var direct = hidden == padded;
                    Gates(gates + ((image + at) * 4 * padded), c, cells + ((image + at) * padded), padded, dh + (b * padded),
                        memory + ((((s.Vertical ? column : 0) * Together) + b) * padded), direct ? toGates : out4, direct ? toHidden : out1);
                    if (direct) continue;
                    for (var gate = 0; gate < 4; gate++) GridLstmKernel.Spread(out4 + (gate * padded), toGates + (gate * hidden), hidden, padded, 1);
                    GridLstmKernel.Spread(out1, toHidden, hidden, padded, 1);
                }
            }
        }
    }

    // dh[b] += dz_b · weights, for one vector of columns and four images.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Product(float* z0, float* z1, float* z2, float* z3, float* w, int stride, int count, float* dh, int rows)
    {
        var (a, b, c, d) = (TLanes.Load(dh), TLanes.Load(dh + rows), TLanes.Load(dh + (2 * rows)), TLanes.Load(dh + (3 * rows)));
        for (var k = 0; k < count; k++, w += stride)
        {
            var wk = TLanes.Load(w);
            a = TLanes.Fma(TLanes.Broadcast(z0[k]), wk, a);
            b = TLanes.Fma(TLanes.Broadcast(z1[k]), wk, b);
            c = TLanes.Fma(TLanes.Broadcast(z2[k]), wk, c);
            d = TLanes.Fma(TLanes.Broadcast(z3[k]), wk, d);
        }

        TLanes.Store(dh, a);
        TLanes.Store(dh + rows, b);
        TLanes.Store(dh + (2 * rows), c);
        TLanes.Store(dh + (3 * rows), d);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gates(float* gates, float* before, float* cells, int padded, float* dh, float* dc, float* dz, float* h)
    {
        var one = TLanes.Broadcast(1f);
        for (var j = 0; j < padded; j += TLanes.Width)
        {
            var (i, f) = (TLanes.Load(gates + j), TLanes.Load(gates + padded + j));
            var (g, o) = (TLanes.Load(gates + (2 * padded) + j), TLanes.Load(gates + (3 * padded) + j));
            var t = VectorMath<TLanes, TVector>.Tanh(TLanes.Load(cells + j));
            var slope = TLanes.Load(dh + j);
            // dL/dc = what came back from the next cell + dh ⊙ o ⊙ (1 − tanh² c)
            var back = TLanes.Fma(TLanes.Multiply(slope, o), TLanes.Subtract(one, TLanes.Multiply(t, t)), TLanes.Load(dc + j));
            TLanes.Store(h + j, TLanes.Multiply(o, t));
            TLanes.Store(dc + j, TLanes.Multiply(back, f));
            TLanes.Store(dz + j, TLanes.Multiply(TLanes.Multiply(back, g), Curve(i)));
            TLanes.Store(dz + padded + j, TLanes.Multiply(TLanes.Multiply(back, TLanes.Load(before + j)), Curve(f)));
            TLanes.Store(dz + (2 * padded) + j, TLanes.Multiply(TLanes.Multiply(back, i), TLanes.Subtract(one, TLanes.Multiply(g, g))));
            TLanes.Store(dz + (3 * padded) + j, TLanes.Multiply(TLanes.Multiply(slope, t), Curve(o)));
        }
    }

    // σ' = σ(1 − σ)
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Curve(TVector sigmoid) => TLanes.Multiply(sigmoid, TLanes.Subtract(TLanes.Broadcast(1f), sigmoid));
}

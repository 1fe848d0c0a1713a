using System.Runtime.CompilerServices;

namespace Likeness.Torch.Kernels;

/// <summary>
/// The gradients of a NADE. Given the derivatives of the logits, hidden units do not interact, so parts are groups of hidden
/// units: each part owns its columns of every gradient, there is nothing to reduce, and the result does not depend on the
/// number of threads. A part holds its activations in four registers.
/// </summary>
internal static unsafe class NadeBackward<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    // Rows of V and of its gradient that stay in the first-level cache while a group of examples passes.
    private const int BlockRows = 32;

    // Hidden vectors (one per run) that a group of examples may keep: 256 kB, a part of the second-level cache.
    private const int GroupFloats = 1 << 16;
    private const int GroupExamples = 16;

    public static void Run(NadeParameters p, float* x, int count, float* gradLogits, NadeParameters g, int threads)
    {
        BiasGradient(gradLogits, count, p.Inputs, g.B);
        var changes = Changes.Of(x, count, p.Inputs);
        var width = 4 * TLanes.Width;
        Parts.Run((p.Hidden + width - 1) / width, threads, part => Part(p, x, count, gradLogits, g, changes, part * width));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void BiasGradient(float* gradLogits, int count, int inputs, float* gb)
    {
        new Span<float>(gb, inputs).Clear();
        for (var n = 0; n < count; n++)
        {
            var row = gradLogits + ((long)n * inputs);
            var i = 0;
            for (; i + TLanes.Width <= inputs; i += TLanes.Width)
                TLanes.Store(gb + i, TLanes.Add(TLanes.Load(gb + i), TLanes.Load(row + i)));
            for (; i < inputs; i++) gb[i] += row[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Part(NadeParameters p, float* x, int count, float* gradLogits, NadeParameters g, Changes changes, int column)
    {
        var width = 4 * TLanes.Width;
        var columns = Math.Min(width, p.Hidden - column);
        var panel = p.Inputs * width;
        var runs = Math.Max(GroupFloats / width, changes.Longest + 1);
        using var scratch = new Scratch(checked((4 * panel) + (2 * width) + ((runs + GroupExamples) * width)));
        var w = scratch.Take(panel);
        var v = scratch.Take(panel);
        var gw = scratch.Take(panel);
        var gv = scratch.Take(panel);
        var c = scratch.Take(width);
        var gc = scratch.Take(width);
        var h = scratch.Take(runs * width);
        var da = scratch.Take(GroupExamples * width);
        Panel.Pack(p.W + column, p.Hidden, p.Inputs, columns, w, width);
        Panel.Pack(p.V + column, p.Hidden, p.Inputs, columns, v, width);
        Panel.Pack(p.C + column, p.Hidden, 1, columns, c, width);
        new Span<float>(gw, panel).Clear();
        new Span<float>(gv, panel).Clear();
        new Span<float>(gc, width).Clear();

        Span<int> cursors = stackalloc int[GroupExamples];
        Span<int> slots = stackalloc int[GroupExamples]; // where an example's hidden vectors begin
        for (var first = 0; first < count;)
        {
            var size = 0;
            var used = 0;
            for (; size < GroupExamples && first + size < count; size++)
            {
                var n = first + size;
                var mine = changes.Count(n) + 1;
                if (used + mine > runs) break;
                slots[size] = used;
                cursors[size] = mine - 1;
                Activate(c, w, width, x + ((long)n * p.Inputs), changes.Positions(n), h + ((long)used * width));
                used += mine;
            }

            new Span<float>(da, size * width).Clear();
            for (var end = p.Inputs; end > 0;)
            {
                var start = (end - 1) / BlockRows * BlockRows;
                for (var e = 0; e < size; e++)
                {
                    var offset = (long)(first + e) * p.Inputs;
                    Rows(v, gv, gw, h + ((long)slots[e] * width), da + (e * width), x + offset, gradLogits + offset,
                        changes.Positions(first + e), ref cursors[e], start, end);
                }

                end = start;
            }

            for (var e = 0; e < size; e++)
            {
                for (var k = 0; k < width; k += TLanes.Width)
                    TLanes.Store(gc + k, TLanes.Add(TLanes.Load(gc + k), TLanes.Load(da + (e * width) + k)));
            }

            first += size;
        }

        Panel.Unpack(gw, width, p.Inputs, columns, g.W + column, p.Hidden);
        Panel.Unpack(gv, width, p.Inputs, columns, g.V + column, p.Hidden);
        Panel.Unpack(gc, width, 1, columns, g.C + column, p.Hidden);
    }

    // The hidden vector of each run of one example.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Activate(float* c, float* w, int width, float* x, ReadOnlySpan<int> positions, float* h)
    {
        var a0 = TLanes.Load(c);
        var a1 = TLanes.Load(c + TLanes.Width);
        var a2 = TLanes.Load(c + (2 * TLanes.Width));
        var a3 = TLanes.Load(c + (3 * TLanes.Width));
        for (var r = 0; ; r++)
        {
            TLanes.Store(h, VectorMath<TLanes, TVector>.Sigmoid(a0));
            TLanes.Store(h + TLanes.Width, VectorMath<TLanes, TVector>.Sigmoid(a1));
            TLanes.Store(h + (2 * TLanes.Width), VectorMath<TLanes, TVector>.Sigmoid(a2));
            TLanes.Store(h + (3 * TLanes.Width), VectorMath<TLanes, TVector>.Sigmoid(a3));
            if (r == positions.Length) return;
            var row = w + (positions[r] * width);
            var step = TLanes.Broadcast(x[positions[r]]);
            a0 = TLanes.Fma(step, TLanes.Load(row), a0);
            a1 = TLanes.Fma(step, TLanes.Load(row + TLanes.Width), a1);
            a2 = TLanes.Fma(step, TLanes.Load(row + (2 * TLanes.Width)), a2);
            a3 = TLanes.Fma(step, TLanes.Load(row + (3 * TLanes.Width)), a3);
            h += width;
        }
    }

    // Rows end − 1 … start of one example, run by run, backwards: within a run dh = Σ δ_i V_i and ∂V_i += δ_i h; then
    // da += dh·h(1 − h), and the row whose x began the run receives ∂W += x·da.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows(
        float* v, float* gv, float* gw, float* h, float* da, float* x, float* delta,
        ReadOnlySpan<int> positions, ref int cursor, int start, int end)
    {
        var width = 4 * TLanes.Width;
        var one = TLanes.Broadcast(1f);
        var run = cursor;
        var da0 = TLanes.Load(da);
        var da1 = TLanes.Load(da + TLanes.Width);
        var da2 = TLanes.Load(da + (2 * TLanes.Width));
        var da3 = TLanes.Load(da + (3 * TLanes.Width));
        while (end > start)
        {
            var begin = run == 0 ? 0 : positions[run - 1] + 1;
            var low = Math.Max(begin, start);
            var hr = h + ((long)run * width);
            var h0 = TLanes.Load(hr);
            var h1 = TLanes.Load(hr + TLanes.Width);
            var h2 = TLanes.Load(hr + (2 * TLanes.Width));
            var h3 = TLanes.Load(hr + (3 * TLanes.Width));
            var dh0 = TLanes.Zero;
            var dh1 = TLanes.Zero;
            var dh2 = TLanes.Zero;
            var dh3 = TLanes.Zero;
            for (var i = low; i < end; i++)
            {
                var d = TLanes.Broadcast(delta[i]);
                var vi = v + (i * width);
                var gi = gv + (i * width);
                dh0 = TLanes.Fma(d, TLanes.Load(vi), dh0);
                dh1 = TLanes.Fma(d, TLanes.Load(vi + TLanes.Width), dh1);
                dh2 = TLanes.Fma(d, TLanes.Load(vi + (2 * TLanes.Width)), dh2);
                dh3 = TLanes.Fma(d, TLanes.Load(vi + (3 * TLanes.Width)), dh3);
                TLanes.Store(gi, TLanes.Fma(d, h0, TLanes.Load(gi)));
                TLanes.Store(gi + TLanes.Width, TLanes.Fma(d, h1, TLanes.Load(gi + TLanes.Width)));
                TLanes.Store(gi + (2 * TLanes.Width), TLanes.Fma(d, h2, TLanes.Load(gi + (2 * TLanes.Width))));
                TLanes.Store(gi + (3 * TLanes.Width), TLanes.Fma(d, h3, TLanes.Load(gi + (3 * TLanes.Width))));
            }

            da0 = TLanes.Fma(TLanes.Multiply(dh0, h0), TLanes.Subtract(one, h0), da0);
            da1 = TLanes.Fma(TLanes.Multiply(dh1, h1), TLanes.Subtract(one, h1), da1);
            da2 = TLanes.Fma(TLanes.Multiply(dh2, h2), TLanes.Subtract(one, h2), da2);
            da3 = TLanes.Fma(TLanes.Multiply(dh3, h3), TLanes.Subtract(one, h3), da3);
            end = low;
            if (low != begin || run == 0) continue;
            var gwi = gw + ((low - 1) * width);
            var step = TLanes.Broadcast(x[low - 1]);
            TLanes.Store(gwi, TLanes.Fma(step, da0, TLanes.Load(gwi)));
            TLanes.Store(gwi + TLanes.Width, TLanes.Fma(step, da1, TLanes.Load(gwi + TLanes.Width)));
            TLanes.Store(gwi + (2 * TLanes.Width), TLanes.Fma(step, da2, TLanes.Load(gwi + (2 * TLanes.Width))));
            TLanes.Store(gwi + (3 * TLanes.Width), TLanes.Fma(step, da3, TLanes.Load(gwi + (3 * TLanes.Width))));
            run--;
        }

        TLanes.Store(da, da0);
        TLanes.Store(da + TLanes.Width, da1);
        TLanes.Store(da + (2 * TLanes.Width), da2);
        TLanes.Store(da + (3 * TLanes.Width), da3);
        cursor = run;
    }
}

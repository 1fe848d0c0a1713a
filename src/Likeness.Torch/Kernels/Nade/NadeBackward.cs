using System.Runtime.CompilerServices;

namespace Likeness.Torch.Kernels;

/// <summary>
/// The gradients of a NADE. Given the derivatives of the logits, hidden units do not interact, so parts are groups of hidden
/// units: each part owns its columns of every gradient, there is nothing to reduce, and the result does not depend on the
/// number of threads. A part's columns of V and of its gradient stay in the second-level cache (400 kB at 784 inputs and
/// 512-bit vectors) while the examples pass, two at a time so that each row is loaded and stored half as often.
/// </summary>
internal static unsafe class NadeBackward<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private static int Width => 4 * TLanes.Width;

    public static void Run(NadeParameters p, float* x, int count, float* gradLogits, NadeParameters g, int threads)
    {
        BiasGradient(gradLogits, count, p.Inputs, g.B);
        var changes = Changes.Of<TLanes, TVector>(x, count, p.Inputs);
        fixed (int* pinned = changes.Positions)
        {
            var positions = pinned;
            Parts.Run((p.Hidden + Width - 1) / Width, threads, part => Part(p, x, count, gradLogits, g, changes, positions, part * Width));
        }
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

    private static void Part(
        NadeParameters p, float* x, int count, float* gradLogits, NadeParameters g, Changes changes, int* positions, int column)
    {
        var columns = Math.Min(Width, p.Hidden - column);
        var panel = p.Inputs * Width;
        var runs = changes.Longest + 1;
        using var scratch = new Scratch(checked((4 * panel) + ((2 + (2 * runs)) * Width) + Scratch.Round(p.Inputs)));
        var w = scratch.Take(panel);
        var v = scratch.Take(panel);
        var gw = scratch.Take(panel);
        var gv = scratch.Take(panel);
        var c = scratch.Take(Width);
        var gc = scratch.Take(Width);
        var h = scratch.Take(2 * runs * Width); // the hidden vector of each run of two examples
        var silence = scratch.Take(p.Inputs);
        Panel.Pack(p.W + column, p.Hidden, p.Inputs, columns, w, Width);
        Panel.Pack(p.V + column, p.Hidden, p.Inputs, columns, v, Width);
        Panel.Pack(p.C + column, p.Hidden, 1, columns, c, Width);
        new Span<float>(gw, panel).Clear();
        new Span<float>(gv, panel).Clear();
        new Span<float>(gc, Width).Clear();
        new Span<float>(silence, p.Inputs).Clear();
        for (var n = 0; n < count; n += 2)
        {
            var first = At(n, h);
            Activate(c, w, first);

            // An odd one out is paired with a silent example, which has no changes and no derivatives.
            var second = n + 1 < count ? At(n + 1, h + ((long)runs * Width)) : new(x, silence, h, positions, 0);
            if (n + 1 < count) Activate(c, w, second);
            Propagate(v, gv, gw, gc, first, second, p.Inputs);
        }

        Panel.Unpack(gw, Width, p.Inputs, columns, g.W + column, p.Hidden);
        Panel.Unpack(gv, Width, p.Inputs, columns, g.V + column, p.Hidden);
        Panel.Unpack(gc, Width, 1, columns, g.C + column, p.Hidden);

        Example At(int n, float* hidden) =>
            new(x + ((long)n * p.Inputs), gradLogits + ((long)n * p.Inputs), hidden, positions + changes.Start(n), changes.Count(n));
    }

    // a = c, then a += W_i x_i at each change; h = σ(a) after each.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Activate(float* c, float* w, Example e)
    {
        var a0 = TLanes.Load(c);
        var a1 = TLanes.Load(c + TLanes.Width);
        var a2 = TLanes.Load(c + (2 * TLanes.Width));
        var a3 = TLanes.Load(c + (3 * TLanes.Width));
        var h = e.H;
        for (var run = 0; ; run++, h += Width)
        {
            TLanes.Store(h, VectorMath<TLanes, TVector>.Sigmoid(a0));
            TLanes.Store(h + TLanes.Width, VectorMath<TLanes, TVector>.Sigmoid(a1));
            TLanes.Store(h + (2 * TLanes.Width), VectorMath<TLanes, TVector>.Sigmoid(a2));
            TLanes.Store(h + (3 * TLanes.Width), VectorMath<TLanes, TVector>.Sigmoid(a3));
            if (run == e.Changes) return;
            var row = w + ((long)e.Positions[run] * Width);
            var step = TLanes.Broadcast(e.X[e.Positions[run]]);
            a0 = TLanes.Fma(step, TLanes.Load(row), a0);
            a1 = TLanes.Fma(step, TLanes.Load(row + TLanes.Width), a1);
            a2 = TLanes.Fma(step, TLanes.Load(row + (2 * TLanes.Width)), a2);
            a3 = TLanes.Fma(step, TLanes.Load(row + (3 * TLanes.Width)), a3);
        }
    }

    // Two examples backwards. Within a run an example's h is constant: dh = Σ δ_i V_i and ∂V_i += δ_i h. At the start of a run
    // da += dh·h(1 − h), and the row whose x began the run receives ∂W_i += x_i da. After the first run da is the share of ∂c.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Propagate(float* v, float* gv, float* gw, float* gc, Example e, Example f, int inputs)
    {
        var eRun = e.Changes;
        var fRun = f.Changes;
        var (eDh0, eDh1, eDh2, eDh3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
        var (fDh0, fDh1, fDh2, fDh3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
        var (eDa0, eDa1, eDa2, eDa3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
        var (fDa0, fDa1, fDa2, fDa3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
        Hidden(e.H + ((long)eRun * Width), out var eH0, out var eH1, out var eH2, out var eH3);
        Hidden(f.H + ((long)fRun * Width), out var fH0, out var fH1, out var fH2, out var fH3);
        for (var end = inputs; ;)
        {
            var eBegin = eRun == 0 ? 0 : e.Positions[eRun - 1] + 1;
            var fBegin = fRun == 0 ? 0 : f.Positions[fRun - 1] + 1;
            var begin = Math.Max(eBegin, fBegin);
            var vi = v + ((long)begin * Width);
            var gi = gv + ((long)begin * Width);
            for (var i = begin; i < end; i++, vi += Width, gi += Width)
            {
                var eD = TLanes.Broadcast(e.Delta[i]);
                var fD = TLanes.Broadcast(f.Delta[i]);
                Row(vi, gi, eD, fD, eH0, fH0, ref eDh0, ref fDh0);
                Row(vi + TLanes.Width, gi + TLanes.Width, eD, fD, eH1, fH1, ref eDh1, ref fDh1);
                Row(vi + (2 * TLanes.Width), gi + (2 * TLanes.Width), eD, fD, eH2, fH2, ref eDh2, ref fDh2);
                Row(vi + (3 * TLanes.Width), gi + (3 * TLanes.Width), eD, fD, eH3, fH3, ref eDh3, ref fDh3);
            }

            end = begin;
            if (begin == eBegin)
            {
                var target = begin == 0 ? gc : gw + ((begin - 1L) * Width);
                var x = TLanes.Broadcast(begin == 0 ? 1f : e.X[begin - 1]);
                Start(target, x, eH0, ref eDh0, ref eDa0);
                Start(target + TLanes.Width, x, eH1, ref eDh1, ref eDa1);
                Start(target + (2 * TLanes.Width), x, eH2, ref eDh2, ref eDa2);
                Start(target + (3 * TLanes.Width), x, eH3, ref eDh3, ref eDa3);
                if (begin > 0) Hidden(e.H + ((long)--eRun * Width), out eH0, out eH1, out eH2, out eH3);
            }

            if (begin == fBegin)
            {
                var target = begin == 0 ? gc : gw + ((begin - 1L) * Width);
                var x = TLanes.Broadcast(begin == 0 ? 1f : f.X[begin - 1]);
                Start(target, x, fH0, ref fDh0, ref fDa0);
                Start(target + TLanes.Width, x, fH1, ref fDh1, ref fDa1);
                Start(target + (2 * TLanes.Width), x, fH2, ref fDh2, ref fDa2);
                Start(target + (3 * TLanes.Width), x, fH3, ref fDh3, ref fDa3);
                if (begin == 0) return;
                Hidden(f.H + ((long)--fRun * Width), out fH0, out fH1, out fH2, out fH3);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Hidden(float* h, out TVector h0, out TVector h1, out TVector h2, out TVector h3)
    {
        h0 = TLanes.Load(h);
        h1 = TLanes.Load(h + TLanes.Width);
        h2 = TLanes.Load(h + (2 * TLanes.Width));
        h3 = TLanes.Load(h + (3 * TLanes.Width));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Row(
        float* v, float* gv, TVector eD, TVector fD, TVector eH, TVector fH, ref TVector eDh, ref TVector fDh)
    {
        var vi = TLanes.Load(v);
        eDh = TLanes.Fma(eD, vi, eDh);
        fDh = TLanes.Fma(fD, vi, fDh);
        TLanes.Store(gv, TLanes.Fma(fD, fH, TLanes.Fma(eD, eH, TLanes.Load(gv))));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Start(float* target, TVector x, TVector h, ref TVector dh, ref TVector da)
    {
        da = TLanes.Fma(TLanes.Multiply(dh, h), TLanes.Subtract(TLanes.Broadcast(1f), h), da);
        dh = TLanes.Zero;
        TLanes.Store(target, TLanes.Fma(x, da, TLanes.Load(target)));
    }

    /// <summary>One example: its x and ∂logits [inputs], the hidden vectors of its runs, and where x is not zero.</summary>
    private readonly struct Example(float* x, float* delta, float* h, int* positions, int changes)
    {
        public readonly float* X = x;
        public readonly float* Delta = delta;
        public readonly float* H = h;
        public readonly int* Positions = positions;
        public readonly int Changes = changes;
    }
}

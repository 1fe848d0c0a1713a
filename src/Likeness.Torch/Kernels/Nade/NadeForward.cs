using System.Runtime.CompilerServices;

namespace Likeness.Torch.Kernels;

/// <summary>The logits of a NADE. Parts are examples; each part takes a few rows of V and W through all of its examples.</summary>
internal static unsafe class NadeForward<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    public static void Run(NadeParameters p, float* x, int count, float* logits, int threads)
    {
        var parts = NadeHidden<TLanes, TVector>.Parts(count, threads);
        Parts.Run(parts, threads, part =>
        {
            var first = Parts.Start(count, parts, part);
            var size = Parts.Start(count, parts, part + 1) - first;
            var offset = (long)first * p.Inputs;
            Part(p, x + offset, size, logits + offset);
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Part(NadeParameters p, float* x, int count, float* logits)
    {
        using var now = new NadeRows<TLanes, TVector>(p, count);
        var width = now.Width;
        float* v = now.V, w = now.W, a = now.A, h = now.H;
        for (var block = 0; block < p.Inputs; block += NadeRows<TLanes, TVector>.Block)
        {
            var rows = now.Enter(block);
            for (var n = 0; n < count; n++)
            {
                var row = ((long)n * p.Inputs) + block;
                Rows(v, w, a + ((long)n * width), h + ((long)n * width), width, x + row, p.B + block, logits + row, rows);
            }
        }
    }

    // A block of rows for one example: runs of logits with the same hidden vector, which changes after each nonzero x.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows(float* v, float* w, float* a, float* h, int width, float* x, float* b, float* logits, int rows)
    {
        var i = 0;
        while (i < rows)
        {
            var end = i;
            while (end < rows && x[end] == 0f) end++;
            var stop = Math.Min(end + 1, rows);
            for (; i + 4 <= stop; i += 4) Dot4(v + (i * width), h, width, b + i, logits + i);
            for (; i < stop; i++) logits[i] = b[i] + NadeHidden<TLanes, TVector>.Dot(v + (i * width), h, width);
            if (end < rows) NadeHidden<TLanes, TVector>.Advance(w + (end * width), x[end], a, h, width);
        }
    }

    // Each sum in the order of NadeHidden.Dot: which of the two computes a logit depends on later values, and its last bit must not.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Dot4(float* v, float* h, int width, float* b, float* logits)
    {
        TVector s0 = TLanes.Zero, s1 = TLanes.Zero, s2 = TLanes.Zero, s3 = TLanes.Zero;
        TVector t0 = TLanes.Zero, t1 = TLanes.Zero, t2 = TLanes.Zero, t3 = TLanes.Zero;
        float* v1 = v + width, v2 = v1 + width, v3 = v2 + width;
        for (var k = 0; k < width; k += 2 * TLanes.Width)
        {
            var hk = TLanes.Load(h + k);
            s0 = TLanes.Fma(hk, TLanes.Load(v + k), s0);
            s1 = TLanes.Fma(hk, TLanes.Load(v1 + k), s1);
            s2 = TLanes.Fma(hk, TLanes.Load(v2 + k), s2);
            s3 = TLanes.Fma(hk, TLanes.Load(v3 + k), s3);
            hk = TLanes.Load(h + k + TLanes.Width);
            t0 = TLanes.Fma(hk, TLanes.Load(v + k + TLanes.Width), t0);
            t1 = TLanes.Fma(hk, TLanes.Load(v1 + k + TLanes.Width), t1);
            t2 = TLanes.Fma(hk, TLanes.Load(v2 + k + TLanes.Width), t2);
            t3 = TLanes.Fma(hk, TLanes.Load(v3 + k + TLanes.Width), t3);
        }

        logits[0] = b[0] + TLanes.Sum(TLanes.Add(s0, t0));
        logits[1] = b[1] + TLanes.Sum(TLanes.Add(s1, t1));
        logits[2] = b[2] + TLanes.Sum(TLanes.Add(s2, t2));
        logits[3] = b[3] + TLanes.Sum(TLanes.Add(s3, t3));
    }
}

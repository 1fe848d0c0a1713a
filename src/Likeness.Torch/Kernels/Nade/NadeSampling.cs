using System.Runtime.CompilerServices;

namespace Likeness.Torch.Kernels;

/// <summary>Samples of a NADE. Like its forward pass, but each logit decides an x, and so perhaps the next hidden vector.</summary>
internal static unsafe class NadeSampling<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    public static void Run(NadeParameters p, float* uniforms, byte* known, float* x, int count, float* logits, int threads)
    {
        var parts = NadeHidden<TLanes, TVector>.Parts(count, threads);
        Parts.Run(parts, threads, part =>
        {
            var first = Parts.Start(count, parts, part);
            var size = Parts.Start(count, parts, part + 1) - first;
            var offset = (long)first * p.Inputs;
            Part(p, uniforms + offset, known is null ? null : known + offset, x + offset, size, logits is null ? null : logits + offset);
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Part(NadeParameters p, float* uniforms, byte* known, float* x, int count, float* logits)
    {
        using var now = new NadeRows<TLanes, TVector>(p, count);
        var width = now.Width;
        float* v = now.V, w = now.W, a = now.A, h = now.H;
        for (var block = 0; block < p.Inputs; block += NadeRows<TLanes, TVector>.Block)
        {
            var rows = now.Enter(block);
            var n = 0;
            // Two examples abreast read each row of V once, and the sums of one do not wait for those of the other.
            for (; n + 1 < count; n += 2)
            {
                var own = n * (long)width;
                for (var i = 0; i < rows; i++)
                {
                    var (first, second) = NadeHidden<TLanes, TVector>.Dot(v + (i * width), h + own, h + own + width, width);
                    Draw(p, uniforms, known, x, logits, n, block + i, first, w + (i * width), a + own, h + own, width);
                    Draw(p, uniforms, known, x, logits, n + 1, block + i, second, w + (i * width), a + own + width, h + own + width, width);
                }
            }

            for (; n < count; n++)
            {
                var own = n * (long)width;
                for (var i = 0; i < rows; i++)
                {
                    Draw(p, uniforms, known, x, logits, n, block + i, NadeHidden<TLanes, TVector>.Dot(v + (i * width), h + own, width), w + (i * width), a + own, h + own, width);
                }
            }
        }
    }

    // Decides x_i of example n, and takes it into the hidden state.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Draw(NadeParameters p, float* uniforms, byte* known, float* x, float* logits, int n, int i, float product, float* w, float* a, float* h, int width)
    {
        var at = ((long)n * p.Inputs) + i;
        var logit = p.B[i] + product;
        if (logits is not null) logits[at] = logit;
        if (known is null || known[at] == 0) x[at] = uniforms[at] < Sigmoid(logit) ? 1f : 0f;
        if (x[at] != 0f) NadeHidden<TLanes, TVector>.Advance(w, x[at], a, h, width);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Sigmoid(float logit) => 1f / (1f + MathF.Exp(-logit));
}

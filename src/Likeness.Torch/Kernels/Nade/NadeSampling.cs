using System.Runtime.CompilerServices;

namespace Likeness.Torch.Kernels;

/// <summary>Samples of a NADE. Like its forward pass, but each logit decides an x, and so perhaps the next hidden vector.</summary>
internal static unsafe class NadeSampling<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private const int BlockRows = NadeForward<TLanes, TVector>.BlockRows;

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
        var width = NadeHidden<TLanes, TVector>.Padded(p.Hidden);
        using var scratch = new Scratch(checked((2 * width * count) + (2 * width * BlockRows)));
        var v = scratch.Take(width * BlockRows);
        var w = scratch.Take(width * BlockRows);
        var a = scratch.Take(width * count);
        var h = scratch.Take(width * count);
        NadeHidden<TLanes, TVector>.Start(p, a, h, count, width);
        for (var block = 0; block < p.Inputs; block += BlockRows)
        {
            var rows = Math.Min(BlockRows, p.Inputs - block);
            Panel.Pack(p.V + ((long)block * p.Hidden), p.Hidden, rows, p.Hidden, v, width);
            Panel.Pack(p.W + ((long)block * p.Hidden), p.Hidden, rows, p.Hidden, w, width);
            for (var n = 0; n < count; n++)
            {
                var an = a + ((long)n * width);
                var hn = h + ((long)n * width);
                var row = ((long)n * p.Inputs) + block;
                for (var i = 0; i < rows; i++)
                {
                    var logit = p.B[block + i] + NadeHidden<TLanes, TVector>.Dot(v + (i * width), hn, width);
                    if (logits is not null) logits[row + i] = logit;
                    if (known is null || known[row + i] == 0) x[row + i] = uniforms[row + i] < Sigmoid(logit) ? 1f : 0f;
                    if (x[row + i] != 0f) NadeHidden<TLanes, TVector>.Advance(w + (i * width), x[row + i], an, hn, width);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Sigmoid(float logit) => 1f / (1f + MathF.Exp(-logit));
}

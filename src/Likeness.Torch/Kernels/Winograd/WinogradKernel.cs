using System.Runtime.CompilerServices;

namespace Likeness.Torch.Kernels;

/// <summary>Sizes of a convolution with a kernel of three by three and a stride of one; images lie in memory as [n, height, width, channels].</summary>
internal readonly struct WinogradShape(int count, int height, int width, int inputs, int outputs, int padding, int most = 16)
{
    /// <summary>Multiplications of numbers for one tile, each a product of matrices over many tiles.</summary>
    public const int Points = 16;

    /// <summary>Tiles that are done together: what is made of them stays in the second-level cache.</summary>
    public const int Together = 48;

    public readonly int Count = count, Height = height, Width = width, Inputs = inputs, Outputs = outputs, Padding = padding;

    public int Rows => Height + (2 * Padding) - 2;

    public int Columns => Width + (2 * Padding) - 2;

    /// <summary>Tiles of two by two results that cover a row of an image.</summary>
    public int Across => (Columns + 1) / 2;

    public long Tiles => (long)Count * ((Rows + 1) / 2) * Across;

    public long Blocks => (Tiles + Together - 1) / Together;

    /// <summary>Floats of the widest vector that may be used: two of them fill the outputs without a rest.</summary>
    public readonly int Most = outputs % 32 == 0 ? most : Math.Min(8, most);
}

/// <summary>
/// The convolution of three by three by Winograd's algorithm F(2×2, 3×3) (Lavin and Gray 2016): of a tile of four by four inputs d and a
/// kernel g, the two by two results are Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A, 16 multiplications in place of 36; summed over channels these are
/// 16 products of matrices. The sums of the transforms cost little where there are many channels.
/// </summary>
internal static unsafe class WinogradKernel
{
    /// <summary>Channels that vectors of every width fill, two at a time.</summary>
    public const int Multiple = 16;

    /// <param name="s">Sizes.</param>
    /// <param name="x">[n, height, width, inputs].</param>
    /// <param name="w">The kernel of an output and an input is the nine numbers from output·<paramref name="perOutput"/> + input·<paramref name="perInput"/> on.</param>
    /// <param name="perOutput">See <paramref name="w"/>.</param>
    /// <param name="perInput">See <paramref name="w"/>.</param>
    /// <param name="turned">Whether kernels are turned by half a turn, as the gradient of the inputs needs them.</param>
    /// <param name="bias">[outputs], or null.</param>
    /// <param name="y">Receives [n, rows, columns, outputs].</param>
    /// <param name="threads">How many threads may work.</param>
    public static void Forward(WinogradShape s, float* x, float* w, int perOutput, int perInput, bool turned, float* bias, float* y, int threads)
    {
        using var scratch = new Scratch(WinogradShape.Points * s.Inputs * s.Outputs);
        var panels = scratch.Take(WinogradShape.Points * s.Inputs * s.Outputs);
        Widest.Run(new Kernels(s, w, perOutput, perInput, turned, panels), most: s.Most);
        Widest.Share(new Forwards(s, x, panels, bias, y), s.Blocks, Math.Min(threads, s.Blocks), threads, s.Most);
    }

    /// <summary>The slope with respect to the kernels.</summary>
    /// <param name="s">Sizes.</param>
    /// <param name="x">[n, height, width, inputs].</param>
    /// <param name="dy">[n, rows, columns, outputs].</param>
    /// <param name="dw">Receives [outputs, inputs, 3, 3].</param>
    /// <param name="threads">How many threads may work.</param>
    public static void ToKernels(WinogradShape s, float* x, float* dy, float* dw, int threads)
    {
        var (size, parts) = (WinogradShape.Points * s.Inputs * s.Outputs, (int)Math.Min(threads, s.Blocks));
        using var scratch = new Scratch(parts * size);
        var sums = scratch.Take(parts * size);
        new Span<float>(sums, parts * size).Clear();
        Parts.Run(parts, threads, part => Widest.Run(new Slopes(s, x, dy, sums + ((long)part * size)), s.Blocks * part / parts, s.Blocks * (part + 1) / parts, s.Most));
        for (var part = 1; part < parts; part++)
        {
            for (var i = 0; i < size; i++) sums[i] += sums[((long)part * size) + i];
        }

        FromPoints(s, sums, dw);
    }

    // Gᵀ s G.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FromPoints(WinogradShape s, float* sums, float* dw)
    {
        var size = s.Inputs * s.Outputs;
        var t = stackalloc float[12];
        for (var input = 0; input < s.Inputs; input++)
        {
            for (var output = 0; output < s.Outputs; output++)
            {
                var from = sums + (input * s.Outputs) + output;
                for (var j = 0; j < 4; j++)
                {
                    float a = from[(long)j * size], b = from[(long)(4 + j) * size], c = from[(long)(8 + j) * size], d = from[(long)(12 + j) * size];
                    t[j] = a + (0.5f * (b + c));
                    t[4 + j] = 0.5f * (b - c);
                    t[8 + j] = (0.5f * (b + c)) + d;
                }

                var to = dw + (((long)output * s.Inputs) + input) * 9;
                for (var i = 0; i < 3; i++, to += 3)
                {
                    float a = t[4 * i], b = t[(4 * i) + 1], c = t[(4 * i) + 2], d = t[(4 * i) + 3];
                    to[0] = a + (0.5f * (b + c));
                    to[1] = 0.5f * (b - c);
                    to[2] = (0.5f * (b + c)) + d;
                }
            }
        }
    }

    private readonly struct Kernels(WinogradShape s, float* w, int perOutput, int perInput, bool turned, float* panels) : IVectorWork
    {
        // G g Gᵀ, in panels of two vectors of outputs: [16, outputs / panel, inputs, panel].
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        void IVectorWork.Run<TLanes, TVector>(long first, long last)
        {
            var (panel, size) = (2 * TLanes.Width, s.Inputs * s.Outputs);
            var t = stackalloc float[12];
            for (var output = 0; output < s.Outputs; output++)
            {
                for (var input = 0; input < s.Inputs; input++)
                {
                    var g = w + ((long)output * perOutput) + ((long)input * perInput);
                    for (var j = 0; j < 3; j++)
                    {
                        var (a, b, c) = turned ? (g[8 - j], g[5 - j], g[2 - j]) : (g[j], g[3 + j], g[6 + j]);
                        t[j] = a;
                        t[3 + j] = 0.5f * (a + b + c);
                        t[6 + j] = 0.5f * (a - b + c);
                        t[9 + j] = c;
                    }

                    var to = panels + (output / panel * panel * s.Inputs) + (input * panel) + (output % panel);
                    for (var i = 0; i < 4; i++, to += 4L * size)
                    {
                        float a = t[3 * i], b = t[(3 * i) + 1], c = t[(3 * i) + 2];
                        to[0] = a;
                        to[size] = 0.5f * (a + b + c);
                        to[2L * size] = 0.5f * (a - b + c);
                        to[3L * size] = c;
                    }
                }
            }
        }
    }

    private readonly struct Forwards(WinogradShape s, float* x, float* panels, float* bias, float* y) : IVectorWork
    {
        void IVectorWork.Run<TLanes, TVector>(long first, long last) => Winograd<TLanes, TVector>.Forward(s, first, last, x, panels, bias, y);
    }

    private readonly struct Slopes(WinogradShape s, float* x, float* dy, float* sums) : IVectorWork
    {
        void IVectorWork.Run<TLanes, TVector>(long first, long last) => Winograd<TLanes, TVector>.ToKernels(s, first, last, x, dy, sums);
    }
}

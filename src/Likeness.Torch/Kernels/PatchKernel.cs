using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Likeness.Torch.Kernels;

/// <summary>Sizes of a convolution whose images lie in memory as [n, height, width, channels].</summary>
internal readonly record struct PatchShape(int Count, int Height, int Width, int Channels, int Rows, int Columns, int KernelHeight, int KernelWidth, int StrideY, int StrideX, int PadY, int PadX)
{
    /// <summary>Values of an image.</summary>
    public int Image => Height * Width * Channels;

    /// <summary>Values of one row of a patch, which are neighbours in the image too.</summary>
    public int Run => KernelWidth * Channels;

    /// <summary>Values of a patch.</summary>
    public int Patch => KernelHeight * Run;

    /// <summary>Values of the patches of an image.</summary>
    public long Patches => (long)Rows * Columns * Patch;
}

/// <summary>
/// The sum of the patches that a convolution's kernel sees, each where it belongs in the image (col2im). Parts are images.
/// </summary>
internal static unsafe class PatchKernel
{
    /// <param name="s">Sizes.</param>
    /// <param name="patches">[n, rows, columns, kernel height, kernel width, channels].</param>
    /// <param name="images">Receives [n, height, width, channels].</param>
    /// <param name="threads">How many threads may work.</param>
    public static void Fold(PatchShape s, float* patches, float* images, int threads)
    {
        var parts = Math.Min(s.Count, threads);
        Parts.Run(parts, threads, part =>
        {
            for (var n = Parts.Start(s.Count, parts, part); n < Parts.Start(s.Count, parts, part + 1); n++)
            {
                Fold(s, patches + (n * s.Patches), images + ((long)n * s.Image));
            }
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Fold(PatchShape s, float* patches, float* image)
    {
        var (run, line, patch) = (s.Run, s.Width * s.Channels, s.Patch);
        new Span<float>(image, s.Image).Clear();
        for (var row = 0; row < s.Rows; row++)
        {
            for (var k = 0; k < s.KernelHeight; k++)
            {
                var y = (row * s.StrideY) - s.PadY + k;
                if (y < 0 || y >= s.Height) continue;
                var from = patches + ((long)row * s.Columns * patch) + (k * run);
                var to = image + ((long)y * line);
                for (var column = 0; column < s.Columns; column++, from += patch)
                {
                    // Of the run, what lies within the image.
                    var start = ((column * s.StrideX) - s.PadX) * s.Channels;
                    Add(from, to + start, Math.Max(0, -start), Math.Min(run, line - start));
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float* from, float* to, int first, int last)
    {
        // Runs are short: wider vectors would mostly be tails.
        var i = first;
        for (; i + 4 <= last; i += 4) (Vector128.Load(to + i) + Vector128.Load(from + i)).Store(to + i);
        for (; i < last; i++) to[i] += from[i];
    }
}

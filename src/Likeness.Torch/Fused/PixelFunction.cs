using Likeness.Torch.Kernels;

namespace Likeness;

/// <summary>
/// A causal convolution at one pixel of many images after the other, over the last rows of its inputs. Nothing is recorded for gradients. In main
/// memory and fp32 a pixel is one pass to remember it and one for its products; elsewhere the libtorch twin.
/// </summary>
internal static unsafe class PixelFunction
{
    // Up to this many weights one pass was 1.0 to 5 times as fast as libtorch's products, on one thread and on two; at 131,072, beyond the cache,
    // it was half to four fifths.
    private const long Large = 3 << 15;

    /// <summary>What was seen of so many images, so far nothing: [rows, columns, count rounded up, features].</summary>
    public static Tensor Seen(int rows, int columns, int count, int features, Tensor like) =>
        torch.zeros([rows, columns, (count + PixelKernel.Together - 1) / PixelKernel.Together * PixelKernel.Together, features], like.dtype, like.device);

    /// <summary>Weights [outputs, taps, inputs] as the products take them: [taps, inputs, outputs rounded up].</summary>
    public static Tensor Panel(Tensor weights) => Padded(weights.permute(1, 2, 0));

    /// <summary>Biases [outputs], rounded up in the same way.</summary>
    public static Tensor Padded(Tensor x) => torch.nn.functional.pad(x, [0, CausalConvolutionShape.Whole((int)x.shape[^1]) - x.shape[^1]]).contiguous();

    /// <summary>Remembers the features [n, some] of one pixel, from the feature <paramref name="first"/> on; negative ones as 0 if they are rectified.</summary>
    public static void Write(Tensor seen, int row, int column, int first, Tensor features, bool rectify)
    {
        var (n, count) = ((int)features.size(0), (int)features.size(1));
        if (!IsFused(seen, features))
        {
            using var scope = torch.NewDisposeScope();
            seen.select(0, row).select(0, column).narrow(0, 0, n).narrow(1, first, count).copy_(rectify ? features.relu() : features);
            return;
        }

        using var copy = features.is_contiguous() ? null : features.contiguous();
        var width = (int)seen.size(3);
        PixelKernel.Write((copy ?? features).Floats(), n, count, rectify, At(seen, row, column) + first, width);
        GC.KeepAlive((seen, features));
    }

    /// <summary>The products [count, outputs] of what is seen from a column on: the rows above, and the last row up to the middle of the kernel.</summary>
    /// <param name="seen">Of <see cref="Seen"/>.</param>
    /// <param name="column">Where the kernel begins.</param>
    /// <param name="columns">Of the kernel.</param>
    /// <param name="count">Images.</param>
    /// <param name="panel">Of <see cref="Panel"/>.</param>
    /// <param name="bias">Of <see cref="Padded"/>.</param>
    /// <param name="outputs">How many.</param>
    /// <param name="plus">What is added to them [count, outputs], or null.</param>
    public static Tensor Read(Tensor seen, int column, int columns, int count, Tensor panel, Tensor bias, int outputs, Tensor? plus)
    {
        if (!IsFused(seen, plus ?? seen) || panel.numel() > Large)
        {
            using var scope = torch.NewDisposeScope();
            var patch = seen.narrow(1, column, columns).narrow(2, 0, count).permute(2, 0, 1, 3).reshape(count, -1);
            var y = torch.addmm(bias.narrow(0, 0, outputs), patch, panel.view(-1, panel.size(2)).narrow(1, 0, outputs), 1, 1);
            return scope.MoveToOuter(plus is null ? y : y + plus);
        }

        var rows = (int)seen.size(0);
        var taps = new float*[((rows - 1) * columns) + (columns / 2) + 1];
        for (var t = 0; t < taps.Length; t++)
        {
            taps[t] = At(seen, t / columns, column + (t % columns));
        }

        var result = torch.empty([count, outputs], ScalarType.Float32);
        using var copy = plus is null || plus.is_contiguous() ? null : plus.contiguous();
        PixelKernel.Read(taps, count, (int)seen.size(3), panel.Floats(), bias.Floats(), (int)panel.size(2), outputs,
            plus is null ? null : (copy ?? plus).Floats(), result.Floats(), TorchRuntime.Threads);
        GC.KeepAlive((seen, panel, bias, plus));
        return result;
    }

    private static bool IsFused(Tensor seen, Tensor other) => !PrecisionScope.IsReduced && seen.IsHostFloat() && other.IsHostFloat();

    private static float* At(Tensor seen, int row, int column) =>
        seen.Floats() + ((((long)row * seen.size(1)) + column) * seen.size(2) * seen.size(3));
}

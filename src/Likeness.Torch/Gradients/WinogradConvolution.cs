using Likeness.Torch.Kernels;

namespace Likeness;

/// <summary>
/// Convolutions of three by three in fp32 and main memory, by fewer multiplications than oneDNN's; see <see cref="WinogradKernel"/>. Nothing here is
/// recorded: <see cref="ConvolutionFunction"/> and <see cref="ConvolutionGradients"/> call it where it fits, and libtorch's elsewhere.
/// </summary>
internal static unsafe class WinogradConvolution
{
    // With fewer channels the transforms cost what the products save (measured with AVX2); more than the most have not been measured.
    private const int Fewest = 32, Most = 512;

    /// <summary>Whether a convolution, and so both of its gradients, are computed here.</summary>
    /// <param name="images">The images that go in, or the slopes that come back: of either only the order in memory counts.</param>
    /// <param name="weight">[outputs, inputs, k, k].</param>
    /// <param name="stride">By height and width.</param>
    /// <param name="padding">By height and width.</param>
    /// <param name="groups">Groups of channels that do not see each other.</param>
    public static bool Fits(Tensor images, Tensor weight, ReadOnlySpan<long> stride, ReadOnlySpan<long> padding, long groups) =>
        groups == 1 && stride is [1, 1] && padding is [0, 0] or [1, 1] or [2, 2] && Fits(weight) && images.IsHostFloat() && images.ndim == 4 && images.numel() > 0 && images.IsChannelsLast();

    private static bool Fits(Tensor weight)
    {
        static bool Suits(long channels) => channels is >= Fewest and <= Most && channels % WinogradKernel.Multiple == 0;
        return weight.IsHostFloat() && weight.size(2) == 3 && weight.size(3) == 3 && Suits(weight.size(0)) && Suits(weight.size(1));
    }

    /// <summary>x ∗ w + b, [n, outputs, rows, columns].</summary>
    public static Tensor Output(Tensor x, Tensor weight, Tensor? bias, long padding) =>
        Convolve(x, weight, bias, (int)padding, turned: false);

    /// <summary>The gradient of the images, from that of the result: a convolution with the kernels turned.</summary>
    public static Tensor ToInput(Tensor grad, Tensor weight, long padding) => Convolve(grad, weight, null, (int)(2 - padding), turned: true);

    /// <summary>The gradient of the weight, from the images and the gradient of the result.</summary>
    public static Tensor ToWeight(Tensor grad, Tensor x, long padding)
    {
        var shape = new WinogradShape((int)x.size(0), (int)x.size(2), (int)x.size(3), (int)x.size(1), (int)grad.size(1), (int)padding);
        var slopes = torch.empty([grad.size(1), x.size(1), 3, 3]);
        WinogradKernel.ToKernels(shape, (float*)x.Address(), (float*)grad.Address(), slopes.Floats(), TorchRuntime.Threads);
        GC.KeepAlive((x, grad, slopes));
        return slopes;
    }

    private static Tensor Convolve(Tensor x, Tensor weight, Tensor? bias, int padding, bool turned)
    {
        weight = weight.contiguous();
        var (outputs, inputs) = turned ? ((int)weight.size(1), (int)weight.size(0)) : ((int)weight.size(0), (int)weight.size(1));
        var shape = new WinogradShape((int)x.size(0), (int)x.size(2), (int)x.size(3), inputs, outputs, padding);
        if (shape.Rows < 1 || shape.Columns < 1)
        {
            throw new ArgumentException($"Images of {x.size(2)} by {x.size(3)} pixels are smaller than a kernel of three by three: give larger ones, or more padding.", nameof(x));
        }

        var (perOutput, perInput) = turned ? (9, outputs * 9) : (inputs * 9, 9);
        bias = bias?.contiguous();
        var y = torch.empty([shape.Count, shape.Rows, shape.Columns, outputs]);
        WinogradKernel.Forward(shape, (float*)x.Address(), weight.Floats(), perOutput, perInput, turned, bias is null ? null : bias.Floats(), y.Floats(), TorchRuntime.Threads);
        GC.KeepAlive((x, weight, bias, y));
        return y.permute(0, 3, 1, 2);
    }
}

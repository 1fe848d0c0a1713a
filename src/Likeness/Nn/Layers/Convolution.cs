namespace Likeness;

/// <summary>A size over height and width; a single number is the same for both.</summary>
public readonly record struct Extent(int Height, int Width)
{
    public static implicit operator Extent(int both) => new(both, both);

    public static implicit operator Extent((int Height, int Width) size) => new(size.Height, size.Width);
}

/// <summary>A 2-D convolution over [n, channels, height, width]; parameters weight [outputs, inputs/groups, k, k] and bias [outputs] as in PyTorch.</summary>
public sealed class Conv2d : Layer
{
    private readonly Tensor _weight;
    private readonly Tensor? _bias;
    private readonly Extent _stride, _padding, _dilation;
    private readonly int _groups;
    private readonly SpectralNorm? _norm;

    /// <param name="inputs">Channels in.</param>
    /// <param name="outputs">Channels out.</param>
    /// <param name="kernel">Size of the kernel.</param>
    /// <param name="rng">Where initial weights are drawn; its device holds the parameters.</param>
    /// <param name="stride">Pixels from one output to the next; 1 unless said.</param>
    /// <param name="padding">Zeros around the image.</param>
    /// <param name="dilation">Pixels from one value of the kernel to the next; 1 unless said.</param>
    /// <param name="groups">Groups of channels that do not see each other.</param>
    /// <param name="weight">How the weight starts; as in PyTorch unless said.</param>
    /// <param name="bias">How the bias starts; as in PyTorch unless said.</param>
    /// <param name="hasBias">Whether there is a bias.</param>
    /// <param name="spectralNorm">Whether the weight, as a matrix of outputs by all else, is divided by its largest singular value (Miyato et al. 2018).</param>
    public Conv2d(int inputs, int outputs, Extent kernel, Rng rng, Extent? stride = null, Extent padding = default, Extent? dilation = null, int groups = 1,
        Init? weight = null, Init? bias = null, bool hasBias = true, bool spectralNorm = false)
    {
        (_stride, _padding, _dilation, _groups) = (stride ?? 1, padding, dilation ?? 1, groups);
        _weight = Parameter(spectralNorm ? "weight_orig" : "weight", (weight ?? Init.Default).Make(rng, outputs, inputs / groups, kernel.Height, kernel.Width));
        _bias = hasBias ? Parameter("bias", bias?.Make(rng, outputs) ?? Init.DefaultBias(rng, outputs, (long)inputs / groups * kernel.Height * kernel.Width)) : null;
        if (spectralNorm)
        {
            _norm = new(_weight, Buffer, rng);
            DependsOnCall();
        }
    }

    protected override Tensor Forward(Tensor x, Rng? rng)
    {
        var weight = _norm?.Weight(training) ?? _weight;
        x = x.ForConvolution(weight.size(0));
        long[] stride = [_stride.Height, _stride.Width], padding = [_padding.Height, _padding.Width];
        if (_groups == 1 && _dilation == 1 && ExampleGradients.TryConvolution(x, weight, _bias, (w, b) => torch.nn.functional.conv2d(x, w, b, stride, padding),
            (padding[0], padding[1]), (stride[0], stride[1]), transposed: false) is { } watched)
        {
            return watched;
        }

        return _dilation == 1 && x.device_type == DeviceType.CPU && IsOurs(x, weight, stride, padding)
            ? ConvolutionFunction.Call(x, weight, _bias, padding, stride, _groups)
            : torch.nn.functional.conv2d(x, weight, _bias, stride, padding, [_dilation.Height, _dilation.Width], _groups);
    }

    // Where there is a faster way than libtorch's to the result or to the gradients, or one that is right.
    private bool IsOurs(Tensor x, Tensor weight, long[] stride, long[] padding) => (PrecisionScope.IsReduced && ConvolutionFunction.IsSpoiled(x))
        || (x.IsHostFloat() && WinogradConvolution.Fits(x, weight, stride, padding, _groups))
        || (x.requires_grad && Autograd.IsRecording
            && (ConvolutionGradients.ByPatches(weight, _groups) || ConvolutionGradients.IsSpoiled(PrecisionScope.IsReduced ? ScalarType.BFloat16 : x.dtype, weight, _groups)));
}

/// <summary>A transposed (fractionally strided) 2-D convolution; parameters weight [inputs, outputs/groups, k, k] and bias [outputs] as in PyTorch.</summary>
public sealed class ConvTranspose2d : Layer
{
    private readonly Tensor _weight;
    private readonly Tensor? _bias;
    private readonly Extent _stride, _padding, _outputPadding;
    private readonly int _groups;

    public ConvTranspose2d(int inputs, int outputs, Extent kernel, Rng rng, Extent? stride = null, Extent padding = default, Extent outputPadding = default, int groups = 1,
        Init? weight = null, Init? bias = null, bool hasBias = true)
    {
        (_stride, _padding, _outputPadding, _groups) = (stride ?? 1, padding, outputPadding, groups);
        _weight = Parameter("weight", (weight ?? Init.Default).Make(rng, inputs, outputs / groups, kernel.Height, kernel.Width));
        _bias = hasBias ? Parameter("bias", bias?.Make(rng, outputs) ?? Init.DefaultBias(rng, outputs, (long)outputs / groups * kernel.Height * kernel.Width)) : null;
    }

    protected override Tensor Forward(Tensor x, Rng? rng) => (_groups == 1 ? ExampleGradients.TryConvolution(
        x, _weight, _bias, (w, b) => Convolved(x, w, b), (_padding.Height, _padding.Width), (_stride.Height, _stride.Width), transposed: true) : null) ?? Convolved(x, _weight, _bias);

    private Tensor Convolved(Tensor x, Tensor weight, Tensor? bias) => TransposedConvolution.Call(
        x, weight, bias, [_stride.Height, _stride.Width], [_padding.Height, _padding.Width], [_outputPadding.Height, _outputPadding.Width], _groups);
}

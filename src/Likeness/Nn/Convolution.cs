using Likeness.Torch;

namespace Likeness.Nn;

/// <summary>A 2-D convolution over [n, channels, height, width]; parameters weight [outputs, inputs/groups, k, k] and bias [outputs] as in PyTorch.</summary>
public sealed class Conv2d : Layer
{
    private readonly Tensor _weight;
    private readonly Tensor? _bias;
    private readonly int _stride, _padding, _dilation, _groups;

    public Conv2d(int inputs, int outputs, int kernel, Rng rng, int stride = 1, int padding = 0, int dilation = 1, int groups = 1,
        Init? weight = null, Init? bias = null, bool hasBias = true)
    {
        (_stride, _padding, _dilation, _groups) = (stride, padding, dilation, groups);
        _weight = Parameter("weight", (weight ?? Init.Default).Make(rng, outputs, inputs / groups, kernel, kernel));
        _bias = hasBias ? Parameter("bias", bias?.Make(rng, outputs) ?? Init.DefaultBias(rng, outputs, (long)inputs / groups * kernel * kernel)) : null;
    }

    protected override Tensor Forward(Tensor x, Rng? rng) =>
        Ops.Conv2d(x, _weight, _bias, [_stride, _stride], [_padding, _padding], [_dilation, _dilation], _groups);
}

/// <summary>A transposed (fractionally strided) 2-D convolution; parameters weight [inputs, outputs/groups, k, k] and bias [outputs] as in PyTorch.</summary>
public sealed class ConvTranspose2d : Layer
{
    private readonly Tensor _weight;
    private readonly Tensor? _bias;
    private readonly int _stride, _padding, _outputPadding, _groups;

    public ConvTranspose2d(int inputs, int outputs, int kernel, Rng rng, int stride = 1, int padding = 0, int outputPadding = 0, int groups = 1,
        Init? weight = null, Init? bias = null, bool hasBias = true)
    {
        (_stride, _padding, _outputPadding, _groups) = (stride, padding, outputPadding, groups);
        _weight = Parameter("weight", (weight ?? Init.Default).Make(rng, inputs, outputs / groups, kernel, kernel));
        _bias = hasBias ? Parameter("bias", bias?.Make(rng, outputs) ?? Init.DefaultBias(rng, outputs, (long)outputs / groups * kernel * kernel)) : null;
    }

    protected override Tensor Forward(Tensor x, Rng? rng) =>
        Ops.ConvTranspose2d(x, _weight, _bias, [_stride, _stride], [_padding, _padding], [_outputPadding, _outputPadding], _groups);
}

namespace Likeness;

/// <summary>
/// The transposed convolution of two dimensions, computed as what it is: the gradient of a convolution with respect to its input.
/// libtorch runs its own transposed convolution example by example on the CPU; the convolution's gradients run as one vectorised
/// product, several times faster.
/// </summary>
internal static class TransposedConvolution
{
    /// <param name="x">[n, inputs, h, w].</param>
    /// <param name="weight">[inputs, outputs/groups, k, k].</param>
    /// <param name="bias">[outputs], or none.</param>
    /// <param name="stride">Output pixels from one input to the next, by height and width.</param>
    /// <param name="padding">Taken off each side of the output, by height and width.</param>
    /// <param name="outputPadding">Added to the far sides of the output, by height and width.</param>
    /// <param name="groups">Independent groups of channels.</param>
    public static Tensor Call(Tensor x, Tensor weight, Tensor? bias, long[] stride, long[] padding, long[] outputPadding, int groups)
    {
        if (PrecisionScope.IsReduced)
        {
            // Autocast does not see into a custom function: what it would do is done here.
            (x, weight, bias) = (x.to(ScalarType.BFloat16), weight.to(ScalarType.BFloat16), bias?.to(ScalarType.BFloat16));
        }

        if (x.device_type != DeviceType.CPU || x.dtype != weight.dtype || x.dtype is not (ScalarType.Float32 or ScalarType.BFloat16))
        {
            return torch.nn.functional.conv_transpose2d(x, weight, bias, stride, padding, outputPadding, groups: groups);
        }

        x = x.ForConvolution(weight.size(1) * groups);
        var (n, outputs) = (x.shape[0], weight.shape[1] * groups);
        long Grown(int side) => (x.shape[side + 2] - 1) * stride[side] - 2 * padding[side] + weight.shape[side + 2] + outputPadding[side];
        long[] shape = [n, outputs, Grown(0), Grown(1)];
        var isLast = x.IsChannelsLast();
        var y = Autograd.Custom([x, weight], [x, weight], () => Gradients(x, Like(x, shape, isLast), weight, [true, false, false]).Input!, (grad, s, wanted) =>
        {
            // In the order of what went in, so the layers before are not mixed.
            grad = isLast ? grad.ChannelsLast() : grad;
            return
            [
                wanted[0] ? torch.nn.functional.conv2d(grad, s[1], null, stride, padding, [1, 1], groups) : null,
                wanted[1] ? Gradients(s[0], grad, s[1], [false, true, false]).Weight : null,
            ];
        });
        return bias is null ? y : y + bias.view(1, -1, 1, 1);

        (Tensor? Input, Tensor? Weight, Tensor? Bias) Gradients(Tensor outputGrad, Tensor input, Tensor w, ReadOnlySpan<bool> mask) =>
            ConvolutionGradients.Call(outputGrad, input, w, stride, padding, groups, mask);
    }

    // The gradient needs the input's shape only, and takes over its order of memory: one number, spread out, has none and gives the usual one.
    private static Tensor Like(Tensor x, long[] shape, bool isLast) => isLast
        ? torch.empty([shape[0], shape[2], shape[3], shape[1]], x.dtype).permute(0, 3, 1, 2)
        : torch.empty([1, 1, 1, 1], x.dtype).expand(shape);
}

namespace Likeness;

/// <summary>
/// A convolution of two dimensions, with a leaky rectifier behind it where one is wanted, that can be differentiated as often as one
/// likes at the cost of convolutions. libtorch's gradient of the gradient, which a penalty on a critic's slope needs, computes the
/// weight's part as a convolution with a kernel as large as the image, several times slower than the product that it is.
/// </summary>
internal static class ConvolutionFunction
{
    /// <summary>Whether oneDNN's convolution of an image in bf16 is spoiled by what memory held before: where it has one channel. Channels of zeros fill the block then.</summary>
    public static bool IsSpoiled(Tensor x) => x.size(1) == 1 && x.device_type == DeviceType.CPU;

    /// <param name="x">[n, inputs, h, w].</param>
    /// <param name="weight">[outputs, inputs/groups, k, k].</param>
    /// <param name="bias">[outputs], or none.</param>
    /// <param name="padding">Zeros on each side of the input, by height and width.</param>
    /// <param name="stride">Input pixels from one output to the next, by height and width; 1 unless said.</param>
    /// <param name="groups">Independent groups of channels.</param>
    /// <param name="slope">Of the rectifier for negative values, from 0 up to 1; null for no rectifier.</param>
    public static Tensor Call(Tensor x, Tensor weight, Tensor? bias, long[] padding, long[]? stride = null, int groups = 1, double? slope = null)
    {
        if (PrecisionScope.IsReduced)
        {
            // Autocast does not see into a custom function: what it would do is done here.
            (x, weight, bias) = (x.to(ScalarType.BFloat16), weight.to(ScalarType.BFloat16), bias?.to(ScalarType.BFloat16));
            if (IsSpoiled(x))
            {
                (x, weight) = (torch.nn.functional.pad(x, [0, 0, 0, 0, 0, 15]), torch.nn.functional.pad(weight, [0, 0, 0, 0, 0, 15]));
            }
        }

        if (x.device_type != DeviceType.CPU)
        {
            var plain = torch.nn.functional.conv2d(x, weight, bias, stride, padding, groups: groups);
            return slope is { } r ? RectifierFunction.Call(plain, r) : plain;
        }

        x = x.ForConvolution(weight.size(0));
        var geometry = new Geometry(stride ?? [1, 1], padding, groups);
        Tensor y;
        using (torch.no_grad())
        {
            y = geometry.Output(x, weight, bias);
            _ = slope is { } s ? y.leaky_relu_(s) : y;
        }

        if (!Autograd.IsRecording)
        {
            return y;
        }

        // The output under a name without history: a node that held its own output would never go.
        return Autograd.Custom(bias is null ? [x, weight] : [x, weight, bias], slope is null ? [x, weight] : [x, weight, y.detach()], () => y, (grad, saved, wanted) =>
        {
            grad = slope is { } s ? RectifierFunction.Backward(grad, saved[2], s) : grad;
            return geometry.Gradients(grad, saved[0], saved[1], wanted);
        });
    }

    /// <summary>
    /// The transposed convolution, with a leaky rectifier behind it where one is wanted. It is the gradient of a convolution with respect
    /// to its input, and is computed as such; see <see cref="TransposedConvolution"/>.
    /// </summary>
    /// <param name="x">[n, inputs, h, w].</param>
    /// <param name="weight">[inputs, outputs, k, k].</param>
    /// <param name="bias">[outputs], or none.</param>
    /// <param name="stride">Output pixels from one input to the next.</param>
    /// <param name="padding">Taken off each side of the output.</param>
    /// <param name="slope">Of the rectifier for negative values, from 0 up to 1; null for no rectifier.</param>
    public static Tensor Transposed(Tensor x, Tensor weight, Tensor? bias, int stride, int padding, double? slope = null)
    {
        if (PrecisionScope.IsReduced)
        {
            (x, weight, bias) = (x.to(ScalarType.BFloat16), weight.to(ScalarType.BFloat16), bias?.to(ScalarType.BFloat16));
        }

        if (x.device_type != DeviceType.CPU)
        {
            var plain = torch.nn.functional.conv_transpose2d(x, weight, bias, [stride, stride], [padding, padding]);
            return slope is { } r ? RectifierFunction.Call(plain, r) : plain;
        }

        x = x.ForConvolution(weight.size(1));
        var geometry = new Geometry([stride, stride], [padding, padding], 1);
        long Grown(int side) => ((x.size(side) - 1) * stride) - (2 * padding) + weight.size(side);
        Tensor y;
        using (torch.no_grad())
        {
            var shape = torch.empty([x.size(0), Grown(2), Grown(3), weight.size(1)], x.dtype).permute(0, 3, 1, 2);
            y = geometry.ToInput(x, shape, weight);
            _ = bias is null ? y : y.add_(bias.view(1, -1, 1, 1));
            _ = slope is { } s ? y.leaky_relu_(s) : y;
        }

        if (!Autograd.IsRecording)
        {
            return y;
        }

        return Autograd.Custom(bias is null ? [x, weight] : [x, weight, bias], slope is null ? [x, weight] : [x, weight, y.detach()], () => y, (grad, saved, wanted) =>
        {
            grad = slope is { } s ? RectifierFunction.Backward(grad, saved[2], s) : grad;
            var toInput = wanted[0] ? geometry.Product(grad, saved[1]) : null;
            var toWeight = wanted[1] ? geometry.ToWeight(saved[0], grad, saved[1]) : null;
            return wanted is [_, _, var ofBias] ? [toInput, toWeight, ofBias ? grad.sum([0, 2, 3]) : null] : [toInput, toWeight];
        });
    }

    /// <summary>y = x ∗ w is linear in x and in w, and so are the gradients of both in what they are made of: three maps that are each other's derivatives.</summary>
    private sealed class Geometry(long[] stride, long[] padding, int groups)
    {
        private static readonly long[] s_one = [1, 1];

        public Tensor Output(Tensor x, Tensor w, Tensor? bias = null) => WinogradConvolution.Fits(x, w, stride, padding, groups)
            ? WinogradConvolution.Output(x, w, bias, padding[0])
            : torch.nn.functional.conv2d(x, w, bias, stride, padding, s_one, groups);

        /// <summary>x ∗ w, recorded.</summary>
        public Tensor Product(Tensor x, Tensor w) => Autograd.Custom([x, w], [x, w], () => Output(x, w), (grad, s, wanted) => Gradients(grad, s[0], s[1], wanted));

        /// <summary>The gradient of x; of x itself only the shape counts.</summary>
        public Tensor ToInput(Tensor grad, Tensor x, Tensor w) => Autograd.Custom(
            [grad, w], [grad, w], () => Native(grad, x, w, [true, false, false]).Input!,
            (second, s, wanted) => [wanted[0] ? Product(second, s[1]) : null, wanted[1] ? ToWeight(s[0], second, s[1]) : null]);

        /// <summary>The gradient of w; of w itself only the shape counts.</summary>
        public Tensor ToWeight(Tensor grad, Tensor x, Tensor w) => Autograd.Custom(
            [grad, x], [grad, x], () => Native(grad, x, w, [false, true, false]).Weight!,
            (second, s, wanted) => [wanted[0] ? Product(s[1], second) : null, wanted[1] ? ToInput(s[0], s[1], second) : null]);

        /// <summary>The gradients of x, w and the bias if there is one: those that are wanted.</summary>
        public Tensor?[] Gradients(Tensor grad, Tensor x, Tensor w, bool[] wanted)
        {
            var ofBias = wanted is [_, _, true];
            var (input, weight, bias) = Autograd.IsRecording
                ? (wanted[0] ? ToInput(grad, x, w) : null, wanted[1] ? ToWeight(grad, x, w) : null, ofBias ? grad.sum([0, 2, 3]) : null)
                : Native(grad, x, w, [wanted[0], wanted[1], ofBias]);
            return wanted.Length > 2 ? [input, weight, bias] : [input, weight];
        }

        private (Tensor? Input, Tensor? Weight, Tensor? Bias) Native(Tensor grad, Tensor x, Tensor w, ReadOnlySpan<bool> mask) =>
            ConvolutionGradients.Call(grad, x, w, stride, padding, groups, mask);
    }
}

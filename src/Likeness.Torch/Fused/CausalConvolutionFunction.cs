using Likeness.Torch.Kernels;

namespace Likeness;

/// <summary>
/// A convolution over images [n, height, width, features] that sees the rows above a pixel and its own row up to itself, after a rectifier
/// where one is asked for. For few features in main memory and fp32 it is a fused kernel each way, without the passes over memory of a
/// rectifier, of padding and of masked taps; elsewhere it is the libtorch twin.
/// </summary>
internal static unsafe class CausalConvolutionFunction
{
    // Beyond this libtorch's blocked products are faster.
    private const int MostFeatures = 64;

    /// <summary>conv(φ(x)) + bias + plus, [n, height, width, outputs].</summary>
    /// <param name="x">[n, height, width, inputs].</param>
    /// <param name="weight">[outputs, inputs, rows, k], k odd; what lies to the right of the pixel in the last row must be 0.</param>
    /// <param name="bias">[outputs].</param>
    /// <param name="rectify">Whether φ is a rectifier or nothing.</param>
    /// <param name="plus">What is added, or nothing.</param>
    public static Tensor Call(Tensor x, Tensor weight, Tensor bias, bool rectify = false, Tensor? plus = null)
    {
        if (PrecisionScope.IsReduced || !x.IsHostFloat() || !weight.IsHostFloat() || weight.shape[0] > MostFeatures || weight.shape[1] > MostFeatures)
        {
            return Twin(x, weight, bias, rectify, plus);
        }

        (x, plus) = (x.contiguous(), plus?.contiguous());
        var s = new CausalConvolutionShape((int)x.shape[0], (int)x.shape[1], (int)x.shape[2], (int)x.shape[3], (int)weight.shape[0], (int)weight.shape[2], (int)weight.shape[3], rectify);
        Tensor[] saved = plus is null ? [x, weight, bias] : [x, weight, bias, plus];
        // The first layer's inputs are data.
        var wanted = x.requires_grad ? 0 : 1;
        return Autograd.Custom(saved.AsSpan(wanted), saved, () =>
        {
            var (y, taps) = (torch.empty([s.Count, s.Height, s.Width, s.Outputs], ScalarType.Float32), Taps(weight, s).contiguous());
            CausalConvolutionKernel.Forward(s, x.Floats(), taps.Floats(), bias.Floats(), plus is null ? null : plus.Floats(), y.Floats(), TorchRuntime.Threads);
            GC.KeepAlive((x, taps, bias, plus));
            return y;
        }, (grad, saved) => Autograd.IsRecording
            ? Autograd.Through([Twin(saved[0], saved[1], saved[2], rectify, saved.ElementAtOrDefault(3))], [grad], saved)[wanted..]
            : Backward(s, saved, grad.contiguous(), wanted == 0)[wanted..]);
    }

    /// <summary>The same function in libtorch's operators: any device and precision, and many features.</summary>
    public static Tensor Twin(Tensor x, Tensor weight, Tensor bias, bool rectify = false, Tensor? plus = null)
    {
        x = rectify ? x.relu() : x;
        var (rows, columns) = ((int)weight.shape[2], (int)weight.shape[3]);
        Tensor y;
        if (rows * columns == 1)
        {
            y = torch.nn.functional.linear(x.reshape(-1, x.shape[3]), weight.view(weight.shape[0], -1), bias).view(x.shape[0], x.shape[1], x.shape[2], weight.shape[0]);
        }
        else
        {
            var padded = torch.nn.functional.pad(x, [0, 0, columns / 2, columns / 2, rows - 1, 0]);
            y = torch.nn.functional.conv2d(padded.permute(0, 3, 1, 2), weight, bias).permute(0, 2, 3, 1);
        }

        return plus is null ? y : y + plus;
    }

    private static Tensor?[] Backward(CausalConvolutionShape s, Tensor[] saved, Tensor grad, bool wanted)
    {
        var (x, weight) = (saved[0], saved[1]);
        var dx = wanted ? x.empty_like() : null;
        var (inner, rest) = (s.Taps * s.Inputs, (s.Rows * s.Columns) - s.Taps);
        var dw = torch.empty([s.Count, inner + 1, s.Outputs], ScalarType.Float32);
        var taps = Taps(weight, s).permute(0, 2, 1);
        if (s.Taps > 1)
        {
            taps = taps.index_select(0, Tensor.From<long>([.. Enumerable.Range(1, s.Taps).Select(i => (long)s.Taps - i)], s.Taps));
        }

        taps = taps.contiguous();
        CausalConvolutionKernel.Backward(s, x.Floats(), grad.Floats(), taps.Floats(), dx is null ? null : dx.Floats(), dw.Floats(), TorchRuntime.Threads);
        GC.KeepAlive((x, grad, taps));
        var total = dw.sum([0]);
        var whole = total.narrow(0, 0, inner).view(s.Taps, s.Inputs, s.Outputs);
        var toWeight = (rest > 0 ? torch.nn.functional.pad(whole, [0, 0, 0, 0, 0, rest]) : whole).view(s.Rows, s.Columns, s.Inputs, s.Outputs).permute(3, 2, 0, 1);
        Tensor?[] gradients = [dx, toWeight, total.select(0, inner), grad];
        return gradients[..saved.Length];
    }

    // [outputs, inputs, rows, k] → [taps, inputs, outputs]: those before the pixel, and it.
    private static Tensor Taps(Tensor weight, CausalConvolutionShape s) =>
        weight.permute(2, 3, 1, 0).reshape(s.Rows * s.Columns, s.Inputs, s.Outputs).narrow(0, 0, s.Taps);
}

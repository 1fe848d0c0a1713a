using Likeness.Torch.Kernels;

namespace Likeness.Torch;

/// <summary>
/// A convolution over images [n, height, width, features] that sees the rows above a pixel and its own row up to itself, after a rectifier
/// where one is asked for. For few features in main memory and fp32 it is a fused kernel each way, without the passes over memory of a
/// rectifier, of padding and of masked taps; elsewhere it is the libtorch twin.
/// </summary>
public static unsafe class CausalConvolutionFunction
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
        if (PrecisionScope.IsReduced || !Fits(x) || !Fits(weight) || weight.Shape[0] > MostFeatures || weight.Shape[1] > MostFeatures)
        {
            return Twin(x, weight, bias, rectify, plus);
        }

        (x, plus) = (x.Contiguous(), plus?.Contiguous());
        var s = new CausalConvolutionShape((int)x.Shape[0], (int)x.Shape[1], (int)x.Shape[2], (int)x.Shape[3], (int)weight.Shape[0], (int)weight.Shape[2], (int)weight.Shape[3], rectify);
        Tensor[] saved = plus is null ? [x, weight, bias] : [x, weight, bias, plus];
        // The first layer's inputs are data.
        var wanted = x.RequiresGrad ? 0 : 1;
        return Autograd.Custom(saved.AsSpan(wanted), saved, () =>
        {
            var (y, taps) = (Ops.Empty([s.Count, s.Height, s.Width, s.Outputs], dtype: ScalarType.Float32), Taps(weight, s).Contiguous());
            CausalConvolutionKernel.Forward(s, Floats(x), Floats(taps), Floats(bias), plus is null ? null : Floats(plus), Floats(y), TorchRuntime.Threads);
            GC.KeepAlive((x, taps, bias, plus));
            return y;
        }, (grad, saved) => Autograd.IsRecording
            ? Again(saved, rectify, grad)[wanted..]
            : Backward(s, saved, grad.Contiguous(), wanted == 0)[wanted..]);
    }

    /// <summary>The same function in libtorch's operators: any device and precision, and many features.</summary>
    public static Tensor Twin(Tensor x, Tensor weight, Tensor bias, bool rectify = false, Tensor? plus = null)
    {
        x = rectify ? x.Relu() : x;
        var (rows, columns) = ((int)weight.Shape[2], (int)weight.Shape[3]);
        Tensor y;
        if (rows * columns == 1)
        {
            y = Ops.Linear(x.Reshape(-1, x.Shape[3]), weight.View(weight.Shape[0], -1), bias).View(x.Shape[0], x.Shape[1], x.Shape[2], weight.Shape[0]);
        }
        else
        {
            var padded = x.Pad([0, 0, columns / 2, columns / 2, rows - 1, 0]);
            y = Ops.Conv2d(padded.Permute(0, 3, 1, 2), weight, bias).Permute(0, 2, 3, 1);
        }

        return plus is null ? y : y + plus;
    }

    private static Tensor?[] Backward(CausalConvolutionShape s, Tensor[] saved, Tensor grad, bool wanted)
    {
        var (x, weight) = (saved[0], saved[1]);
        var dx = wanted ? x.EmptyLike() : null;
        var (inner, rest) = (s.Taps * s.Inputs, (s.Rows * s.Columns) - s.Taps);
        var dw = Ops.Empty([s.Count, inner + 1, s.Outputs], dtype: ScalarType.Float32);
        var taps = Taps(weight, s).Permute(0, 2, 1);
        if (s.Taps > 1)
        {
            taps = taps.IndexSelect(0, Tensor.From<long>([.. Enumerable.Range(1, s.Taps).Select(i => (long)s.Taps - i)], s.Taps));
        }

        taps = taps.Contiguous();
        CausalConvolutionKernel.Backward(s, Floats(x), Floats(grad), Floats(taps), dx is null ? null : Floats(dx), Floats(dw), TorchRuntime.Threads);
        GC.KeepAlive((x, grad, taps));
        var total = dw.Sum([0]);
        var whole = total.Narrow(0, 0, inner).View(s.Taps, s.Inputs, s.Outputs);
        var toWeight = (rest > 0 ? whole.Pad([0, 0, 0, 0, 0, rest]) : whole).View(s.Rows, s.Columns, s.Inputs, s.Outputs).Permute(3, 2, 0, 1);
        Tensor?[] gradients = [dx, toWeight, total.Select(0, inner), grad];
        return gradients[..saved.Length];
    }

    // Slopes that can be differentiated once more.
    private static Tensor?[] Again(Tensor[] saved, bool rectify, Tensor grad)
    {
        var y = Twin(saved[0], saved[1], saved[2], rectify, saved.ElementAtOrDefault(3));
        return Array.ConvertAll(saved, t => t.RequiresGrad ? Autograd.Grad([y], [t], [grad], createGraph: true)[0] : null);
    }

    // [outputs, inputs, rows, k] → [taps, inputs, outputs]: those before the pixel, and it.
    private static Tensor Taps(Tensor weight, CausalConvolutionShape s) =>
        weight.Permute(2, 3, 1, 0).Reshape(s.Rows * s.Columns, s.Inputs, s.Outputs).Narrow(0, 0, s.Taps);

    private static bool Fits(Tensor t) => t.device_type == DeviceType.CPU && t.ScalarType == ScalarType.Float32;

    private static float* Floats(Tensor t) => (float*)t.DataPointer();
}

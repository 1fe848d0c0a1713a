using Likeness.Torch.Kernels;

namespace Likeness;

/// <summary>
/// A product with a weight, a bias and a leaky rectifier in one: y = r(x·Wᵀ + b). In main memory and fp32 bias and rectifier are one
/// pass in place over the product, and their gradients one pass on the way back; elsewhere it is the libtorch twin.
/// </summary>
internal static unsafe class RectifiedLinearFunction
{
    /// <param name="x">[…, inputs].</param>
    /// <param name="weight">[outputs, inputs].</param>
    /// <param name="bias">[outputs], or none.</param>
    /// <param name="slope">Of the rectifier for negative values: from 0 up to 1.</param>
    /// <returns>[…, outputs].</returns>
    public static Tensor Call(Tensor x, Tensor weight, Tensor? bias, double slope)
    {
        if (PrecisionScope.IsReduced || !x.IsHostFloat() || !weight.IsHostFloat() || (bias is not null && !(bias.IsHostFloat() && bias.is_contiguous())))
        {
            return Twin(x, weight, bias, slope);
        }

        var (inputs, outputs) = (weight.shape[1], weight.shape[0]);
        if (x.ndim != 2)
        {
            long[] shape = [.. x.shape[..^1], outputs];
            return Call(x.reshape(-1, inputs), weight, bias, slope).reshape(shape);
        }

        Tensor y;
        using (torch.no_grad())
        {
            y = x.mm(weight.t());
            RectifierKernel.Forward(y.Floats(), bias is null ? null : bias.Floats(), x.shape[0], (int)outputs, (float)slope, TorchRuntime.Threads);
            GC.KeepAlive(bias);
        }

        if (!Autograd.IsRecording)
        {
            return y;
        }

        // The output under a name without history: a node that held its own output would never go.
        return Autograd.Custom(bias is null ? [x, weight] : [x, weight, bias], [x, weight, y.detach()], () => y, (grad, saved, wanted) =>
        {
            var (before, total) = Autograd.IsRecording
                ? Recorded(grad, saved[2], slope, wanted is [_, _, true])
                : Fused(grad, saved[2], slope, wanted is [_, _, true]);
            var toInput = wanted[0] ? before.mm(saved[1]) : null;
            var toWeight = wanted[1] ? before.t().mm(saved[0]) : null;
            return wanted.Length == 2 ? [toInput, toWeight] : [toInput, toWeight, total];
        });
    }

    /// <summary>The same function in libtorch's operators.</summary>
    public static Tensor Twin(Tensor x, Tensor weight, Tensor? bias, double slope) => RectifierFunction.Call(torch.nn.functional.linear(x, weight, bias), slope);

    // The gradient before the rectifier, and its sum over the examples.
    internal static (Tensor Before, Tensor? Total) Fused(Tensor grad, Tensor y, double slope, bool sum)
    {
        grad = grad.contiguous();
        var before = torch.empty(y.shape, ScalarType.Float32);
        var total = sum ? torch.empty([y.shape[1]], ScalarType.Float32) : null;
        RectifierKernel.Backward(grad.Floats(), y.Floats(), before.Floats(), total is null ? null : total.Floats(), y.shape[0], (int)y.shape[1], (float)slope, TorchRuntime.Threads);
        GC.KeepAlive((grad, y));
        return (before, total);
    }

    private static (Tensor Before, Tensor? Total) Recorded(Tensor grad, Tensor y, double slope, bool sum)
    {
        var before = RectifierFunction.Backward(grad, y, slope);
        return (before, sum ? before.sum([0]) : null);
    }
}

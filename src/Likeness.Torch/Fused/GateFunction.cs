using Likeness.Torch.Kernels;

namespace Likeness;

/// <summary>
/// The gate tanh(a) ⊙ σ(b) of features whose first half is a and whose second half is b. In main memory and fp32 it is one fused pass
/// forwards and one backwards; elsewhere, and when the gradient itself is differentiated, it is the libtorch twin.
/// </summary>
internal static unsafe class GateFunction
{
    /// <param name="x">[…, 2·features].</param>
    /// <returns>[…, features].</returns>
    public static Tensor Call(Tensor x)
    {
        if (PrecisionScope.IsReduced || x.device_type != DeviceType.CPU || x.dtype != ScalarType.Float32)
        {
            return Twin(x);
        }

        x = x.contiguous();
        var features = (int)x.shape[^1] / 2;
        var rows = (int)(x.numel() / (2 * features));
        return Autograd.Custom([x], [x], () =>
        {
            var y = torch.empty([.. x.shape[..^1], features], ScalarType.Float32);
            GateKernel.Forward(x.Floats(), rows, features, y.Floats(), TorchRuntime.Threads);
            GC.KeepAlive(x);
            return y;
        }, (grad, saved) =>
        {
            if (Autograd.IsRecording)
            {
                return Autograd.Grad([Twin(saved[0])], [saved[0]], [grad], createGraph: true);
            }

            grad = grad.contiguous();
            var slope = saved[0].empty_like();
            GateKernel.Gradient(saved[0].Floats(), grad.Floats(), rows, features, slope.Floats(), TorchRuntime.Threads);
            GC.KeepAlive((saved, grad));
            return [slope];
        });
    }

    /// <summary>The same function in libtorch's operators.</summary>
    public static Tensor Twin(Tensor x)
    {
        var halves = x.chunk(2, -1);
        return halves[0].tanh() * halves[1].sigmoid();
    }
}

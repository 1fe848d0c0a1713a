using Likeness.Torch.Kernels;

namespace Likeness;

/// <summary>
/// The hyperbolic tangent. In main memory and fp32 it is one fused pass forwards and one backwards; elsewhere, and when the gradient
/// itself is differentiated, it is libtorch's.
/// </summary>
internal static unsafe class TanhFunction
{
    /// <param name="x">Of any shape.</param>
    public static Tensor Call(Tensor x)
    {
        if (x.dtype != ScalarType.Float32 || x.device_type != DeviceType.CPU || !x.is_contiguous())
        {
            return x.tanh();
        }

        Tensor y;
        using (torch.no_grad())
        {
            y = x.empty_like();
            TanhKernel.Forward(x.Floats(), y.Floats(), x.numel(), TorchRuntime.Threads);
            GC.KeepAlive(x);
        }

        if (!Autograd.IsRecording)
        {
            return y;
        }

        // The output under a name without history: a node that held its own output would never go.
        return Autograd.Custom([x], [x, y.detach()], () => y, (grad, saved) =>
        {
            if (Autograd.IsRecording)
            {
                return Autograd.Grad([saved[0].tanh()], [saved[0]], [grad], createGraph: true);
            }

            grad = grad.contiguous();
            var slope = grad.empty_like();
            TanhKernel.Backward(grad.Floats(), saved[1].Floats(), slope.Floats(), grad.numel(), TorchRuntime.Threads);
            GC.KeepAlive((grad, saved));
            return [slope];
        });
    }
}

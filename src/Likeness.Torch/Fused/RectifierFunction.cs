using Likeness.Torch.Kernels;

namespace Likeness;

/// <summary>
/// The leaky rectifier: y = x where x is positive, slope·x elsewhere. Its own derivative does not change with x, and the gradient of
/// its gradient says so: libtorch's sends zeros back through everything before it, at the cost of a backward pass.
/// </summary>
internal static class RectifierFunction
{
    /// <param name="x">Of any shape.</param>
    /// <param name="slope">For negative values: from 0 up to 1.</param>
    public static Tensor Call(Tensor x, double slope)
    {
        Tensor y;
        using (torch.no_grad())
        {
            y = x.leaky_relu(slope);
        }

        return Of([x], y, slope);
    }

    /// <summary>The gradient of what went into the rectifier; linear in the gradient of what came out of it.</summary>
    /// <param name="grad">Of the output.</param>
    /// <param name="y">The output: its signs are the input's.</param>
    /// <param name="slope">For negative values.</param>
    internal static Tensor Backward(Tensor grad, Tensor y, double slope) => Autograd.Custom(
        [grad], [y], () => Slopes(grad, y, slope), (second, saved) => [Backward(second, saved[0], slope)]);

    // TorchSharp has no leaky_relu_backward.
    private static unsafe Tensor Slopes(Tensor grad, Tensor y, double slope)
    {
        if (!grad.IsHostFloat() || !y.IsHostFloat() || !grad.stride().SequenceEqual(y.stride()) || !(y.is_contiguous() || y.IsChannelsLast()))
        {
            return torch.where(y.gt(0), grad, grad * slope);
        }

        var before = torch.empty_like(y);
        RectifierKernel.Backward((float*)grad.Address(), (float*)y.Address(), (float*)before.Address(), y.numel(), (float)slope, TorchRuntime.Threads);
        GC.KeepAlive((grad, y));
        return before;
    }

    private static Tensor Of(ReadOnlySpan<Tensor> inputs, Tensor y, double slope)
    {
        if (!Autograd.IsRecording)
        {
            return y;
        }

        // Under a name without history: a node that held its own output would never go.
        return Autograd.Custom(inputs, [y.detach()], () => y, (grad, saved) => [Backward(grad, saved[0], slope)]);
    }
}

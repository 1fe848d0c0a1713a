using Likeness.Torch.Kernels;

namespace Likeness;

/// <summary>
/// The log-probability of independent bits as a differentiable function of their logits. In main memory and fp32 it is one fused pass
/// forwards and one backwards in place of eight; elsewhere, and when the gradient itself is differentiated, it is the libtorch twin.
/// </summary>
internal static unsafe class BernoulliFunction
{
    /// <summary>
    /// log p(x), nats, [n·k], for x [n, d] and logits [n·k, d], k rows for each row of x, one after the other; the logits are
    /// differentiated, x is data.
    /// </summary>
    public static Tensor LogProb(Tensor x, Tensor logits)
    {
        if (x.requires_grad || !x.IsHostFloat() || !logits.IsHostFloat())
        {
            return Twin(x, logits);
        }

        (x, logits) = (x.contiguous(), logits.contiguous());
        var (rows, columns) = ((int)logits.shape[0], (int)logits.shape[1]);
        if (x.ndim != 2 || x.shape[1] != columns || x.shape[0] == 0 || rows % x.shape[0] != 0)
        {
            throw new TorchException($"Logits of shape {rows}x{columns} do not say how likely examples of shape {string.Join('x', x.shape)} are: they must have as many columns, and a whole number of rows for each row.");
        }

        var draws = rows / (int)x.shape[0];
        return Autograd.Custom([logits], [x, logits], () =>
        {
            var sums = torch.empty([rows], ScalarType.Float32);
            BernoulliKernel.LogProb(x.Floats(), logits.Floats(), rows, columns, draws, sums.Floats(), TorchRuntime.Threads);
            GC.KeepAlive((x, logits));
            return sums;
        }, (grad, saved) =>
        {
            if (Autograd.IsRecording)
            {
                return Autograd.Grad([Twin(saved[0], saved[1])], [saved[1]], [grad], createGraph: true);
            }

            var weights = grad.contiguous();
            var slope = saved[1].empty_like();
            BernoulliKernel.Gradient(saved[0].Floats(), saved[1].Floats(), weights.Floats(), rows, columns, draws, slope.Floats(), TorchRuntime.Threads);
            GC.KeepAlive((saved, weights));
            return [slope];
        });
    }

    /// <summary>The same function in libtorch's operators.</summary>
    public static Tensor Twin(Tensor x, Tensor logits)
    {
        var (n, d) = (x.shape[0], x.shape[1]);
        return (x.unsqueeze(1) * logits.reshape(n, -1, d) - logits.softplus().reshape(n, -1, d)).sum([2]).reshape(-1);
    }
}

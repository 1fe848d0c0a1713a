using Likeness.Torch.Kernels;

namespace Likeness;

/// <summary>
/// Gated recurrent units (Cho et al. 2014) along series, from a state of zeros, given what the inputs say x = W_ih·x_t + b_ih of their gates:
/// <code>r = σ(x_r + h_r),  z = σ(x_z + h_z),  n = tanh(x_n + r ⊙ h_n),  h' = (1 − z) ⊙ n + z ⊙ h    with [h_r, h_z, h_n] = W_hh·h + b_hh</code>
/// In main memory and fp32 it is one fused kernel forwards and one backwards, for all steps; elsewhere it is the libtorch twin. PyTorch's own
/// takes about ten operators a step.
/// </summary>
internal static unsafe class GruFunction
{
    /// <summary>The hidden states [steps, n, hidden].</summary>
    /// <param name="x">What the inputs say [steps, n, 3·hidden].</param>
    /// <param name="weight">W_hh [3·hidden, hidden].</param>
    /// <param name="bias">b_hh [3·hidden].</param>
    public static Tensor Call(Tensor x, Tensor weight, Tensor bias)
    {
        x = x.to(weight.dtype);
        if (!x.IsHostFloat() || !weight.IsHostFloat() || !bias.IsHostFloat())
        {
            return Twin(x, weight, bias);
        }

        (x, weight, bias) = (x.contiguous(), weight.contiguous(), bias.contiguous());
        var shape = new GruShape((int)x.shape[0], (int)x.shape[1], (int)weight.shape[1]);
        var h = torch.empty([shape.Steps, shape.Count, shape.Hidden], ScalarType.Float32);
        var kept = torch.empty([shape.Steps, shape.Count, GruKernel.Kept * shape.Padded], ScalarType.Float32);
        // Under another name: a graph that kept its own result would hold itself.
        var states = h.detach();
        return Autograd.Custom([x, weight, bias], [x, weight, bias, states, kept], () =>
        {
            GruKernel.Forward(shape, x.Floats(), weight.Floats(), bias.Floats(), h.Floats(), kept.Floats(), TorchRuntime.Threads);
            GC.KeepAlive((x, weight, bias, kept));
            return h;
        }, (grad, s) => Autograd.IsRecording
            ? Autograd.Through([Twin(s[0], s[1], s[2])], [grad], s[..3])
            : Backward(grad.contiguous(), s[1], s[3], s[4], shape));
    }

    /// <summary>The same function as a loop of libtorch operators: any device and precision.</summary>
    public static Tensor Twin(Tensor x, Tensor weight, Tensor bias)
    {
        var hidden = (int)weight.shape[1];
        var states = new Tensor[x.shape[0]];
        var h = torch.zeros([x.shape[1], hidden], x.dtype, x.device);
        for (var t = 0; t < states.Length; t++)
        {
            var (here, before) = (x.select(0, t), torch.nn.functional.linear(h, weight, bias));
            var gates = (here.narrow(1, 0, 2 * hidden) + before.narrow(1, 0, 2 * hidden)).sigmoid(); // r, z
            var proposed = (here.narrow(1, 2 * hidden, hidden) + gates.narrow(1, 0, hidden) * before.narrow(1, 2 * hidden, hidden)).tanh();
            states[t] = h = proposed + gates.narrow(1, hidden, hidden) * (h - proposed);
        }

        return torch.stack(states, 0);
    }

    private static Tensor[] Backward(Tensor grad, Tensor weight, Tensor h, Tensor kept, GruShape s)
    {
        var dx = torch.empty([s.Steps, s.Count, 3 * s.Hidden], ScalarType.Float32);
        var dh = torch.empty([s.Steps, s.Count, 3 * s.Hidden], ScalarType.Float32);
        GruKernel.Backward(s, grad.Floats(), weight.Floats(), h.Floats(), kept.Floats(), dx.Floats(), dh.Floats(), TorchRuntime.Threads);
        GC.KeepAlive((grad, weight, h, kept));

        // The first step's state before is zero.
        var later = dh.narrow(0, 1, s.Steps - 1).reshape(-1, 3 * s.Hidden);
        return [dx, later.t().matmul(h.narrow(0, 0, s.Steps - 1).reshape(-1, s.Hidden)), dh.sum([0, 1])];
    }
}

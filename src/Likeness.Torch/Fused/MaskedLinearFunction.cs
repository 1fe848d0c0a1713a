using Likeness.Torch.Kernels;

namespace Likeness;

/// <summary>
/// A product with a masked weight, a bias and a rectifier in one: y = r(x·(W ⊙ M)ᵀ + b). Masked networks of tables are small, and what they
/// cost is the number of operators: one here for four. In main memory and fp32; elsewhere it is the libtorch twin.
/// </summary>
internal static unsafe class MaskedLinearFunction
{
    /// <param name="x">[n, inputs].</param>
    /// <param name="weight">[outputs, inputs].</param>
    /// <param name="mask">1 where there is a connection, else 0, [outputs, inputs].</param>
    /// <param name="bias">[outputs], or none.</param>
    /// <param name="rectified">Whether what is below 0 becomes 0.</param>
    /// <returns>[n, outputs].</returns>
    public static Tensor Call(Tensor x, Tensor weight, Tensor mask, Tensor? bias, bool rectified)
    {
        if (PrecisionScope.IsReduced || x.ndim != 2 || !x.IsHostFloat() || !weight.IsHostFloat())
        {
            return Twin(x, weight, mask, bias, rectified);
        }

        Tensor y, masked;
        using (torch.no_grad())
        {
            masked = weight.mul(mask);
            using var turned = masked.t();
            y = x.mm(turned);
            if (rectified || bias is not null)
            {
                RectifierKernel.Forward(y.Floats(), bias is null ? null : bias.Floats(), y.size(0), (int)y.size(1), rectified ? 0 : 1, TorchRuntime.Threads);
                GC.KeepAlive(bias);
            }
        }

        // The output under a name without history: a node that held its own output would never go.
        Autograd.Record(bias is null ? [x, weight] : [x, weight, bias], [x, weight, mask, masked, y.detach()], [y], (grads, saved, wanted) =>
        {
            if (Autograd.IsRecording)
            {
                // The gradient of a bias does not depend on it but for the rectifier's signs, which the output has.
                var slope = rectified ? RectifierFunction.Backward(grads[0]!, saved[4], 0) : grads[0]!;
                Tensor[] both = [slope.mm(saved[1] * saved[2]), slope.t().mm(saved[0]) * saved[2]];
                return wanted.Length == 2 ? both : [.. both, slope.sum([0])];
            }

            var (before, total) = rectified
                ? RectifiedLinearFunction.Fused(grads[0]!, saved[4], 0, wanted is [_, _, true])
                : (grads[0]!, wanted is [_, _, true] ? grads[0]!.sum([0]) : null);
            var toInput = wanted[0] ? before.mm(saved[3]) : null;
            var toWeight = wanted[1] ? before.t().mm(saved[0]).mul_(saved[2]) : null;
            return wanted.Length == 2 ? [toInput, toWeight] : [toInput, toWeight, total];
        });
        return y;
    }

    /// <summary>The same function in libtorch's operators.</summary>
    public static Tensor Twin(Tensor x, Tensor weight, Tensor mask, Tensor? bias, bool rectified)
    {
        var y = torch.nn.functional.linear(x, weight * mask, bias);
        return rectified ? y.relu() : y;
    }
}

using Likeness.Torch.Kernels;

namespace Likeness;

/// <summary>
/// z = (x − μ)·e^−α with α = m·tanh(a/m), which stays within ±m, and log |det| = −Σ α of each row: what a masked autoregressive flow does
/// with its parameters. In main memory and fp32 it is one pass forwards and one backwards; elsewhere, and when the gradient itself is
/// differentiated, it is the libtorch twin.
/// </summary>
internal static unsafe class BentAffineFunction
{
    /// <param name="x">[n, d].</param>
    /// <param name="parameters">μ and a of each value, [n, d, 2].</param>
    /// <param name="most">m.</param>
    /// <returns>z [n, d] and log |det| [n].</returns>
    public static (Tensor Z, Tensor LogDeterminant) Call(Tensor x, Tensor parameters, double most)
    {
        if (!x.IsHostFloat() || !parameters.IsHostFloat())
        {
            return Twin(x, parameters, most);
        }

        (x, parameters) = (x.contiguous(), parameters.contiguous());
        var (rows, columns) = ((int)x.size(0), (int)x.size(1));
        Tensor z, logDeterminant, kept;
        using (torch.no_grad())
        {
            (z, logDeterminant) = (torch.empty([rows, columns], ScalarType.Float32), torch.empty([rows], ScalarType.Float32));
            // e^−α and tanh(a/m).
            kept = torch.empty([2, rows, columns], ScalarType.Float32);
            AffineKernel.Bent(x.Floats(), parameters.Floats(), rows, columns, (float)most, z.Floats(), logDeterminant.Floats(), kept.Floats(), TorchRuntime.Threads);
            GC.KeepAlive((x, parameters));
        }

        // The output under a name without history: a node that held its own output would never go.
        Autograd.Record([x, parameters], [x, parameters, z.detach(), kept], [z, logDeterminant], (grads, saved, wanted) =>
        {
            if (Autograd.IsRecording)
            {
                Tensor[] inputs = [saved[0], saved[1]];
                var (again, determinant) = Twin(inputs[0], inputs[1], most);
                return Autograd.Through([again, determinant], grads, inputs);
            }

            var (gz, gd) = (grads[0]?.contiguous(), grads[1]?.contiguous());
            var (dx, slopes) = (torch.empty([rows, columns], ScalarType.Float32), torch.empty([rows, columns, 2], ScalarType.Float32));
            AffineKernel.BentGradient(gz is null ? null : gz.Floats(), gd is null ? null : gd.Floats(), saved.Floats(2), saved.Floats(3), rows, columns, dx.Floats(), slopes.Floats(), TorchRuntime.Threads);
            GC.KeepAlive((gz, gd));
            return [dx, slopes];
        });
        return (z, logDeterminant);
    }

    /// <summary>The same function in libtorch's operators.</summary>
    public static (Tensor Z, Tensor LogDeterminant) Twin(Tensor x, Tensor parameters, double most)
    {
        var alpha = (parameters.select(2, 1) * (1 / most)).tanh() * most;
        return ((x - parameters.select(2, 0)) * (-alpha).exp(), -alpha.sum([1]));
    }
}

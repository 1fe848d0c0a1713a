using Likeness.Torch.Kernels;

namespace Likeness;

/// <summary>
/// z = (x − shift) ⊙ e^−s for rows of a table, with log |det| = −Σ s of each. In main memory and fp32 it is one pass forwards and one
/// backwards; elsewhere, and when the gradient itself is differentiated, it is the libtorch twin.
/// </summary>
internal static unsafe class ActNormFunction
{
    /// <param name="x">[n, d].</param>
    /// <param name="shift">[d].</param>
    /// <param name="logScale">s, [d].</param>
    /// <returns>z [n, d] and log |det| [n].</returns>
    public static (Tensor Z, Tensor LogDeterminant) Call(Tensor x, Tensor shift, Tensor logScale)
    {
        if (!x.IsHostFloat() || !shift.IsHostFloat())
        {
            return Twin(x, shift, logScale);
        }

        x = x.contiguous();
        var (rows, columns) = ((int)x.size(0), (int)x.size(1));
        Tensor z, logDeterminant;
        using (torch.no_grad())
        {
            (z, logDeterminant) = (torch.empty([rows, columns], ScalarType.Float32), torch.empty([rows], ScalarType.Float32));
            AffineKernel.ActNorm(x.Floats(), shift.Floats(), logScale.Floats(), rows, columns, z.Floats(), logDeterminant.Floats());
            GC.KeepAlive((x, shift, logScale));
        }

        // The output under a name without history: a node that held its own output would never go.
        Autograd.Record([x, shift, logScale], [x, shift, logScale, z.detach()], [z, logDeterminant], (grads, saved, wanted) =>
        {
            if (Autograd.IsRecording)
            {
                Tensor[] inputs = [saved[0], saved[1], saved[2]];
                var (again, determinant) = Twin(inputs[0], inputs[1], inputs[2]);
                return Autograd.Through([again, determinant], grads, inputs);
            }

            var (gz, gd) = (grads[0]?.contiguous(), grads[1]?.contiguous());
            var dx = wanted[0] ? torch.empty([rows, columns], ScalarType.Float32) : null;
            var sums = torch.empty([2, columns], ScalarType.Float32);
            AffineKernel.ActNormGradient(gz is null ? null : gz.Floats(), gd is null ? null : gd.Floats(), saved.Floats(3), saved.Floats(2), rows, columns, dx is null ? null : dx.Floats(), sums.Floats());
            GC.KeepAlive((gz, gd));
            return [dx, sums.select(0, 0), sums.select(0, 1)];
        });
        return (z, logDeterminant);
    }

    /// <summary>The same function in libtorch's operators.</summary>
    public static (Tensor Z, Tensor LogDeterminant) Twin(Tensor x, Tensor shift, Tensor logScale) =>
        ((x - shift) * (-logScale).exp(), (-logScale).sum().expand(x.size(0)));
}

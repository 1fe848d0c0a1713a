using Likeness.Torch;

namespace Likeness.Applications;

/// <summary>The plane in which points of many dimensions differ most (Pearson 1901).</summary>
/// <param name="Points">The points in it, [n, 2], about their mean.</param>
/// <param name="Share">The share of the whole variance that it holds.</param>
public sealed record PrincipalPlane(Tensor Points, double Share)
{
    /// <param name="points">[n, d] with d of at least 2.</param>
    public static PrincipalPlane Of(Tensor points)
    {
        using var noGrad = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var rows = points.To(ScalarType.Float64);
        var centred = rows - rows.Mean([0]);
        var (variances, axes) = (centred.T().Matmul(centred) / rows.Shape[0]).LinalgEigh();
        // Ascending: the last two columns are the plane.
        var d = (int)axes.Shape[0];
        var plane = Ops.Cat([axes.Narrow(1, d - 1, 1), axes.Narrow(1, d - 2, 1)], 1);
        var total = variances.Sum().Item();
        var share = total > 0 ? variances.Narrow(0, d - 2, 2).Sum().Item() / total : 1;
        return new(scope.MoveToOuter(centred.Matmul(plane).To(ScalarType.Float32)), share);
    }
}

namespace Likeness;

/// <summary>The plane in which points of many dimensions differ most (Pearson 1901).</summary>
/// <param name="Points">The points in it, [n, 2], about their mean.</param>
/// <param name="Share">The share of the whole variance that it holds.</param>
public sealed record PrincipalPlane(Tensor Points, double Share)
{
    /// <param name="points">[n, d] with d of at least 2.</param>
    public static PrincipalPlane Of(Tensor points)
    {
        using var noGrad = torch.no_grad();
        var share = 1.0;
        var projected = Chain.Kept(() =>
        {
            var rows = points.to(ScalarType.Float64);
            var centred = rows - rows.mean([0]);
            var (variances, axes) = torch.linalg.eigh((centred.t().matmul(centred) / rows.shape[0]));
            // Ascending: the last two columns are the plane.
            var d = (int)axes.shape[0];
            var plane = torch.cat([axes.narrow(1, d - 1, 1), axes.narrow(1, d - 2, 1)], 1);
            var total = variances.sum().ToDouble();
            share = total > 0 ? variances.narrow(0, d - 2, 2).sum().ToDouble() / total : 1;
            return centred.matmul(plane).to(ScalarType.Float32);
        });
        return new(projected, share);
    }
}

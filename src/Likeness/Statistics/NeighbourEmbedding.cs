namespace Likeness;

/// <summary>
/// t-SNE (van der Maaten and Hinton 2008): points of the plane whose neighbours are those of points of many dimensions.
/// <code>
/// p_j|i ∝ exp(−‖x_i − x_j‖²/2σ_i²) with σ_i for the perplexity,   p_ij = (p_j|i + p_i|j)/2n,   q_ij ∝ (1 + ‖y_i − y_j‖²)⁻¹       (equations 1, 4 and after 3)
/// ∂KL(P ‖ Q)/∂y_i = 4 Σ_j (p_ij − q_ij)(1 + ‖y_i − y_j‖²)⁻¹ (y_i − y_j)                                                             (equation 5)
/// </code>
/// Descent with momentum and with gains for each coordinate, as in the authors' program; all pairs are looked at, so it is for thousands of points at most.
/// </summary>
internal static class NeighbourEmbedding
{
    private const int Steps = 500, Early = 100, Bisections = 40;
    private const double Exaggeration = 12, Slow = 0.5, Fast = 0.8, LeastGain = 0.01;

    /// <summary>The points in the plane, [n, 2].</summary>
    /// <param name="points">[n, d].</param>
    /// <param name="perplexity">About how many neighbours a point has.</param>
    /// <param name="rng">Where the points begin.</param>
    public static Tensor Of(Tensor points, double perplexity, Rng rng)
    {
        using var noGrad = torch.no_grad();
        return Chain.Kept(() =>
        {
            var n = points.shape[0];
            var p = Joint(points.to(ScalarType.Float32), Math.Min(perplexity, (n - 1) / 3.0));
            var rate = Math.Max(n / Exaggeration, 50.0);
            var apart = 1 - torch.eye(n);
            // Place, velocity and gains side by side.
            var start = torch.cat([rng.Normal(n, 2) * 1e-4, torch.zeros([n, 2]), torch.ones([n, 2])], 1);
            var end = Chain.Run(start, Enumerable.Range(0, Steps), (state, t) =>
            {
                var (y, velocity, gains) = (state.narrow(1, 0, 2), state.narrow(1, 2, 2), state.narrow(1, 4, 2));
                var near = apart / (1 + Squares(y));
                var force = (p * (t < Early ? Exaggeration : 1) - near / near.sum()) * near;
                var slope = 4 * (force.sum([1], keepdim: true) * y - force.matmul(y));
                gains = torch.where((slope * velocity).gt(0), gains * 0.8, gains + 0.2).clamp_min(LeastGain);
                velocity = velocity * (t < Early ? Slow : Fast) - rate * gains * slope;
                y += velocity;
                return torch.cat([y - y.mean([0]), velocity, gains], 1);
            });
            return end.narrow(1, 0, 2).clone();
        });
    }

    private static Tensor Squares(Tensor x)
    {
        var norms = x.square().sum([1], keepdim: true);
        return (norms + norms.t() - 2 * x.matmul(x.t())).clamp_min(0);
    }

    // p_ij, with the precision of each point halved and doubled until its neighbours are as many as asked.
    private static Tensor Joint(Tensor points, double perplexity)
    {
        var squares = Squares(points);
        squares /= squares.mean().clamp_min(1e-12);
        var n = points.shape[0];
        var itself = torch.eye(n) * 1e9f;
        var (low, high) = (torch.full([n, 1], -20, ScalarType.Float32), torch.full([n, 1], 20, ScalarType.Float32));
        for (var k = 0; k < Bisections; k++)
        {
            var middle = (low + high) / 2; // The logarithm of the precision.
            var p = Conditional(middle);
            var tooMany = (-(p * (p + 1e-12).log()).sum([1], keepdim: true)).gt(Math.Log(perplexity));
            (low, high) = (torch.where(tooMany, middle, low), torch.where(tooMany, high, middle));
        }

        var found = Conditional((low + high) / 2);
        return (found + found.t()) / (2 * n);

        Tensor Conditional(Tensor precision) => (-(squares * precision.exp()) - itself).softmax(1);
    }
}

namespace Likeness;

/// <summary>The cost of moving one set of points onto another, where a unit of mass costs the distance it moves: Wasserstein-1.</summary>
public static class Transport
{
    private const int MostSweeps = 5000;

    /// <summary>
    /// Entropic optimal transport between point sets of equal weights (Cuturi 2013): the least of Σ P·C + ε·KL(P ‖ a⊗b) over plans P, which
    /// goes to Wasserstein-1 as ε goes to 0. Sinkhorn's iterations on the dual potentials in the log domain, with ε halved down from
    /// the largest distance (Feydy et al. 2019).
    /// </summary>
    /// <param name="a">Points [n, d].</param>
    /// <param name="b">Points [m, d].</param>
    /// <param name="epsilon">Blur, in units of distance; above 0.</param>
    /// <param name="tolerance">Iterations end when the potentials move less than this times ε.</param>
    public static EntropicPlan Sinkhorn(Tensor a, Tensor b, double epsilon, double tolerance = 1e-4)
    {
        if (!(epsilon > 0))
        {
            throw new UsageException($"Sinkhorn's blur cannot be {epsilon}: it must be above 0; small values cost more iterations.");
        }

        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        var cost = Distances(a.to(ScalarType.Float64), b.to(ScalarType.Float64));
        var (n, m) = (cost.shape[0], cost.shape[1]);
        var (f, g) = (new double[n], new double[m]);
        var same = ReferenceEquals(a, b);
        var sweeps = 0;
        for (var blur = Math.Max(epsilon, cost.max().ToDouble()); ; blur = Math.Max(epsilon, blur / 2))
        {
            var moved = double.PositiveInfinity;
            // A coarse blur is only a start for the next one.
            for (var i = 0; (blur > epsilon ? i < 4 : moved > tolerance * epsilon) && sweeps < MostSweeps; i++, sweeps++)
            {
                using var sweep = torch.NewDisposeScope();
                var before = f;
                if (same)
                {
                    // One potential, and the mean of old and new converges at once (Feydy et al. 2019, equation 25).
                    var next = Soft(cost, f, blur);
                    f = g = [.. f.Zip(next, (old, fresh) => (old + fresh) / 2)];
                }
                else
                {
                    f = Soft(cost, g, blur);
                    g = Soft(cost.t(), f, blur);
                }

                moved = f.Zip(before, (now, then) => Math.Abs(now - then)).Max();
            }

            if (blur <= epsilon)
            {
                return new(f.Average() + g.Average(), f, g, sweeps);
            }
        }
    }

    /// <summary>Euclidean distances of all pairs [n, m].</summary>
    internal static Tensor Distances(Tensor a, Tensor b) => SquaredDistances(a, b).sqrt();

    internal static Tensor SquaredDistances(Tensor a, Tensor b)
    {
        // |x − y|² = |x|² + |y|² − 2 x·y, about the middle of one set so that little cancels.
        var middle = a.mean([0]);
        var (x, y) = (a - middle, b - middle);
        return (x.square().sum([1], keepdim: true) + y.square().sum([1]) - 2 * x.matmul(y.t())).clamp_min(0);
    }

    // −ε log mean_j exp((g_j − C_ij)/ε)
    private static double[] Soft(Tensor cost, double[] potential, double blur) =>
        (((Tensor.From(potential, potential.Length) - cost) / blur).logsumexp(1) * -blur + blur * Math.Log(potential.Length)).ToArray<double>();
}

/// <summary>An optimal plan's value and its dual potentials.</summary>
/// <param name="Value">In units of distance.</param>
/// <param name="First">The potential f at the first points.</param>
/// <param name="Second">The potential g at the second points.</param>
/// <param name="Sweeps">Iterations it took.</param>
public sealed record EntropicPlan(double Value, double[] First, double[] Second, int Sweeps);

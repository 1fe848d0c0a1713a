namespace Likeness;

/// <summary>log p(z) and log p(x|z), nats, [n] each, of codes z [n, latent].</summary>
internal delegate (Tensor Prior, Tensor Likelihood) LatentDensity(Tensor z);

/// <summary>Codes z with what is known of them, side by side: log p(z), log p(x|z) and the slopes of both.</summary>
/// <param name="Rows">[n, 2 + 3·latent].</param>
internal readonly record struct LatentPoint(Tensor Rows)
{
    private long Latent => (Rows.shape[1] - 2) / 3;

    /// <summary>log p(z), nats, [n].</summary>
    public Tensor LogPrior => Rows.select(1, 0);

    /// <summary>log p(x|z), nats, [n].</summary>
    public Tensor LogLikelihood => Rows.select(1, 1);

    /// <summary>[n, latent].</summary>
    public Tensor Z => Rows.narrow(1, 2, Latent);

    /// <summary>All of it, at these codes.</summary>
    /// <param name="density">The prior and the likelihood.</param>
    /// <param name="z">Codes [n, latent].</param>
    public static LatentPoint At(LatentDensity density, Tensor z)
    {
        using var recording = torch.enable_grad();
        z = z.detach().requires_grad_();
        var (prior, likelihood) = density(z);
        var (priorSlope, likelihoodSlope) = (Autograd.Grad(prior.sum(), z), Autograd.Grad(likelihood.sum(), z));
        return new(torch.cat([prior.detach().unsqueeze(1), likelihood.detach().unsqueeze(1), z.detach(), priorSlope, likelihoodSlope], 1));
    }

    /// <summary>log p(z) + β log p(x|z), [n].</summary>
    public Tensor LogDensity(double beta) => LogPrior + (LogLikelihood * beta);

    /// <summary>Its gradient with respect to z, [n, latent].</summary>
    public Tensor Slope(double beta) => Rows.narrow(1, 2 + Latent, Latent) + (Rows.narrow(1, 2 + (2 * Latent), Latent) * beta);
}

/// <summary>
/// Hamiltonian Monte Carlo (Neal 2011): a transition of codes that leaves p(z) p(x|z)^β invariant and is its own reversal. A code moves by
/// leapfrog steps along the density's slope, and the end is accepted with probability min(1, exp(−ΔH)).
/// </summary>
/// <param name="density">The prior and the likelihood.</param>
/// <param name="leapfrogs">Steps of a trajectory.</param>
/// <param name="rng">Where momenta and decisions come from.</param>
internal sealed class HamiltonianMonteCarlo(LatentDensity density, int leapfrogs, Rng rng)
{
    // The steps of each trajectory are longer or shorter by up to so much: else one of a full period would return to where it began.
    private const double Jitter = 0.2;

    public LatentPoint At(Tensor z) => LatentPoint.At(density, z);

    /// <summary>One transition of every code.</summary>
    /// <param name="from">Where they are.</param>
    /// <param name="beta">The power of the likelihood.</param>
    /// <param name="length">Of a leapfrog step, [n, 1].</param>
    /// <returns>Where they are then, and the probabilities with which the ends of the trajectories were accepted, [n].</returns>
    public (LatentPoint To, Tensor Acceptance) Move(LatentPoint from, double beta, Tensor length)
    {
        var z = from.Z;
        var type = z.dtype;
        var start = rng.Normal(z.shape).to(type);
        var step = length * ((rng.Uniform(z.shape[0], 1).to(type) * (2 * Jitter)) + (1 - Jitter));
        var (to, momentum) = (from, start + (step * from.Slope(beta) * 0.5));
        for (var i = 1; i <= leapfrogs; i++)
        {
            to = At(to.Z + (step * momentum));
            momentum += step * to.Slope(beta) * (i < leapfrogs ? 1 : 0.5);
        }

        var loss = from.LogDensity(beta) - to.LogDensity(beta) + ((momentum.square() - start.square()).sum([1]) * 0.5);
        // A trajectory that left the numbers is not accepted.
        var acceptance = torch.where(loss.lt(double.PositiveInfinity), (-loss.clamp_min(0)).exp(), 0.0);
        var accepted = rng.Uniform(z.shape[0]).to(type).lt(acceptance).unsqueeze(1);
        return (new(torch.where(accepted, to.Rows, from.Rows)), acceptance);
    }
}

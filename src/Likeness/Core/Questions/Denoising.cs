namespace Likeness;

/// <summary>What a denoiser says of a noisy example.</summary>
/// <param name="Clean">x̂_0, the expected clean example, in the shape of the noisy one.</param>
/// <param name="Blend">
/// Where the log-variance of a reverse step lies between that of the forward process's posterior β̃ (0) and that of the noise β itself (1): one number
/// for all or one for each value; null is 0.
/// </param>
public readonly record struct Denoised(Tensor Clean, Tensor? Blend = null);

/// <summary>
/// Knows the clean example behind a noisy one: the building stone of diffusion samplers. Whatever a model's own process is, it is seen here as
/// <code>x = x_0 + σ·ε,  ε ~ N(0, I)</code>
/// (Karras et al. 2022, section 2): a process x_t = a·x_0 + s·ε is that one with σ = s/a after division by a.
/// </summary>
public interface IDenoiser
{
    /// <summary>The noise levels σ that a sampler visits, from the largest to the smallest; a last step to σ = 0 follows.</summary>
    /// <param name="steps">How many; null is the model's own number.</param>
    IReadOnlyList<double> NoiseLevels(int? steps);

    /// <summary>Clean examples have no value beyond ± this, in the model's units; infinite where they may have any.</summary>
    double Bound => double.PositiveInfinity;

    /// <summary>x̂_0 = E[x_0 | x], in the shape of x (in the model's units, roughly −1 … 1 without noise).</summary>
    /// <param name="x">Noisy examples [n, …].</param>
    /// <param name="sigma">The noise in each of them, [n], float64.</param>
    Tensor Denoise(Tensor x, Tensor sigma);

    /// <summary>The same with the variance of the reverse step, for samplers that add noise.</summary>
    Denoised Reverse(Tensor x, Tensor sigma) => new(Denoise(x, sigma));
}

/// <summary>
/// Estimates how likely an example is by following the deterministic flow from it to noise (Song et al. 2021, section 4.3): neither a bound nor exact, as
/// the solver has a tolerance, and in many dimensions the divergence is estimated.
/// </summary>
public interface IFlowLikelihood
{
    /// <summary>An estimate of log p(x), in nats per example, [n]: of a density for real data, of a probability for data in levels.</summary>
    /// <param name="x">Examples in the data's own units.</param>
    /// <param name="tolerance">The error that a step of the solver may make, relative to the size of the values.</param>
    /// <param name="rng">Where the directions of the divergence's estimate and the noise of dequantisation are drawn.</param>
    Tensor EstimateLogProb(Tensor x, double tolerance, Rng rng);
}

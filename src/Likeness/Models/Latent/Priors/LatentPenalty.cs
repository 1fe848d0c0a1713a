namespace Likeness;

/// <summary>What draws the aggregated posterior of a Wasserstein autoencoder to its prior.</summary>
/// <param name="Weight">λ, its weight beside the reconstruction's.</param>
public abstract record LatentPenalty([property: AtLeast(0)] double Weight)
{
    /// <summary>WAE-MMD: the squared kernel distance of the batch's codes and as many of the prior, by inverse multiquadrics.</summary>
    /// <param name="Weight">λ. Common libraries make it thousands of times smaller against the reconstruction than the paper does.</param>
    [Kind("mmd")]
    public sealed record MeanDiscrepancy(double Weight = 10) : LatentPenalty(Weight);

    /// <summary>WAE-GAN: a critic on codes.</summary>
    /// <param name="Weight">λ.</param>
    [Kind("gan")]
    public sealed record Adversary(double Weight = 10) : LatentPenalty(Weight)
    {
        private static readonly int[] s_hidden = [512, 512, 512, 512];

        private static readonly CriticPenalty s_smooth = new CriticPenalty.R1(1);

        /// <summary>Units of the critic's hidden layers.</summary>
        [AtLeast(1)]
        public IReadOnlyList<int> Hidden { get; init; } = s_hidden;

        /// <summary>
        /// What keeps the critic's slope in bounds; not in the paper. Without it the critic of MNIST's codes stayed ahead, and they did not come
        /// to follow the prior.
        /// </summary>
        public CriticPenalty SlopePenalty { get; init; } = s_smooth;

        /// <summary>Optimiser of the critic.</summary>
        public OptimizerOptions Critic { get; init; } = s_critic;

        private static readonly OptimizerOptions s_critic = new Adam(5e-4, Beta1: 0.5);
    }
}

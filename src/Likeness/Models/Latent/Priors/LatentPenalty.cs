namespace Likeness;

/// <summary>The penalty that matches the aggregated posterior of a Wasserstein autoencoder to its prior.</summary>
/// <param name="Weight">λ, the weight of the penalty relative to the reconstruction.</param>
public abstract record LatentPenalty([property: AtLeast(0)] double Weight)
{
    /// <summary>WAE-MMD: the squared kernel distance of the batch's codes and as many of the prior, by inverse multiquadrics.</summary>
    /// <param name="Weight">λ, the weight of the penalty. Common libraries weight it thousands of times less, relative to the reconstruction, than the paper does.</param>
    [Kind("mmd")]
    public sealed record MeanDiscrepancy(double Weight = 10) : LatentPenalty(Weight);

    /// <summary>WAE-GAN: a critic on codes.</summary>
    /// <param name="Weight">λ, the weight of the penalty.</param>
    [Kind("gan")]
    public sealed record Adversary(double Weight = 10) : LatentPenalty(Weight)
    {
        private static readonly int[] s_hidden = [512, 512, 512, 512];

        private static readonly CriticPenalty s_smooth = new CriticPenalty.R1(1);

        /// <summary>Units of the critic's hidden layers.</summary>
        [AtLeast(1)]
        public IReadOnlyList<int> Hidden { get; init; } = s_hidden;

        /// <summary>
        /// Penalty on the critic's gradient: none, gradient or r1; not in the paper. Without it, on MNIST, the critic stayed ahead and the codes did not
        /// come to follow the prior.
        /// </summary>
        public CriticPenalty SlopePenalty { get; init; } = s_smooth;

        /// <summary>Optimiser of the critic.</summary>
        public OptimizerOptions Critic { get; init; } = s_critic;

        private static readonly OptimizerOptions s_critic = new Adam(5e-4, Beta1: 0.5);
    }
}

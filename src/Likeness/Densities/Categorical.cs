namespace Likeness;

/// <summary>Values 0 … k − 1 without an order.</summary>
/// <param name="logits">Unnormalised log-probabilities [..., k]; values have the shape without k.</param>
public sealed class Categorical(Tensor logits) : Density, IFiniteDensity
{
    private Tensor? _logProbs;

    public Tensor LogProbs => _logProbs ??= logits.log_softmax(-1);

    /// <param name="x">Whole numbers, as int64 or as fp32.</param>
    public override Tensor LogProb(Tensor x) => LogProbs.gather(-1, x.to(ScalarType.Int64).unsqueeze(-1)).squeeze(-1);

    /// <summary>Indices, int64.</summary>
    public override Tensor Sample(Rng rng)
    {
        using var noGrad = torch.no_grad();
        return rng.Choice(LogProbs.exp());
    }

    /// <summary>
    /// The logarithm of each level's frequency in n examples, smoothed so that one that never occurs stays finite, in the shape of the rest of
    /// <paramref name="indicators"/> [n, …], which are 1 where an example has the level.
    /// </summary>
    internal static Tensor MarginalLogits(Tensor indicators, int levels) =>
        ((indicators.sum([0]) + 0.5) / (indicators.shape[0] + (0.5 * levels))).log();

    /// <summary>In nats, per value.</summary>
    public Tensor Entropy() => -(LogProbs.exp() * LogProbs).sum([(-1)]);

    /// <summary>KL(this ‖ other) in nats, per value.</summary>
    public Tensor KlTo(Categorical other) => (LogProbs.exp() * (LogProbs - other.LogProbs)).sum([(-1)]);
}

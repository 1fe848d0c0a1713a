namespace Likeness;

/// <summary>Values 0 or 1; any x between is scored with the same formula, as a cross-entropy.</summary>
/// <param name="logits">log p − log(1 − p), finite, of each value.</param>
public sealed class Bernoulli(Tensor logits) : Density, IFiniteDensity
{
    /// <summary>The probability of a 1.</summary>
    public Tensor Mean => logits.sigmoid();

    /// <summary>Of 0 and of 1.</summary>
    public Tensor LogProbs => torch.stack([(-logits).log_sigmoid(), logits.log_sigmoid()], -1);

    /// <summary>x·log p + (1 − x)·log(1 − p) = x·l + log σ(−l), which is exact for logits of any size.</summary>
    public override Tensor LogProb(Tensor x) => x * logits + (-logits).log_sigmoid();

    public override Tensor Sample(Rng rng)
    {
        using var noGrad = torch.no_grad();
        return rng.Bernoulli(Mean);
    }

    /// <summary>The logit of each variable's frequency in bits [n, …], smoothed so that one that never changes stays finite.</summary>
    internal static Tensor MarginalLogits(Tensor x)
    {
        var p = (x.sum([0]) + 0.5) / (x.shape[0] + 1.0);
        return (p / (1 - p)).log();
    }

    /// <summary>In nats, per value.</summary>
    public Tensor Entropy() => -LogProb(Mean);

    /// <summary>KL(this ‖ other) in nats, per value.</summary>
    public Tensor KlTo(Bernoulli other) => LogProb(Mean) - other.LogProb(Mean);
}

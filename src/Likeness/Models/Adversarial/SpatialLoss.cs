namespace Likeness;

/// <summary>How far a mask M̂ is from the true one M.</summary>
/// <param name="Name">The name in options.</param>
/// <param name="Of">Of the logits of M̂ and of M: a sum over all pixels.</param>
[JsonConverter(typeof(SpatialLossChoice))]
public sealed record SpatialLoss(string Name, Func<Tensor, Tensor, Tensor> Of)
{
    /// <summary>‖M̂ − M‖₁. Least for the median: a pixel that is more often outside of the patches than in them is best called outside, until the patches tell otherwise.</summary>
    public static SpatialLoss Absolute { get; } = new("absolute", (logits, m) => (logits.sigmoid() - m).abs().sum());

    /// <summary>−Σ M log M̂ + (1 − M) log(1 − M̂). Least for the probability, and its slope does not vanish where M̂ is sure and wrong.</summary>
    public static SpatialLoss CrossEntropy { get; } = new("cross-entropy", (logits, m) => (logits.softplus() - m * logits).sum());

    public override string ToString() => Name;
}

internal sealed class SpatialLossChoice() : NamedChoice<SpatialLoss>("spatial loss", l => l.Name, SpatialLoss.CrossEntropy, SpatialLoss.Absolute);

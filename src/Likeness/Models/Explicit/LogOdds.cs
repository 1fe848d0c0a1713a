namespace Likeness;

/// <summary>
/// Distributions over k values as k − 1 free numbers each, the log-odds against the first value:
/// <code>θ_v = log p(v) − log p(0),  v = 1 … k − 1</code>
/// so that a model stores exactly as many numbers as it has free parameters.
/// </summary>
internal static class LogOdds
{
    /// <summary>Normalised log-probabilities [..., k] in nats, from log-odds [..., k − 1].</summary>
    public static Tensor LogProbs(Tensor odds) => torch.nn.functional.pad(odds, [1, 0]).log_softmax(-1);

    /// <summary>Log-odds [m, k − 1], in double precision, of the estimates p(v) = (c_v + prior/k) / (Σc + prior).</summary>
    /// <param name="counts">How often each value was seen, [m, k].</param>
    /// <param name="prior">Pseudo-count of each distribution, spread evenly over its values; above 0.</param>
    public static Tensor FromCounts(Tensor counts, double prior)
    {
        var k = counts.shape[1];
        var log = (counts.to(ScalarType.Float64) + (prior / k)).log();
        return log.narrow(1, 1, k - 1) - log.narrow(1, 0, 1);
    }
}

namespace Likeness;

/// <summary>Σ_k softmax(logits)_k · N(mean_k, exp(2·logStd_k)) for each value.</summary>
/// <param name="logits">Unnormalised log-weights [..., k]; values have the shape without k.</param>
/// <param name="means">[..., k].</param>
/// <param name="logStds">[..., k].</param>
public sealed class MixtureOfNormals(Tensor logits, Tensor means, Tensor logStds) : Density
{
    public override Tensor LogProb(Tensor x) =>
        (logits.log_softmax(-1) + new Normal(means, logStds).LogProb(x.unsqueeze(-1))).logsumexp(-1);

    /// <summary>Without gradients.</summary>
    public override Tensor Sample(Rng rng)
    {
        using var noGrad = torch.no_grad();
        var (mean, logStd) = Mixtures.Pick(logits, means, logStds, rng);
        return new Normal(mean, logStd).Sample(rng);
    }
}

/// <summary>Σ_k softmax(logits)_k · Laplace(mean_k, exp(logScale_k)) for each value.</summary>
/// <param name="logits">Unnormalised log-weights [..., k]; values have the shape without k.</param>
/// <param name="means">[..., k].</param>
/// <param name="logScales">[..., k].</param>
public sealed class MixtureOfLaplacians(Tensor logits, Tensor means, Tensor logScales) : Density
{
    public override Tensor LogProb(Tensor x)
    {
        var distance = ((x.unsqueeze(-1) - means) * (-logScales).exp()).abs();
        return (logits.log_softmax(-1) - distance - logScales - Math.Log(2)).logsumexp(-1);
    }

    /// <summary>Without gradients.</summary>
    public override Tensor Sample(Rng rng)
    {
        using var noGrad = torch.no_grad();
        var (mean, logScale) = Mixtures.Pick(logits, means, logScales, rng);
        return mean + logScale.exp() * Noise.Laplace(mean, rng);
    }
}

/// <summary>What mixtures share.</summary>
internal static class Mixtures
{
    /// <summary>The mean and the scale of a component drawn for each value.</summary>
    public static (Tensor Mean, Tensor Scale) Pick(Tensor logits, Tensor means, Tensor scales, Rng rng)
    {
        var component = new Categorical(logits).Sample(rng).unsqueeze(-1);
        return (means.gather(-1, component).squeeze(-1), scales.gather(-1, component).squeeze(-1));
    }
}

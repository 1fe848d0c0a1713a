using Likeness.Core;
using Likeness.Torch;

namespace Likeness.Densities;

/// <summary>Σ_k softmax(logits)_k · N(mean_k, exp(2·logStd_k)) for each value.</summary>
/// <param name="logits">Unnormalised log-weights [..., k]; values have the shape without k.</param>
/// <param name="means">[..., k].</param>
/// <param name="logStds">[..., k].</param>
public sealed class MixtureOfNormals(Tensor logits, Tensor means, Tensor logStds) : Density
{
    public override Tensor LogProb(Tensor x) =>
        (logits.LogSoftmax(-1) + new Normal(means, logStds).LogProb(x.Unsqueeze(-1))).Logsumexp(-1);

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
        var distance = ((x.Unsqueeze(-1) - means) * (-logScales).Exp()).Abs();
        return (logits.LogSoftmax(-1) - distance - logScales - Math.Log(2)).Logsumexp(-1);
    }

    /// <summary>Without gradients.</summary>
    public override Tensor Sample(Rng rng)
    {
        using var noGrad = torch.no_grad();
        var (mean, logScale) = Mixtures.Pick(logits, means, logScales, rng);
        return mean + logScale.Exp() * Noise.Laplace(mean, rng);
    }
}

/// <summary>What mixtures share.</summary>
internal static class Mixtures
{
    /// <summary>The mean and the scale of a component drawn for each value.</summary>
    public static (Tensor Mean, Tensor Scale) Pick(Tensor logits, Tensor means, Tensor scales, Rng rng)
    {
        var component = new Categorical(logits).Sample(rng).Unsqueeze(-1);
        return (means.Gather(-1, component).Squeeze(-1), scales.Gather(-1, component).Squeeze(-1));
    }
}

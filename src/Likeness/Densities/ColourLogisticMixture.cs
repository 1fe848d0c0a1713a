namespace Likeness;

/// <summary>
/// Pixels of red, green and blue levels under one mixture of discretized logistics per pixel, in which green's mean follows red and
/// blue's follows both (Salimans et al. 2017, equation 3). Channels and components are the last two dimensions.
/// </summary>
/// <param name="logits">Unnormalised log-weights [..., k].</param>
/// <param name="means">[..., 3, k], on [−1, 1].</param>
/// <param name="logScales">[..., 3, k].</param>
/// <param name="coefficients">[..., 3, k]: green ← red, blue ← red, blue ← green, each through tanh.</param>
/// <param name="levels">Number of levels of each channel.</param>
public sealed class ColourLogisticMixture(Tensor logits, Tensor means, Tensor logScales, Tensor coefficients, int levels = 256)
{
    private readonly Bins _bins = new(levels);

    /// <summary>The log-probability of each pixel, in nats [...].</summary>
    /// <param name="x">Levels [..., 3].</param>
    public Tensor LogProb(Tensor x)
    {
        x = x.to(means.dtype);
        var place = _bins.Place(x).unsqueeze(-1); // [..., 3, 1]
        var c = coefficients.tanh();
        var (red, green) = (place.narrow(-2, 0, 1), place.narrow(-2, 1, 1)); // [..., 1, 1]
        var (toGreen, toBlue) = (c.narrow(-2, 0, 1) * red, c.narrow(-2, 1, 1) * red + c.narrow(-2, 2, 1) * green);
        var shifted = means + torch.cat([toGreen * 0, toGreen, toBlue], -2);
        var parts = new DiscretizedLogistic(shifted, logScales, levels).LogProb(x.unsqueeze(-1)).sum([(-2)]); // [..., k]
        return (logits.log_softmax(-1) + parts).logsumexp(-1);
    }

    /// <summary>Levels [..., 3], without gradients.</summary>
    public Tensor Sample(Rng rng)
    {
        using var noGrad = torch.no_grad();
        var component = new Categorical(logits).Sample(rng).unsqueeze(-1).unsqueeze(-1); // [..., 1, 1]
        var pick = component.expand([.. means.shape[..^1], 1]);
        Tensor Of(Tensor all, int channel) => all.gather(-1, pick).squeeze(-1).select(-1, channel); // [...]
        Tensor Draw(Tensor mean, int channel) => new DiscretizedLogistic(mean, Of(logScales, channel), levels).Sample(rng);
        var c = coefficients.tanh();
        var red = Draw(Of(means, 0), 0);
        var green = Draw(Of(means, 1) + Of(c, 0) * _bins.Place(red), 1);
        var blue = Draw(Of(means, 2) + Of(c, 1) * _bins.Place(red) + Of(c, 2) * _bins.Place(green), 2);
        return torch.stack([red, green, blue], -1);
    }
}

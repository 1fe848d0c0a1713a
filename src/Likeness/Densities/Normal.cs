namespace Likeness;

/// <summary>N(mean, exp(2·logStd)) for each value.</summary>
/// <param name="mean">μ.</param>
/// <param name="logStd">log σ, of a shape that broadcasts with the mean's.</param>
public sealed class Normal(Tensor mean, Tensor logStd) : Density
{
    /// <summary>½ log 2π.</summary>
    internal const double HalfLogTwoPi = 0.91893853320467274178;

    public Tensor Mean => mean;

    public Tensor LogStd => logStd;

    public override Tensor LogProb(Tensor x) => ((x - mean) * (-logStd).exp()).square() * -0.5 - logStd - HalfLogTwoPi;

    /// <summary>μ + σ·ε: gradients reach the mean and the deviation (Kingma and Welling 2014).</summary>
    public override Tensor Sample(Rng rng)
    {
        var deviation = logStd.exp();
        return mean + deviation * Noise.Like(mean, deviation, rng);
    }

    /// <summary>In nats, per value.</summary>
    public Tensor Entropy() => logStd + (0.5 + HalfLogTwoPi);

    /// <summary>KL(this ‖ N(0, 1)) in nats, per value.</summary>
    public Tensor KlToStandard() => 0.5 * (mean.square() + (2 * logStd).exp() - 1) - logStd;

    /// <summary>KL(this ‖ other) in nats, per value.</summary>
    public Tensor KlTo(Normal other) =>
        other.LogStd - logStd + 0.5 * (((mean - other.Mean) * (-other.LogStd).exp()).square() + (2 * (logStd - other.LogStd)).exp() - 1);
}

/// <summary>Raw draws in the shape and type that a density needs.</summary>
internal static class Noise
{
    /// <summary>Standard Normal draws in the shape to which both tensors broadcast.</summary>
    public static Tensor Like(Tensor a, Tensor b, Rng rng)
    {
        using var noGrad = torch.no_grad();
        var shape = a.shape.SequenceEqual(b.shape) ? a : a + b;
        return rng.Normal(shape.shape).to(shape.dtype);
    }

    /// <summary>A draw from the standard logistic distribution for each value.</summary>
    public static Tensor Logistic(Tensor like, Rng rng)
    {
        using var noGrad = torch.no_grad();
        // Away from 0 and 1 by half of fp32's spacing of uniform draws: the logits stay finite.
        var u = rng.Uniform(like.shape).clamp(1 / 33554432.0, 1 - 1 / 16777216.0).to(like.dtype);
        return u.log() - (1 - u).log();
    }

    /// <summary>A draw from Laplace(0, 1) for each value.</summary>
    public static Tensor Laplace(Tensor like, Rng rng)
    {
        using var noGrad = torch.no_grad();
        var u = rng.Uniform(like.shape).clamp(1 / 33554432.0, 1 - 1 / 16777216.0).to(like.dtype) - 0.5;
        return -u.sign() * (-2 * u.abs()).log1p();
    }
}

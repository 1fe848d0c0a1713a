namespace Likeness;

/// <summary>
/// Levels 0 … K − 1 (bytes unless said) with the probability that a Normal distribution gives to each level's bin: the decoder of
/// Ho et al. 2020, equation 13. The mean and the deviation are on [−1, 1], where the levels lie at 2x/(K − 1) − 1.
/// </summary>
/// <param name="mean">μ of each value.</param>
/// <param name="logStd">log σ of each value, of a shape that broadcasts with the mean's; below −20 it acts as −20 and above 60 as 60, so squares stay finite.</param>
/// <param name="levels">K.</param>
public sealed class DiscretizedNormal(Tensor mean, Tensor logStd, int levels = 256) : Density
{
    private readonly Bins _bins = new(levels);

    /// <param name="x">Whole numbers 0 … K − 1, in any element type.</param>
    public override Tensor LogProb(Tensor x)
    {
        var type = mean.dtype;
        x = x.to(type);
        // Beyond e^60 all levels are alike, and in single precision 1/σ would soon be 0.
        var inverse = (-logStd.clamp(-20, 60)).exp() * _bins.Width; // 1/σ in levels
        var middle = (x - _bins.Centre(mean)) * inverse;
        var half = inverse * 0.5;
        var (lower, upper) = (Bins.HasLower(x, type), _bins.HasUpper(x, type));
        return NormalTails.LogBin(middle, half) * (lower * upper)
            + NormalTails.LogCdf(middle + half) * (1 - lower)
            + NormalTails.LogCdf(half - middle) * (1 - upper);
    }

    /// <summary>Levels, without gradients.</summary>
    public override Tensor Sample(Rng rng)
    {
        using var noGrad = torch.no_grad();
        return _bins.Level(new Normal(mean, logStd).Sample(rng));
    }
}

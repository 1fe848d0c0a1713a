namespace Likeness;

/// <summary>
/// Levels 0 … K − 1 (bytes unless said) with the probability that a logistic distribution gives to each level's bin. The mean and
/// the scale are on [−1, 1], where the levels lie at 2x/(K − 1) − 1.
/// </summary>
/// <param name="mean">μ of each value.</param>
/// <param name="logScale">log s of each value; below −7 it acts as −7, which keeps gradients alive.</param>
/// <param name="levels">K.</param>
public sealed class DiscretizedLogistic(Tensor mean, Tensor logScale, int levels = 256) : Density, IFiniteDensity
{
    private const double Narrow = 1e-3;

    private readonly Bins _bins = new(levels);

    /// <summary>Of each level, [..., K].</summary>
    public Tensor LogProbs => new DiscretizedLogistic(mean.unsqueeze(-1), logScale.unsqueeze(-1), levels)
        .LogProb(torch.arange(0, levels, 1, mean.dtype, mean.device));

    /// <param name="x">Whole numbers 0 … K − 1, in any element type.</param>
    public override Tensor LogProb(Tensor x)
    {
        var type = mean.dtype;
        x = x.to(type);
        var scale = logScale.clamp_min(-7);
        var inverse = (-scale).exp() * _bins.Width; // 1/s in levels
        var distance = x - _bins.Centre(mean);
        var (lower, upper) = (Bins.HasLower(x, type), _bins.HasUpper(x, type));

        // σ(b) − σ(a) = σ(b)·σ(−a)·(1 − e^(a−b)) where b − a is the bin's width: no cancellation however far out or narrow
        // the bin is. The outermost levels have only one edge: P(0) = σ(b), P(K − 1) = σ(−a).
        var insideUpper = ((distance + 0.5) * inverse).log_sigmoid() * upper;
        var insideLower = ((0.5 - distance) * inverse).log_sigmoid() * lower;
        return insideUpper + insideLower + LogWidth(inverse, scale) * (lower * upper);
    }

    // log(1 − e^−w), which is log w − w/2 to rounding for small w: it stays finite where a scale is so great that w is 0, so a step of training that leads there
    // can be taken back. Scales are seldom so great, and to look costs less than to choose.
    private Tensor LogWidth(Tensor inverse, Tensor scale) => inverse.device_type == TorchSharp.DeviceType.CPU && inverse.numel() > 0 && inverse.detach().min().ToDouble() > Narrow
        ? (-(-inverse).expm1()).log()
        : torch.where(inverse > Narrow, (-(-inverse.clamp_min(Narrow)).expm1()).log(), Math.Log(_bins.Width) - scale - 0.5 * inverse);

    /// <summary>Levels, without gradients.</summary>
    public override Tensor Sample(Rng rng)
    {
        using var noGrad = torch.no_grad();
        return _bins.Level(mean + logScale.clamp_min(-7).exp() * Noise.Logistic(mean, rng));
    }
}

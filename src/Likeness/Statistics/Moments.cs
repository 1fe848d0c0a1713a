namespace Likeness;

/// <summary>The mean and the deviation of each column of numbers.</summary>
internal static class Moments
{
    /// <summary>Of rows [n, d]; a column that does not differ among them says nothing: its deviation is 1, so it is only centred.</summary>
    public static (Tensor Mean, Tensor Deviation) Of(Tensor rows)
    {
        var mean = rows.mean([0]);
        var variance = (rows - mean).square().mean([0]);
        return (mean, torch.where(variance.gt(1e-12), variance, variance.zeros_like() + 1).sqrt());
    }
}

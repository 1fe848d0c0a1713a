namespace Likeness;

/// <summary>
/// How often an example is in the bootstrap sample of each member of an ensemble. The number follows from the example itself, so it is the same whenever
/// the example comes; resampling n of n is Poisson(1) for each where n is large (Oza and Russell 2001).
/// </summary>
internal static class BootstrapShare
{
    // So many periods in a unit that near examples are drawn independently of each other.
    private const double Periods = 100;

    // Above six times in one sample are 8 of 100,000.
    private const int Most = 6;

    /// <summary>What numbers follow by, [inputs, members].</summary>
    public static Tensor Directions(int inputs, int members, Rng rng) => new Init.Normal(Periods).Make(rng, inputs, members);

    /// <summary>The shares [members, n] of standardised examples [n, inputs].</summary>
    public static Tensor Of(Tensor examples, Tensor directions)
    {
        using var noGrad = torch.no_grad();
        // Not as a product of matrices, whose precision the training may choose.
        var place = (examples.unsqueeze(2) * directions).sum([1]);
        var uniform = (place - place.floor()).t();
        var (share, chance, below) = (torch.zeros_like(uniform), Math.Exp(-1), 0.0);
        for (var k = 1; k <= Most; k++)
        {
            below += chance;
            share += uniform.gt(below).to(uniform.dtype);
            chance /= k;
        }

        return share;
    }
}

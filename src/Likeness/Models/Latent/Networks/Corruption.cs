namespace Likeness;

/// <summary>How examples are corrupted before an autoencoder sees them in training; it must reconstruct the clean ones.</summary>
public abstract record Corruption
{
    private Corruption() { }

    /// <summary>Corrupted values [n, d], given clean ones.</summary>
    public abstract Tensor Of(Tensor x, Rng rng);

    /// <summary>No corruption.</summary>
    [Kind("none")]
    public sealed record None : Corruption
    {
        public override Tensor Of(Tensor x, Rng rng) => x;
    }

    /// <summary>A random share of the values is set to zero (Vincent et al. 2008).</summary>
    /// <param name="Probability">Share of the values that is set to zero.</param>
    [Kind("masking")]
    public sealed record Masking([property: AtLeast(0, Below = 1)] double Probability = 0.25) : Corruption
    {
        // The mask keeps the mean of what it lets through; here values keep their size.
        public override Tensor Of(Tensor x, Rng rng) => x * (rng.DropoutMask(1 - Probability, x.shape) * (1 - Probability)).to(x.dtype);
    }

    /// <summary>Noise N(0, <paramref name="Deviation"/>²) is added (Vincent et al. 2010).</summary>
    /// <param name="Deviation">Standard deviation of the noise, in units of the values, which are scaled to 0 … 1 for bits and bytes.</param>
    [Kind("gaussian")]
    public sealed record Noise([property: AtLeast(0)] double Deviation = 0.3) : Corruption
    {
        public override Tensor Of(Tensor x, Rng rng) => x + Deviation * rng.Normal(x.shape).to(x.dtype);
    }
}

using System.Text.Json.Serialization;

namespace Likeness;

/// <summary>What is done to an example before an autoencoder sees it in training; it must put out the clean one.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(None), "none")]
[JsonDerivedType(typeof(Masking), "masking")]
[JsonDerivedType(typeof(Noise), "gaussian")]
public abstract record Corruption
{
    private Corruption() { }

    /// <summary>Corrupted values [n, d], given clean ones.</summary>
    public abstract Tensor Of(Tensor x, Rng rng);

    /// <summary>The exception of a strength that makes no sense.</summary>
    private static UsageException NotAllowed(string what, double value, string allowed) =>
        new($"The corruption's {what} cannot be {value}: it must be {allowed}.");

    /// <summary>Nothing.</summary>
    public sealed record None : Corruption
    {
        public override Tensor Of(Tensor x, Rng rng) => x;
    }

    /// <summary>A share <paramref name="Probability"/> of the values, others every time, is set to zero (Vincent et al. 2008).</summary>
    public sealed record Masking(double Probability = 0.25) : Corruption
    {
        public double Probability { get; } = Probability is >= 0 and < 1 ? Probability : throw NotAllowed("probability", Probability, "at least 0 and below 1");

        // The mask keeps the mean of what it lets through; here values keep their size.
        public override Tensor Of(Tensor x, Rng rng) => x * (rng.DropoutMask(1 - Probability, x.shape) * (1 - Probability)).to(x.dtype);
    }

    /// <summary>Noise N(0, <paramref name="Deviation"/>²) is added (Vincent et al. 2010).</summary>
    public sealed record Noise(double Deviation = 0.3) : Corruption
    {
        public double Deviation { get; } = Deviation >= 0 ? Deviation : throw NotAllowed("deviation", Deviation, "at least 0, in units of the values, which for bits and bytes are on 0 … 1");

        public override Tensor Of(Tensor x, Rng rng) => x + Deviation * rng.Normal(x.shape).to(x.dtype);
    }
}

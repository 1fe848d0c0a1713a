namespace Likeness;

/// <summary>Functions that TorchSharp's <c>torch.special</c> lacks.</summary>
public static class Special
{
    /// <summary>log Φ(x), the logarithm of the standard Normal's distribution function; exact far into the tails.</summary>
    public static Tensor LogNdtr(Tensor x) => StableAbi.LogNdtr(x);
}

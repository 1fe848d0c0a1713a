namespace Likeness;

/// <summary>Values that come from outside and are not predicted: they cost nothing, and where nobody gives them they are zero.</summary>
/// <param name="zeros">In the shape of the values.</param>
public sealed class Given(Tensor zeros) : Density
{
    public override Tensor LogProb(Tensor x) => zeros;

    public override Tensor Sample(Rng rng) => zeros;
}

namespace Likeness;

/// <summary>The density of offset + scale·y for y from another density.</summary>
/// <param name="standard">Of y.</param>
/// <param name="offset">Of a shape that broadcasts with the values'.</param>
/// <param name="scale">Positive, likewise.</param>
public sealed class Shifted(Density standard, Tensor offset, Tensor scale) : Density
{
    public override Tensor LogProb(Tensor x) => standard.LogProb((x - offset) / scale) - scale.log();

    public override Tensor Sample(Rng rng) => offset + scale * standard.Sample(rng);
}

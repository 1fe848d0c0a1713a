namespace Likeness;

/// <summary>Can say how surprising each column of an example is, where it knows no exact conditionals.</summary>
public interface IColumnwise
{
    /// <summary>What each value of an example costs, in nats, [n, d]; the higher, the more surprising. Random where the model's bound is.</summary>
    /// <param name="x">Examples [n, d].</param>
    /// <param name="rng">Where draws come from.</param>
    Tensor ColumnSurprise(Tensor x, Rng rng);
}

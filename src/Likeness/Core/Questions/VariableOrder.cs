namespace Likeness;

/// <summary>The order in which an autoregressive model predicts the variables.</summary>
public abstract record VariableOrder
{
    private VariableOrder() { }

    /// <summary>The variables' indices, first predicted first.</summary>
    public abstract int[] Indices(int dimensions);

    /// <summary>As they lie in memory: rows of an image from top to bottom.</summary>
    [Kind("raster")]
    public sealed record Raster : VariableOrder
    {
        public override int[] Indices(int dimensions) => [.. Enumerable.Range(0, dimensions)];
    }

    /// <summary>One random order, the same for the same seed.</summary>
    /// <param name="Seed">Seed of the random order.</param>
    [Kind("random")]
    public sealed record Random([property: AtLeast(0)] int Seed = 0) : VariableOrder
    {
        public override int[] Indices(int dimensions)
        {
            var order = Enumerable.Range(0, dimensions).ToArray();
            new System.Random(Seed).Shuffle(order);
            return order;
        }
    }
}

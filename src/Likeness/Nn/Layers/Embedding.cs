namespace Likeness;

/// <summary>A learned vector per index: int64 [n, …] to [n, …, features]; parameter weight [count, features] as in PyTorch.</summary>
public sealed class Embedding : Layer
{
    private readonly Tensor _weight;

    /// <param name="count">Indices are 0 … count − 1.</param>
    /// <param name="features">Size of one vector.</param>
    /// <param name="rng">Where initial values are drawn; its device holds the parameters.</param>
    /// <param name="weight">How the vectors start; N(0, 1) unless said.</param>
    public Embedding(int count, int features, Rng rng, Init? weight = null) =>
        _weight = Parameter("weight", (weight ?? new Init.Normal(1)).Make(rng, count, features));

    /// <summary>Rows of a table [count, features]: int64 [n, …] to [n, …, features].</summary>
    public static Tensor Lookup(Tensor table, Tensor indices) =>
        table.index_select(0, indices.reshape(-1)).reshape([.. indices.shape, table.size(1)]);

    protected override Tensor Forward(Tensor x, Rng? rng) => Lookup(_weight, x);
}

/// <summary>
/// Sines and cosines of a time at frequencies that fall geometrically from 1 to 1/10000: times [n] to [n, features]
/// (Vaswani et al. 2017, in the order of Ho et al. 2020: sines, then cosines).
/// </summary>
public sealed class SinusoidalEmbedding : Layer
{
    private readonly int _half;

    /// <exception cref="ArgumentException">The features are not an even number from 4.</exception>
    public SinusoidalEmbedding(int features) => _half = features >= 4 && features % 2 == 0
        ? features / 2
        : throw new ArgumentException($"A sinusoidal embedding cannot have {features} features: choose an even number from 4.", nameof(features));

    protected override Tensor Forward(Tensor x, Rng? rng)
    {
        var frequencies = torch.arange(0, _half, ScalarType.Float32, x.device).mul_(-Math.Log(10000) / (_half - 1)).exp();
        var angles = x.to(ScalarType.Float32).unsqueeze(1) * frequencies; // [n, features/2]
        return torch.cat([angles.sin(), angles.cos()], 1);
    }
}

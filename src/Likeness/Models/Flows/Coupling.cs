namespace Likeness;

/// <summary>
/// Bends one half of the variables by functions whose parameters a network computes from the other half, which stays as it is
/// (Dinh et al. 2017, equations 4 and 5). Halves are the variables of even and of odd places, in turn from layer to layer.
/// </summary>
internal abstract class Coupling : Transform
{
    private readonly Sequential _network;
    private readonly int _dimensions, _kept, _parametersPerVariable;
    private readonly Tensor _back;

    /// <param name="dimensions">Variables, at least 2.</param>
    /// <param name="layer">Even layers keep the even places.</param>
    /// <param name="hidden">Units of each hidden layer of the network.</param>
    /// <param name="parametersPerVariable">Of the functions that bend.</param>
    /// <param name="rng">Where initial weights are drawn.</param>
    protected Coupling(int dimensions, int layer, IReadOnlyList<int> hidden, int parametersPerVariable, Rng rng)
    {
        (_dimensions, _kept, _parametersPerVariable) = (dimensions, layer % 2, parametersPerVariable);
        var kept = (dimensions - _kept + 1) / 2;
        Bent = dimensions - kept;

        // The same function for all examples at first.
        var last = hidden.Count > 0 ? hidden[^1] : kept;
        _network = Add("network", new Sequential([.. HiddenLayers.Rectified(kept, hidden, rng), new Linear(last, Bent * parametersPerVariable, rng, Init.Zeros, Init.Zeros)]));

        // Where each variable lies when the kept half is followed by the bent one.
        long Place(int i) => i % 2 == _kept ? i / 2 : kept + (i / 2);
        _back = Buffer("back", Tensor.From(Enumerable.Range(0, dimensions).Select(Place).ToArray(), dimensions).to(rng.Device));
    }

    /// <summary>How many variables are bent.</summary>
    protected int Bent { get; }

    public sealed override (Tensor Z, Tensor LogDeterminant) Forward(Tensor x)
    {
        var (kept, bent) = (Half(x, _kept), Half(x, 1 - _kept));
        var (z, logSlope) = Bend(bent, Parameters(kept));
        return (torch.cat([kept, z], 1).index_select(1, _back), logSlope.sum([1]));
    }

    public sealed override Tensor Inverse(Tensor z)
    {
        var (kept, bent) = (Half(z, _kept), Half(z, 1 - _kept));
        return torch.cat([kept, Unbend(bent, Parameters(kept))], 1).index_select(1, _back);
    }

    /// <summary>The bent values and the logarithms of the slopes, [n, m], for values [n, m] and parameters [n, m, k].</summary>
    protected abstract (Tensor Z, Tensor LogSlope) Bend(Tensor x, Tensor parameters);

    /// <summary>The way back.</summary>
    protected abstract Tensor Unbend(Tensor z, Tensor parameters);

    private Tensor Half(Tensor x, int first) => x.slice(1, first, _dimensions, 2);

    private Tensor Parameters(Tensor kept) => _network.Call(kept).to(kept.dtype).reshape(kept.shape[0], Bent, _parametersPerVariable);
}

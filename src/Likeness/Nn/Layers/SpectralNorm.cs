namespace Likeness;

/// <summary>
/// A layer's weight divided by its largest singular value, so the layer's slope is at most one (Miyato et al. 2018). The value is
/// followed by power iteration, one for each call while training (algorithm 1). The learned tensor is weight_orig, and the iteration's
/// vectors are the buffers weight_u and weight_v, as with PyTorch's torch.nn.utils.spectral_norm.
/// </summary>
internal sealed class SpectralNorm
{
    // A weight of zeros has no direction.
    private const double Epsilon = 1e-12;

    // Random vectors say nothing of the largest value; before the first step they are brought near.
    private const int FirstIterations = 15;

    private readonly Tensor _weight, _u, _v;

    /// <param name="weight">The learned weight [outputs, …].</param>
    /// <param name="buffer">Adds a tensor that is saved with the layer.</param>
    /// <param name="rng">Where the first vectors are drawn.</param>
    public SpectralNorm(Tensor weight, Func<string, Tensor, Tensor> buffer, Rng rng)
    {
        using var noGrad = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        _weight = weight;
        _u = buffer("weight_u", Unit(rng.Normal(weight.size(0))));
        _v = buffer("weight_v", Unit(rng.Normal(weight.numel() / weight.size(0))));
        for (var i = 0; i < FirstIterations; i++)
        {
            Iterate();
        }
    }

    /// <summary>W/σ(W), with a gradient for W; the vectors count as constants.</summary>
    /// <param name="training">Whether the vectors move on first.</param>
    public Tensor Weight(bool training)
    {
        // Copies: the next call moves the buffers on, and this call's graph still needs these.
        var (u, v) = training ? Iterate() : (_u, _v);
        return _weight / (u * (Matrix * v).sum([1])).sum();
    }

    // Sums of products, not a matrix product: it would be rounded where training uses reduced precision.
    private (Tensor U, Tensor V) Iterate()
    {
        using var noGrad = torch.no_grad();
        var matrix = Matrix.detach();
        var v = Unit((matrix * _u.unsqueeze(1)).sum([0]));
        var u = Unit((matrix * v).sum([1]));
        _u.copy_(u);
        _v.copy_(v);
        return (u, v);
    }

    private Tensor Matrix => _weight.flatten(1); // [outputs, inputs·k·k]

    private static Tensor Unit(Tensor x) => x / x.square().sum().sqrt().clamp_min(Epsilon);
}

namespace Likeness;

/// <summary>x + f(x) for a layer f of the same shape in and out (He et al. 2016); the layer's name is "block".</summary>
public sealed class Residual : Layer
{
    private readonly Layer _block;

    public Residual(Layer block) => _block = Add("block", block);

    protected override Tensor Forward(Tensor x, Rng? rng) => x + _block.Call(x, rng);
}

/// <summary>
/// The residual block of Ho et al. 2020 over [n, inputs, h, w], conditioned by an embedding [n, features]: normalise, SiLU,
/// convolve, add the embedding, normalise, SiLU, drop, convolve with weights that start at zero. Parts norm1, conv1, time, norm2,
/// conv2, and skip (a 1×1 convolution) where the channels change.
/// </summary>
public sealed class ResidualBlock : ConditionedLayer
{
    private readonly GroupNorm _norm1, _norm2;
    private readonly Conv2d _conv1, _conv2;
    private readonly Linear _time;
    private readonly Dropout _dropout;
    private readonly Conv2d? _skip;

    /// <param name="inputs">Channels in.</param>
    /// <param name="outputs">Channels out.</param>
    /// <param name="features">Size of the embedding.</param>
    /// <param name="rng">Where initial weights are drawn; its device holds the parameters.</param>
    /// <param name="groups">Of the group normalisation; must divide both channels.</param>
    /// <param name="dropout">Probability of a value being dropped before the last convolution.</param>
    public ResidualBlock(int inputs, int outputs, int features, Rng rng, int groups = 8, double dropout = 0.1)
    {
        _norm1 = Add("norm1", new GroupNorm(groups, inputs, rng));
        _conv1 = Add("conv1", new Conv2d(inputs, outputs, 3, rng, padding: 1));
        _time = Add("time", new Linear(features, outputs, rng));
        _norm2 = Add("norm2", new GroupNorm(groups, outputs, rng));
        _dropout = Add("dropout", new Dropout(dropout));
        _conv2 = Add("conv2", new Conv2d(outputs, outputs, 3, rng, padding: 1, weight: Init.Zeros, bias: Init.Zeros));
        _skip = inputs == outputs ? null : Add("skip", new Conv2d(inputs, outputs, 1, rng));
    }

    protected override Tensor Forward(Tensor x, Tensor condition, Rng? rng)
    {
        var h = _conv1.Call(_norm1.CallSilu(x));
        h += _time.Call(condition.silu()).unsqueeze(2).unsqueeze(3); // [n, outputs, 1, 1]
        h = _conv2.Call(_dropout.Call(_norm2.CallSilu(h), rng));
        return (_skip?.Call(x) ?? x) + h;
    }
}

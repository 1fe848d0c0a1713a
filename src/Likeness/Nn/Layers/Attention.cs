namespace Likeness;

/// <summary>
/// Self-attention over [n, tokens, features] with several heads (Vaswani et al. 2017); parameters in_proj_weight [3·features, features],
/// in_proj_bias, out_proj.weight, out_proj.bias as in PyTorch.
/// </summary>
public sealed class MultiheadAttention : Layer
{
    private readonly Tensor _weight, _bias;
    private readonly Linear _output;
    private readonly int _heads;
    private readonly bool _causal;

    /// <param name="features">Size of a token.</param>
    /// <param name="heads">Parts of the features that attend on their own.</param>
    /// <param name="rng">Where initial weights are drawn; its device holds the parameters.</param>
    /// <param name="causal">Whether a token attends to itself and to earlier ones only.</param>
    /// <exception cref="ArgumentException">The heads do not divide the features.</exception>
    public MultiheadAttention(int features, int heads, Rng rng, bool causal = false)
    {
        if (heads < 1 || features % heads != 0)
        {
            throw new ArgumentException($"{features} features do not fall into {heads} equal heads: choose heads that divide the features.", nameof(heads));
        }

        (_heads, _causal) = (heads, causal);
        _weight = Parameter("in_proj_weight", new Init.Xavier().Make(rng, 3 * features, features));
        _bias = Parameter("in_proj_bias", Init.Zeros.Make(rng, 3 * features));
        _output = Add("out_proj", new Linear(features, features, rng, bias: Init.Zeros));
    }

    protected override Tensor Forward(Tensor x, Rng? rng)
    {
        var (n, tokens, features) = (x.size(0), x.size(1), x.size(2));
        var width = features / _heads;
        var all = ExampleGradients.Linear(x, _weight, _bias).reshape(n, tokens, 3, _heads, width).permute(2, 0, 3, 1, 4); // [3, n, heads, tokens, width]
        var (q, k, v) = (all.select(0, 0), all.select(0, 1), all.select(0, 2));
        var scores = q.mul(1 / Math.Sqrt(width)).matmul(k.transpose(-2, -1)); // [n, heads, tokens, tokens]
        if (_causal)
        {
            var later = torch.ones([tokens, tokens], ScalarType.Bool, x.device).triu(1);
            scores = scores.masked_fill(later, double.NegativeInfinity);
        }

        return _output.Call(scores.softmax(-1).matmul(v).transpose(1, 2).reshape(n, tokens, features));
    }
}

/// <summary>
/// Self-attention between the places of an image [n, channels, height, width], added to it (Ho et al. 2020): group normalisation,
/// 1×1 convolutions to queries, keys and values, and a last one that starts at zero. Parts norm, qkv, out.
/// </summary>
public sealed class AttentionBlock : Layer
{
    private readonly GroupNorm _norm;
    private readonly Conv2d _qkv, _output;
    private readonly int _heads;

    /// <exception cref="ArgumentException">The heads or the groups do not divide the channels.</exception>
    public AttentionBlock(int channels, Rng rng, int heads = 1, int groups = 8)
    {
        if (heads < 1 || channels % heads != 0)
        {
            throw new ArgumentException($"{channels} channels do not fall into {heads} equal heads: choose heads that divide the channels.", nameof(heads));
        }

        _heads = heads;
        _norm = Add("norm", new GroupNorm(groups, channels, rng));
        _qkv = Add("qkv", new Conv2d(channels, 3 * channels, 1, rng));
        _output = Add("out", new Conv2d(channels, channels, 1, rng, weight: Init.Zeros, bias: Init.Zeros));
    }

    protected override Tensor Forward(Tensor x, Rng? rng)
    {
        var (n, channels, height, width) = (x.size(0), x.size(1), x.size(2), x.size(3));
        var perHead = channels / _heads;
        var all = _qkv.Call(_norm.Call(x)).reshape(n, 3, _heads, perHead, height * width).transpose(-2, -1); // [n, 3, heads, places, c]
        var mixed = torch.nn.functional.scaled_dot_product_attention(all.select(1, 0), all.select(1, 1), all.select(1, 2)).transpose(-2, -1).reshape(n, channels, height, width);
        return x + _output.Call(mixed);
    }
}

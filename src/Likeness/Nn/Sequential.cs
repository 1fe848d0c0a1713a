namespace Likeness;

/// <summary>
/// Layers one after the other, named "0", "1", … as in PyTorch. Neighbours that have a way to do both in less work do it: what comes
/// out is the same up to rounding, which TorchSharp's Sequential does not.
/// </summary>
public sealed class Sequential : Layer
{
    private readonly torch.nn.Module<Tensor, Tensor>[] _layers;

    public Sequential(params ReadOnlySpan<torch.nn.Module<Tensor, Tensor>> layers)
    {
        _layers = layers.ToArray();
        for (var i = 0; i < _layers.Length; i++)
        {
            Add(i.ToString(), _layers[i]);
        }
    }

    protected override Tensor Forward(Tensor x, Rng? rng)
    {
        for (var i = 0; i < _layers.Length; i++)
        {
            using var scope = torch.NewDisposeScope();
            if (_layers[i] is Upsample { IsNearestDouble: true } && At(i + 1) is IEnlarging enlarging)
            {
                var slope = (At(i + 2) as Activation)?.RectifierSlope;
                x = scope.MoveToOuter(enlarging.Enlarged(x, slope));
                i += slope is null ? 1 : 2;
            }
            else if (_layers[i] is IRectified affine && At(i + 1) is Activation { RectifierSlope: { } slope })
            {
                x = scope.MoveToOuter(affine.Rectified(x, slope));
                i++;
            }
            else
            {
                x = scope.MoveToOuter(_layers[i].Call(x, rng));
            }
        }

        return x;
    }

    private torch.nn.Module<Tensor, Tensor>? At(int i) => i < _layers.Length ? _layers[i] : null;
}

/// <summary>A layer that can do in one what it does with an image of which each pixel is repeated to twice the height and width.</summary>
internal interface IEnlarging
{
    /// <summary>The enlargement, the layer, and where <paramref name="slope"/> is not null the leaky rectifier of that slope.</summary>
    Tensor Enlarged(Tensor x, double? slope);
}

/// <summary>A layer that ends in a bias, and that can take the leaky rectifier behind it into the same pass over memory.</summary>
internal interface IRectified
{
    /// <summary>The layer and the rectifier.</summary>
    /// <param name="x">The input.</param>
    /// <param name="slope">Of the rectifier for negative values: from 0 up to 1.</param>
    Tensor Rectified(Tensor x, double slope);
}

/// <summary>A function without parameters as a layer, such as an activation; unlike TorchSharp's it may be any function, and says when a neighbour can take it over.</summary>
public sealed class Activation(Func<Tensor, Tensor> function) : Layer
{
    /// <summary>The slope for negative inputs of the leaky rectifier that this is; null where it is none.</summary>
    internal double? RectifierSlope { get; private init; }

    public static Activation Relu() => new(x => x.relu()) { RectifierSlope = 0 };

    /// <param name="slope">Slope for negative inputs.</param>
    public static Activation LeakyRelu(double slope = 0.2) => new(x => x.leaky_relu(slope)) { RectifierSlope = slope is >= 0 and <= 1 ? slope : null };

    public static Activation Tanh() => new(TanhFunction.Call);

    public static Activation Sigmoid() => new(x => x.sigmoid());

    public static Activation Silu() => new(x => x.silu());

    public static Activation Gelu() => new(x => x.gelu());

    public static Activation Elu() => new(x => x.elu());

    public static Activation Softplus() => new(x => x.softplus());

    protected override Tensor Forward(Tensor x, Rng? rng) => function(x);
}

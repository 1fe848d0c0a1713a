using Likeness.Torch;

namespace Likeness.Nn;

/// <summary>A module from one tensor to one tensor. What it makes on the way is freed when the call returns.</summary>
public abstract class Layer : Module
{
    /// <param name="x">The input.</param>
    /// <param name="rng">Where layers that draw (dropout) draw from while training; others ignore it.</param>
    public Tensor Call(Tensor x, Rng? rng = null)
    {
        using var scope = new TensorScope();
        return scope.Keep(Forward(x, rng));
    }

    protected abstract Tensor Forward(Tensor x, Rng? rng);
}

/// <summary>A module from a tensor and what it depends on (a time, a class, a caption) to one tensor.</summary>
public abstract class ConditionedLayer : Module
{
    /// <param name="x">The input.</param>
    /// <param name="condition">An embedding [n, features].</param>
    /// <param name="rng">Where layers that draw (dropout) draw from while training; others ignore it.</param>
    public Tensor Call(Tensor x, Tensor condition, Rng? rng = null)
    {
        using var scope = new TensorScope();
        return scope.Keep(Forward(x, condition, rng));
    }

    protected abstract Tensor Forward(Tensor x, Tensor condition, Rng? rng);
}

/// <summary>Layers one after the other, named "0", "1", … as in PyTorch.</summary>
public sealed class Sequential : Layer
{
    private readonly Layer[] _layers;

    public Sequential(params ReadOnlySpan<Layer> layers)
    {
        _layers = layers.ToArray();
        for (var i = 0; i < _layers.Length; i++)
        {
            Add(i.ToString(), _layers[i]);
        }
    }

    protected override Tensor Forward(Tensor x, Rng? rng)
    {
        foreach (var layer in _layers)
        {
            x = layer.Call(x, rng);
        }

        return x;
    }
}

/// <summary>A function without parameters as a layer, such as an activation.</summary>
public sealed class Activation(Func<Tensor, Tensor> function) : Layer
{
    public static Activation Relu() => new(x => x.Relu());

    /// <param name="slope">Slope for negative inputs.</param>
    public static Activation LeakyRelu(double slope = 0.2) => new(x => x.LeakyRelu(slope));

    public static Activation Tanh() => new(x => x.Tanh());

    public static Activation Sigmoid() => new(x => x.Sigmoid());

    public static Activation Silu() => new(x => x.Silu());

    public static Activation Gelu() => new(x => x.Gelu());

    public static Activation Elu() => new(x => x.Elu());

    public static Activation Softplus() => new(x => x.Softplus());

    protected override Tensor Forward(Tensor x, Rng? rng) => function(x);
}

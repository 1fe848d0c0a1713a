namespace Likeness;

/// <summary>What follows the hidden layers of a fully connected network, with the initial weights that suit it.</summary>
/// <param name="Name">The name in options.</param>
/// <param name="Layer">Makes the layer.</param>
/// <param name="Weights">Of the layers before it.</param>
/// <param name="Values">What it makes one value of: the layers before it have so many outputs for each unit.</param>
[JsonConverter(typeof(NonlinearityChoice))]
public sealed record Nonlinearity(string Name, Func<Layer> Layer, Init Weights, int Values = 1)
{
    public static Nonlinearity Tanh { get; } = new("tanh", Activation.Tanh, new Init.Xavier());

    public static Nonlinearity Relu { get; } = new("relu", Activation.Relu, new Init.Kaiming());

    public static Nonlinearity Sigmoid { get; } = new("sigmoid", Activation.Sigmoid, new Init.Xavier(4));

    /// <summary>a ⊙ σ(b) of two linear halves (Dauphin et al. 2017; Tomczak and Welling 2018 use them in VAEs, 300 and 300).</summary>
    public static Nonlinearity Gated { get; } = new("gated", () => new Activation(x => x.glu(1)), new Init.Xavier(), 2);

    public override string ToString() => Name;
}

internal sealed class NonlinearityChoice() : NamedChoice<Nonlinearity>("nonlinearity", n => n.Name, Nonlinearity.Tanh, Nonlinearity.Relu, Nonlinearity.Sigmoid, Nonlinearity.Gated);

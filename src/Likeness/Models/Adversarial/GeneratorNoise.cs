namespace Likeness;

/// <summary>What the noise of a generator is drawn from, each value for itself.</summary>
/// <param name="Name">The name in options.</param>
[JsonConverter(typeof(GeneratorNoiseChoice))]
public sealed record GeneratorNoise(string Name)
{
    /// <summary>Evenly from −1 … 1, as in Radford et al. 2016.</summary>
    public static GeneratorNoise Uniform { get; } = new("uniform");

    /// <summary>N(0, 1).</summary>
    public static GeneratorNoise Normal { get; } = new("normal");

    /// <summary>Draws [n, values].</summary>
    internal Tensor Draw(Rng rng, long count, int values) => this == Normal ? rng.Normal(count, values) : rng.Uniform(count, values) * 2 - 1;

    public override string ToString() => Name;
}

internal sealed class GeneratorNoiseChoice() : NamedChoice<GeneratorNoise>("noise of the generator", n => n.Name, GeneratorNoise.Uniform, GeneratorNoise.Normal);

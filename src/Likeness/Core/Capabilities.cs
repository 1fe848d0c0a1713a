using Likeness.Torch;

namespace Likeness.Core;

/// <summary>Can draw new examples.</summary>
public interface IGenerative
{
    /// <summary>New examples [count, …] in the data's shape and domain. The same generator state gives the same examples.</summary>
    Tensor Sample(int count, Rng rng);
}

/// <summary>Can draw new examples that fit a condition: a class, a caption, a code.</summary>
public interface IGenerative<in TCondition>
{
    /// <summary>New examples [count, …] in the data's shape and domain.</summary>
    Tensor Sample(TCondition condition, int count, Rng rng);
}

/// <summary>Knows how likely an example is, exactly.</summary>
public interface IDensity
{
    /// <summary>log p(x) in nats per example, [n]; a probability for discrete data, a density for real data.</summary>
    Tensor LogProb(Tensor x);
}

/// <summary>Knows a lower bound of how likely an example is.</summary>
public interface IBound
{
    /// <summary>A bound from below on log p(x), in nats per example, [n]. Random: its expectation is the bound.</summary>
    Tensor LogProbBound(Tensor x, Rng rng);
}

/// <summary>Has a posterior to draw latents from, so that its bound can be tightened by more draws (Burda et al. 2016).</summary>
public interface IImportanceWeighted : IBound
{
    /// <summary>log w = log p(x, z) − log q(z|x) for <paramref name="samples"/> draws z ~ q(z|x), [n, samples], nats.</summary>
    Tensor LogWeights(Tensor x, int samples, Rng rng);
}

/// <summary>Is a product of conditionals in a fixed order of the variables: p(x) = Π p(x_i | those before it).</summary>
public interface IAutoregressive : IDensity
{
    /// <summary>The variables (indices into the flattened example) in the order in which they are predicted.</summary>
    IReadOnlyList<int> Order { get; }

    /// <summary>The parameters of every conditional, [n, d, k], variable by variable of the flattened example.</summary>
    Tensor Conditionals(Tensor x);
}

/// <summary>Can turn an example into a code.</summary>
public interface IEncoder
{
    /// <summary>Codes [n, latent]; the mean where the code is a distribution.</summary>
    Tensor Encode(Tensor x);
}

/// <summary>Can turn a code into an example.</summary>
public interface IDecoder
{
    /// <summary>Examples [n, …] in the data's units (a mean: bytes and bits need not be whole).</summary>
    Tensor Decode(Tensor z);
}

/// <summary>Can encode and decode.</summary>
public interface IAutoencoder : IEncoder, IDecoder;

/// <summary>Decodes codes that have a distribution of their own, so that new examples are decoded draws from it.</summary>
public interface ILatentPrior : IDecoder
{
    /// <summary>Codes [count, latent] from the prior.</summary>
    Tensor SampleLatent(int count, Rng rng);
}

/// <summary>Knows the noise in a noisy example (Ho et al. 2020): the building stone of diffusion samplers.</summary>
public interface IDenoiser
{
    /// <summary>The noise schedule that it was trained with: ᾱ_t for t = 0 … T − 1, in double precision.</summary>
    IReadOnlyList<double> AlphaBar { get; }

    /// <summary>Clean examples have no value beyond ± this, in the model's units; infinite where they may have any.</summary>
    double Bound => double.PositiveInfinity;

    /// <summary>ε̂(x_t, t): the expected noise in x_t (in the model's units, roughly −1 … 1), for steps t [n] in 0 … T − 1.</summary>
    Tensor PredictNoise(Tensor xt, Tensor t);
}

/// <summary>The names of the questions, as people see them.</summary>
public static class Capabilities
{
    private static readonly (Type Type, string Name)[] s_all =
    [
        (typeof(IGenerative), "sample"),
        (typeof(IDensity), "exact log-likelihood"),
        (typeof(IImportanceWeighted), "importance-weighted bound"),
        (typeof(IBound), "bound on log-likelihood"),
        (typeof(IAutoregressive), "conditionals"),
        (typeof(IEncoder), "encode"),
        (typeof(IDecoder), "decode"),
        (typeof(IDenoiser), "denoise"),
    ];

    /// <summary>What a model of this type can be asked.</summary>
    public static IReadOnlyList<string> Of(Type model) => [.. s_all.Where(c => c.Type.IsAssignableFrom(model)).Select(c => c.Name)];
}

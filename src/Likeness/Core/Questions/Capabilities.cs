using System.Numerics;

namespace Likeness;

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

/// <summary>
/// Draws examples in two stages, what they show and then the noise of the observation, and can leave the second out. What it makes without is no
/// draw from the model's distribution, and looks better where the noise is independent from pixel to pixel.
/// </summary>
public interface INoiselessSampler
{
    /// <summary>The means of the examples [count, …] that <see cref="IGenerative.Sample"/> draws from the same state; in the data's shape and units, within its range.</summary>
    Tensor SampleMeans(int count, Rng rng);
}

/// <summary>The same of examples that fit a condition.</summary>
public interface INoiselessSampler<in TCondition>
{
    /// <summary>The means of the examples [count, …] that <see cref="IGenerative{TCondition}.Sample"/> draws from the same state.</summary>
    Tensor SampleMeans(TCondition condition, int count, Rng rng);
}

/// <summary>Can draw new examples in much less time than its sampler takes, less well: for pictures on the way.</summary>
public interface IQuickSampler : IGenerative
{
    /// <summary>New examples [count, …] in the data's shape and domain.</summary>
    Tensor SampleQuickly(int count, Rng rng);
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

/// <summary>Has a posterior to draw latents from, so its bound can be tightened by more draws (Burda et al. 2016).</summary>
public interface IImportanceWeighted : IBound
{
    /// <summary>log w = log p(x, z) − log q(z|x) for <paramref name="samples"/> draws z ~ q(z|x), [n, samples], nats.</summary>
    Tensor LogWeights(Tensor x, int samples, Rng rng);
}

/// <summary>Is a product of conditionals in a fixed order of the variables: p(x) = Π p(x_i | those before it).</summary>
public interface IOrdered : IDensity
{
    /// <summary>The variables (indices into the flattened example) in the order in which they are predicted.</summary>
    IReadOnlyList<int> Order { get; }
}

/// <summary>Predicts all variables at once, each from those before it in the order.</summary>
public interface IAutoregressive : IOrdered
{
    /// <summary>The parameters of every conditional, [n, d, k], variable by variable of the flattened example.</summary>
    Tensor Conditionals(Tensor x);
}

/// <summary>
/// Knows the probability of any part of an example, the rest summed or integrated out (the sum rule), and so every conditional:
/// log p(missing | given) = LogProb(x) − LogMarginal(x, given).
/// </summary>
public interface IMarginal : IDensity
{
    /// <summary>log p(given variables) in nats per example, [n].</summary>
    /// <param name="x">Examples [n, …]; the values of missing variables are ignored, and need not be finite.</param>
    /// <param name="given">For each variable of the flattened example, whether it is given; the same for all examples.</param>
    Tensor LogMarginal(Tensor x, ReadOnlySpan<bool> given);
}

/// <summary>Can draw what is missing of an example, given any part of it.</summary>
public interface ICompleter
{
    /// <summary>Examples [n, …] with missing values drawn from p(missing | given), and given ones as they were.</summary>
    /// <param name="x">Examples [n, …]; the values of missing variables are ignored, and need not be finite.</param>
    /// <param name="given">For each variable of the flattened example, whether it is given; the same for all examples.</param>
    /// <param name="rng">Where the draws come from.</param>
    Tensor Complete(Tensor x, ReadOnlySpan<bool> given, Rng rng);
}

/// <summary>Can go on with a series.</summary>
public interface IForecaster
{
    /// <summary>What could follow a past, one draw for each: values [n, steps, d].</summary>
    /// <param name="past">Series [n, p, d + actions] of at least one step; as long as they like.</param>
    /// <param name="steps">How far to go.</param>
    /// <param name="rng">Where the draws come from.</param>
    /// <param name="actions">What is done in the future, [n, steps, actions]; zeros where null.</param>
    Tensor RollOut(Tensor past, int steps, Rng rng, Tensor? actions = null);
}

/// <summary>Knows how likely an example is under a condition, exactly.</summary>
public interface IConditionalDensity<in TCondition>
{
    /// <summary>log p(x | condition) in nats per example, [n].</summary>
    Tensor LogProb(Tensor x, TCondition condition);
}

/// <summary>Knows a lower bound of how likely an example is under a condition.</summary>
public interface IConditionalBound<in TCondition>
{
    /// <summary>A bound from below on log p(x | condition), in nats per example, [n]. Random: its expectation is the bound.</summary>
    Tensor LogProbBound(Tensor x, TCondition condition, Rng rng);
}

/// <summary>Can tell the class of an example.</summary>
public interface IClassifier
{
    /// <summary>log p(class | x) in nats, [n, classes].</summary>
    Tensor ClassLogProbs(Tensor x);
}

/// <summary>Sees in an example what matters, as numbers in which distances between samples can be measured.</summary>
public interface IFeatures
{
    /// <summary>The features [n, width] of examples [n, …]; the same whatever else is in the batch.</summary>
    Tensor Features(Tensor x);
}

/// <summary>Sorts examples into clusters of its own finding, softly.</summary>
public interface IClustering
{
    /// <summary>p(cluster | x), [n, clusters]; they add up to one for each example.</summary>
    Tensor Responsibilities(Tensor x);
}

/// <summary>The classes of examples, as a condition.</summary>
/// <param name="Labels">int64 [n].</param>
public sealed record ClassCondition(Tensor Labels)
{
    /// <summary>One label for each of so many examples, [count]: the one that there is for all, or theirs.</summary>
    /// <exception cref="UsageException">There are neither one nor as many.</exception>
    public Tensor Of(long count) =>
        Labels.numel() == count ? Labels
        : Labels.numel() == 1 ? Labels.reshape(1).expand(count)
        : throw new UsageException($"{Labels.numel()} labels do not say the classes of {Counted.Of(count, "example")}: give one label, or one for each.");
}

/// <summary>Knows how many numbers it has really been free to choose, which is what the criteria of model choice charge for.</summary>
public interface IFreeParameters
{
    /// <summary>Free parameters: a table of k probabilities that add up to one has k − 1.</summary>
    BigInteger FreeParameters { get; }
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
public interface IAutoencoder : IEncoder, IDecoder
{
    /// <summary>How codes are small images; null where they are plain vectors.</summary>
    CodeGrid? Grid => null;
}

/// <summary>Decodes codes that have a distribution of their own, so new examples are decoded draws from it.</summary>
public interface ILatentPrior : IDecoder
{
    /// <summary>Codes [count, latent] from the prior.</summary>
    Tensor SampleLatent(int count, Rng rng);
}

/// <summary>
/// Explains examples by continuous codes, and can be asked for every term of it: p(x, z) = p(z) p(x|z), and the approximate
/// posterior q(z|x).
/// </summary>
public interface ILatentVariable : IImportanceWeighted, ILatentPrior
{
    /// <summary>log p(z), nats, [n], of codes [n, latent].</summary>
    Tensor LogPrior(Tensor z);

    /// <summary>log p(x|z), nats, [n], of examples [n, …] and as many codes [n, latent].</summary>
    Tensor LogLikelihood(Tensor x, Tensor z);

    /// <summary>p(x|z) of each value given its code, independent of one another, [n, d] in the data's own units.</summary>
    Density Likelihood(Tensor z);

    /// <summary>q(z|x) of each latent, independent of one another, [n, latent].</summary>
    Density Posterior(Tensor x);
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
        (typeof(IStepwise), "predict variable by variable"),
        (typeof(IMarginal), "marginals of any part"),
        (typeof(ICompleter), "complete any part"),
        (typeof(IForecaster), "forecast"),
        (typeof(IGenerative<ClassCondition>), "sample a class"),
        (typeof(IConditionalDensity<ClassCondition>), "log-likelihood given a class"),
        (typeof(IConditionalBound<ClassCondition>), "bound on log-likelihood given a class"),
        (typeof(IGenerative<TextCondition>), "sample from a text"),
        (typeof(IClassifier), "classify"),
        (typeof(IFeatures), "features"),
        (typeof(IClustering), "cluster"),
        (typeof(IEncoder), "encode"),
        (typeof(ITextEncoder), "encode texts"),
        (typeof(IDecoder), "decode"),
        (typeof(IFactored), "vary one factor"),
        (typeof(IDenoiser), "denoise"),
        (typeof(IRestorer), "restore from patches"),
        (typeof(IReconstructor), "undo a measurement"),
        (typeof(ITranslator), "translate"),
    ];

    // What a model does that answers a question, where its name does not say that, or has none.
    private static readonly (Type Type, string Name)[] s_abilities =
    [
        (typeof(IDensity), "tell an exact log-likelihood"),
        (typeof(IBound), "bound a log-likelihood"),
        (typeof(IFeatures), "give features"),
        (typeof(IAutoencoder), "encode and decode"),
        (typeof(ITextDecoder), "mix texts"),
        (typeof(IRestorer), "make whole images of patches"),
    ];

    /// <summary>A model as what answers a question.</summary>
    /// <param name="model">The model.</param>
    /// <param name="called">What people call it; by its type where null, for which a program has a name of its own.</param>
    /// <param name="instead">What else would do than to choose another model.</param>
    /// <exception cref="UsageException">It cannot be asked that.</exception>
    public static T Require<T>(object model, string? called = null, string? instead = null) where T : class =>
        model as T ?? throw Unable(model, called, s_abilities.Concat(s_all).FirstOrDefault(c => c.Type == typeof(T)).Name ?? $"answer as {typeof(T).Name}", instead: instead);

    /// <summary>What is to be said of a model that cannot do something.</summary>
    /// <param name="model">The model.</param>
    /// <param name="called">What people call it; its type's name where null.</param>
    /// <param name="what">What it cannot do.</param>
    /// <param name="need">What a model that can do it does or has; null where there is nothing to add.</param>
    /// <param name="instead">What else would do than to choose another model.</param>
    public static UsageException Unable(object model, string? called, string what, string? need = null, string? instead = null) =>
        new($"A {(object?)called ?? new Remedy.Model(model.GetType())} cannot {what}: {(instead is null ? "" : $"{instead}, or ")}choose a model that {need ?? "can"} (see {new Remedy.Deed(Work.ListModels)}).");

    /// <summary>What a model of this type can be asked.</summary>
    public static IReadOnlyList<string> Of(Type model) => [.. s_all.Where(c => c.Type.IsAssignableFrom(model)).Select(c => c.Name)];
}

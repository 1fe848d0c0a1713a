namespace Likeness;

/// <summary>A probability distribution over tensors of independent values, such as the head of a model describes it.</summary>
public abstract class Density
{
    /// <summary>The log-probability or log-density of each value, in nats, in the shape of <paramref name="x"/>.</summary>
    public abstract Tensor LogProb(Tensor x);

    /// <summary>One draw of every value. Gradients reach the parameters where the type says so.</summary>
    public abstract Tensor Sample(Rng rng);
}

/// <summary>A density over values 0 … k − 1, all of whose probabilities can be listed.</summary>
public interface IFiniteDensity
{
    /// <summary>Normalised log-probabilities [..., k], in nats.</summary>
    Tensor LogProbs { get; }
}

/// <summary>From values to examples.</summary>
public static class Events
{
    /// <summary>Adds up all but the first dimension: the log-probability of each example [n] from that of its values [n, …].</summary>
    public static Tensor SumEvent(this Tensor logProb) => logProb.ndim < 2 ? logProb : logProb.flatten(1).sum([1]);
}

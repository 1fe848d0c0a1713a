namespace Likeness;

/// <summary>The reconstruction loss of an autoencoder, summed over the values of an example.</summary>
public abstract record Reconstruction
{
    private Reconstruction() { }

    /// <summary>How a decoder's outputs are read for such data.</summary>
    /// <exception cref="UsageException">This loss is not defined for such data.</exception>
    internal abstract Readout For(DataSpec spec);

    /// <summary><paramref name="Weight"/>·Σ (x − x̂)² with bits and bytes on 0 … 1, where a sigmoid ends the decoder; other numbers as they are.</summary>
    /// <param name="Weight">Weight of the reconstruction.</param>
    [Kind("squared-error")]
    public sealed record SquaredError([property: Above(0)] double Weight = 1) : Reconstruction
    {
        internal override Readout For(DataSpec spec)
        {
            Func<Tensor, Tensor> mean = spec.Domain is Domain.Real ? y => y : y => y.sigmoid();
            return new(1, (outputs, x) => (mean(outputs) - Readout.Units(spec, x)).square().sum([1]) * Weight, outputs => mean(outputs) * Readout.Range(spec));
        }
    }

    /// <summary>
    /// −Σ x log x̂ + (1 − x) log(1 − x̂) of values on 0 … 1 (Vincent et al. 2008, equation 2), in nats. Of bytes it is no likelihood: their
    /// share of the range is taken for a probability.
    /// </summary>
    [Kind("cross-entropy")]
    public sealed record CrossEntropy : Reconstruction
    {
        internal override Readout For(DataSpec spec) => spec.Domain is Domain.Real
            ? throw new UsageException($"The cross-entropy of {spec} data is not defined: use squared-error or likelihood, or bits or bytes.")
            : new(1, (outputs, x) => -BernoulliFunction.LogProb(Readout.Units(spec, x), outputs.to(x.dtype)), outputs => outputs.sigmoid() * Readout.Range(spec));
    }

    /// <summary>−log p(x|z), nats, of a distribution whose parameters the decoder puts out.</summary>
    /// <param name="Decoder">auto (by the data), bernoulli, gaussian or discretized-logistic.</param>
    [Kind("likelihood")]
    public sealed record Likelihood(DecoderHead? Decoder = null) : Reconstruction
    {
        internal override Readout For(DataSpec spec)
        {
            var head = (Decoder ?? new DecoderHead.Auto()).For(spec);
            return new(head.Outputs, (outputs, x) => -head.LogProb(outputs, spec.Flat(x)), head.Mean);
        }
    }
}

/// <summary>A decoder's outputs as examples and as a loss, for one kind of data.</summary>
/// <param name="Outputs">Numbers per value of the data.</param>
/// <param name="Loss">From outputs [n, Outputs·d] and examples [n, …] to [n].</param>
/// <param name="Mean">The examples [n, d] that the outputs stand for, in the data's own units.</param>
internal sealed record Readout(int Outputs, Func<Tensor, Tensor, Tensor> Loss, Func<Tensor, Tensor> Mean)
{
    /// <summary>Examples as a table [n, d], bits and bytes on 0 … 1.</summary>
    public static Tensor Units(DataSpec spec, Tensor x) => spec.Domain is Domain.Byte ? spec.Flat(x) / 255 : spec.Flat(x);

    /// <summary>The largest value of bits and bytes; 1 for other numbers.</summary>
    public static double Range(DataSpec spec) => spec.Domain is Domain.Byte ? 255 : 1;
}

using Likeness.Core;
using Likeness.Densities;
using Likeness.Torch;

namespace Likeness.Models.Autoregressive;

/// <summary>How a masked network reads a variable and what it says of one, for a kind of values.</summary>
internal abstract class MadeHead
{
    /// <summary>Numbers that present a variable.</summary>
    public abstract int Inputs { get; }

    /// <summary>Parameters of a conditional.</summary>
    public abstract int Outputs { get; }

    /// <summary>Values [n, d] as the network sees them, [n, d · inputs].</summary>
    public abstract Tensor Read(Tensor v);

    /// <summary>The conditionals of parameters [..., outputs], over values [...].</summary>
    public abstract Density Of(Tensor parameters);

    /// <summary>
    /// The parameters of Σ_m w_m p_m, from log w [m, ...] (normalised over m) and the parameters [m, ..., outputs]. A mixture of
    /// distributions over levels has their log-probabilities as parameters, and <see cref="OfMixture"/> reads them.
    /// </summary>
    public abstract Tensor Mix(Tensor logWeights, Tensor parameters);

    /// <summary>The conditionals of mixed parameters.</summary>
    public abstract Density OfMixture(Tensor mixed);

    /// <summary>log p(v) in nats [n], of values [n, d] under parameters [n, d, outputs].</summary>
    public abstract Tensor LogProb(Tensor v, Tensor parameters);

    /// <summary>The first value of c [d, outputs], from examples [n, d]: a network that knows nothing says what is frequent.</summary>
    public abstract Tensor Start(Tensor v);

    public static MadeHead For(Domain domain, int components) => domain switch
    {
        Domain.Binary => new Bits(),
        Domain.Real => new Reals(components),
        _ => new Levels(domain.LevelCount!.Value),
    };

    private static Tensor MixLevels(Tensor logWeights, Tensor logProbs) => (logWeights.Unsqueeze(-1) + logProbs).Logsumexp(0);

    private sealed class Bits : MadeHead
    {
        public override int Inputs => 1;

        public override int Outputs => 1;

        public override Tensor Read(Tensor v) => v;

        public override Density Of(Tensor parameters) => new Bernoulli(parameters.Squeeze(-1));

        public override Tensor Mix(Tensor logWeights, Tensor parameters) => MixLevels(logWeights, ((Bernoulli)Of(parameters)).LogProbs);

        public override Density OfMixture(Tensor mixed) => new Categorical(mixed);

        public override Tensor LogProb(Tensor v, Tensor parameters) => BernoulliFunction.LogProb(v, parameters.Squeeze(-1));

        // The logit of each variable's frequency, smoothed so that a variable that never changes stays finite.
        public override Tensor Start(Tensor v)
        {
            var p = (v.Sum([0]) + 0.5) / (v.Shape[0] + 1.0);
            return (p / (1 - p)).Log().Unsqueeze(1);
        }
    }

    private sealed class Levels(int levels) : MadeHead
    {
        public override int Inputs => levels;

        public override int Outputs => levels;

        public override Tensor Read(Tensor v) => OneHot(v).Flatten(1);

        public override Density Of(Tensor parameters) => new Categorical(parameters);

        public override Tensor Mix(Tensor logWeights, Tensor parameters) => MixLevels(logWeights, parameters.LogSoftmax(-1));

        public override Density OfMixture(Tensor mixed) => new Categorical(mixed);

        public override Tensor LogProb(Tensor v, Tensor parameters) => Of(parameters).LogProb(v).Sum([1]);

        public override Tensor Start(Tensor v) => ((OneHot(v).Sum([0]) + 0.5) / (v.Shape[0] + (0.5 * levels))).Log();

        // [n, d, levels]
        private Tensor OneHot(Tensor v) => v.Unsqueeze(-1).Eq(Ops.Arange(0, levels, 1, dtype: v.ScalarType, device: v.Device)).To(v.ScalarType);
    }

    // Mixtures of Normals: log-weights, means and log-deviations, component by component (Papamakarios et al. 2017, section 4).
    private sealed class Reals(int components) : MadeHead
    {
        public override int Inputs => 1;

        public override int Outputs => 3 * components;

        public override Tensor Read(Tensor v) => v;

        public override Density Of(Tensor parameters)
        {
            var p = parameters.Chunk(3, -1);
            return new MixtureOfNormals(p[0], p[1], p[2]);
        }

        public override Tensor Mix(Tensor logWeights, Tensor parameters)
        {
            var p = parameters.Chunk(3, -1);
            Tensor Join(Tensor all) => Ops.Cat([.. Enumerable.Range(0, (int)all.Shape[0]).Select(m => all.Select(0, m))], -1);
            return Ops.Cat([Join(p[0].LogSoftmax(-1) + logWeights.Unsqueeze(-1)), Join(p[1]), Join(p[2])], -1);
        }

        public override Density OfMixture(Tensor mixed) => Of(mixed);

        public override Tensor LogProb(Tensor v, Tensor parameters) => Of(parameters).LogProb(v).Sum([1]);

        // Means spread over two deviations to either side, of the width of their distance.
        public override Tensor Start(Tensor v)
        {
            var (mean, deviation) = (v.Mean([0]).Unsqueeze(1), v.Std([0], unbiased: false).ClampMin(1e-3).Unsqueeze(1));
            var places = Ops.Arange(0, components, 1, dtype: v.ScalarType, device: v.Device) * (4.0 / Math.Max(1, components - 1)) - (components > 1 ? 2 : 0);
            var logStd = (deviation * Math.Max(0.3, 2.0 / components)).Log().Expand([v.Shape[1], components]);
            return Ops.Cat([places.ZerosLike().Expand([v.Shape[1], components]), mean + deviation * places, logStd], -1);
        }
    }
}

namespace Likeness;

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

    private static Tensor MixLevels(Tensor logWeights, Tensor logProbs) => (logWeights.unsqueeze(-1) + logProbs).logsumexp(0);

    private sealed class Bits : MadeHead
    {
        public override int Inputs => 1;

        public override int Outputs => 1;

        public override Tensor Read(Tensor v) => v;

        public override Density Of(Tensor parameters) => new Bernoulli(parameters.squeeze(-1));

        public override Tensor Mix(Tensor logWeights, Tensor parameters) => MixLevels(logWeights, ((Bernoulli)Of(parameters)).LogProbs);

        public override Density OfMixture(Tensor mixed) => new Categorical(mixed);

        public override Tensor LogProb(Tensor v, Tensor parameters) => BernoulliFunction.LogProb(v, parameters.squeeze(-1));

        public override Tensor Start(Tensor v) => Bernoulli.MarginalLogits(v).unsqueeze(1);
    }

    private sealed class Levels(int levels) : MadeHead
    {
        public override int Inputs => levels;

        public override int Outputs => levels;

        public override Tensor Read(Tensor v) => OneHot(v).flatten(1);

        public override Density Of(Tensor parameters) => new Categorical(parameters);

        public override Tensor Mix(Tensor logWeights, Tensor parameters) => MixLevels(logWeights, parameters.log_softmax(-1));

        public override Density OfMixture(Tensor mixed) => new Categorical(mixed);

        public override Tensor LogProb(Tensor v, Tensor parameters) => Of(parameters).LogProb(v).sum([1]);

        public override Tensor Start(Tensor v) => Categorical.MarginalLogits(OneHot(v), levels);

        // [n, d, levels]
        private Tensor OneHot(Tensor v) => v.unsqueeze(-1).eq(torch.arange(0, levels, 1, v.dtype, v.device)).to(v.dtype);
    }

    // Mixtures of Normals: log-weights, means and log-deviations, component by component (Papamakarios et al. 2017, section 4).
    private sealed class Reals(int components) : MadeHead
    {
        public override int Inputs => 1;

        public override int Outputs => 3 * components;

        public override Tensor Read(Tensor v) => v;

        public override Density Of(Tensor parameters)
        {
            var p = parameters.chunk(3, -1);
            return new MixtureOfNormals(p[0], p[1], p[2]);
        }

        public override Tensor Mix(Tensor logWeights, Tensor parameters)
        {
            var p = parameters.chunk(3, -1);
            Tensor Join(Tensor all) => torch.cat([.. Enumerable.Range(0, (int)all.shape[0]).Select(m => all.select(0, m))], -1);
            return torch.cat([Join(p[0].log_softmax(-1) + logWeights.unsqueeze(-1)), Join(p[1]), Join(p[2])], -1);
        }

        public override Density OfMixture(Tensor mixed) => Of(mixed);

        public override Tensor LogProb(Tensor v, Tensor parameters) => Of(parameters).LogProb(v).sum([1]);

        // Means spread over two deviations to either side, of the width of their distance.
        public override Tensor Start(Tensor v)
        {
            var (mean, deviation) = (v.mean([0]).unsqueeze(1), v.std([0], unbiased: false).clamp_min(1e-3).unsqueeze(1));
            var places = torch.arange(0, components, 1, v.dtype, v.device) * (4.0 / Math.Max(1, components - 1)) - (components > 1 ? 2 : 0);
            var logStd = (deviation * Math.Max(0.3, 2.0 / components)).log().expand(v.shape[1], components);
            return torch.cat([places.zeros_like().expand(v.shape[1], components), mean + deviation * places, logStd], -1);
        }
    }
}

namespace Likeness;

/// <summary>The prior distribution of the codes, p(z).</summary>
public abstract record LatentPrior
{
    private LatentPrior() { }

    /// <param name="latent">Values in a code.</param>
    /// <param name="inputs">Values that the encoder sees.</param>
    /// <param name="posterior">The encoder: q(z|u) of inputs [k, inputs].</param>
    /// <param name="rng">Where initial parameters are drawn; its device holds them.</param>
    internal abstract PriorDensity Create(int latent, int inputs, Func<Tensor, Likeness.Normal> posterior, Rng rng);

    /// <summary>N(0, I).</summary>
    [Kind("normal")]
    public sealed record Normal : LatentPrior
    {
        public override string ToString() => "normal";

        internal override PriorDensity Create(int latent, int inputs, Func<Tensor, Likeness.Normal> posterior, Rng rng) => new StandardNormalPrior(latent);
    }

    /// <summary>Σ_k π_k N(μ_k, diag σ_k²) whose weights, means and deviations are learned.</summary>
    /// <param name="Components">Number of Normals in the mixture.</param>
    [Kind("mixture")]
    public sealed record Mixture([property: AtLeast(1)] int Components = 100) : LatentPrior
    {
        public override string ToString() => "mixture";

        internal override PriorDensity Create(int latent, int inputs, Func<Tensor, Likeness.Normal> posterior, Rng rng) =>
            new NormalMixturePrior(Components, latent, rng);
    }

    /// <summary>
    /// The variational mixture of posteriors (Tomczak and Welling 2018): 1/K Σ_k q(z|u_k), what the encoder says of K learned
    /// pseudo-inputs (equation 9), which start as training examples.
    /// </summary>
    /// <param name="Components">Number of pseudo-inputs.</param>
    [Kind("vamp")]
    public sealed record Vamp([property: AtLeast(1)] int Components = 500) : LatentPrior
    {
        public override string ToString() => "vamp";

        internal override PriorDensity Create(int latent, int inputs, Func<Tensor, Likeness.Normal> posterior, Rng rng) =>
            new VampPrior(Components, inputs, posterior, rng);
    }
}

/// <summary>A distribution of codes that can be learned.</summary>
internal abstract class PriorDensity : Module
{
    /// <summary>How many examples it would start from.</summary>
    public abstract int Examples { get; }

    /// <summary>So many examples: those of the first batch and of as many further ones as it takes; null where none are asked for.</summary>
    public Tensor? Beginning(Tensor first, Func<Tensor> next)
    {
        var batches = new List<Tensor> { first };
        for (var count = first.shape[0]; count < Examples; count += first.shape[0])
        {
            batches.Add(next());
        }

        return Examples == 0 ? null : torch.cat([.. batches], 0).narrow(0, 0, Examples);
    }

    /// <summary>Starts from so many examples, as the encoder sees them, [examples, inputs].</summary>
    public abstract void Begin(Tensor inputs);

    /// <summary>log p(z), nats, [n], of codes [n, latent].</summary>
    public abstract Tensor LogProb(Tensor z);

    /// <summary>Codes [count, latent].</summary>
    public abstract Tensor Sample(int count, Rng rng);

    /// <summary>KL(q ‖ p), nats, [n]: in closed form where there is one, else its estimate log q(z) − log p(z).</summary>
    /// <param name="q">Of each code, [n, latent].</param>
    /// <param name="z">One draw of each.</param>
    public abstract Tensor Divergence(Normal q, Tensor z);

    /// <summary>log p(z) − log q(z), nats, [n, k].</summary>
    /// <param name="q">Of each code, [n, latent].</param>
    /// <param name="z">Draws μ + σ·ε, [n, k, latent].</param>
    /// <param name="eps">What they were made of, [n, k, latent].</param>
    public abstract Tensor LogRatio(Normal q, Tensor z, Tensor eps);
}

/// <summary>N(0, I).</summary>
internal sealed class StandardNormalPrior(int latent) : PriorDensity
{
    public override int Examples => 0;

    public override void Begin(Tensor inputs)
    {
    }

    public override Tensor LogProb(Tensor z) => new Normal(z.zeros_like(), z.zeros_like()).LogProb(z).sum([1]);

    public override Tensor Sample(int count, Rng rng) => rng.Normal(count, latent);

    // Kingma and Welling 2014, appendix B.
    public override Tensor Divergence(Normal q, Tensor z) => q.KlToStandard().sum([1]);

    // The Normals' constants cancel.
    public override Tensor LogRatio(Normal q, Tensor z, Tensor eps) => (0.5 * (eps.square() - z.square())).sum([2]) + q.LogStd.sum([1], keepdim: true);
}

/// <summary>A mixture of Normals with parameters logits [k], means [k, latent] and logStds [k, latent].</summary>
internal sealed class NormalMixturePrior : PriorDensity
{
    private readonly Tensor _logits, _means, _logStds;

    public NormalMixturePrior(int components, int latent, Rng rng)
    {
        _logits = Parameter("logits", Init.Zeros.Make(rng, components));
        // Together about as wide as N(0, I), and different from one another.
        _means = Parameter("means", rng.Normal(components, latent));
        _logStds = Parameter("logStds", Init.Zeros.Make(rng, components, latent));
    }

    public override int Examples => 0;

    public override void Begin(Tensor inputs)
    {
    }

    public override Tensor LogProb(Tensor z) => Components.LogProb(z);

    public override Tensor Sample(int count, Rng rng) => Components.Sample(count, rng);

    public override Tensor Divergence(Normal q, Tensor z) => Components.Divergence(q, z);

    public override Tensor LogRatio(Normal q, Tensor z, Tensor eps) => Components.LogRatio(q, z, eps);

    private NormalVectors Components => new(_logits.log_softmax(0), _means, _logStds);
}

/// <summary>The mixture of what an encoder says of pseudo-inputs, parameter inputs [k, inputs].</summary>
internal sealed class VampPrior : PriorDensity
{
    private readonly Tensor _inputs;
    private readonly Func<Tensor, Normal> _posterior;

    public VampPrior(int components, int inputs, Func<Tensor, Normal> posterior, Rng rng) =>
        (_posterior, _inputs) = (posterior, Parameter("inputs", rng.Normal(components, inputs) * 0.01));

    public override int Examples => (int)_inputs.shape[0];

    public override void Begin(Tensor inputs) => _inputs.copy_(inputs);

    public override Tensor LogProb(Tensor z) => Components.LogProb(z);

    public override Tensor Sample(int count, Rng rng) => Components.Sample(count, rng);

    public override Tensor Divergence(Normal q, Tensor z) => Components.Divergence(q, z);

    public override Tensor LogRatio(Normal q, Tensor z, Tensor eps) => Components.LogRatio(q, z, eps);

    private NormalVectors Components
    {
        get
        {
            var q = _posterior(_inputs);
            return new(q.Mean.full_like(-Math.Log(Examples)).narrow(1, 0, 1).squeeze(1), q.Mean, q.LogStd);
        }
    }
}

/// <summary>Σ_k exp(LogWeights_k) N(Means_k, diag exp(2·LogStds_k)) over vectors.</summary>
/// <param name="LogWeights">[k], normalised.</param>
/// <param name="Means">[k, d].</param>
/// <param name="LogStds">[k, d].</param>
internal sealed record NormalVectors(Tensor LogWeights, Tensor Means, Tensor LogStds)
{
    /// <summary>Nats, [n], of vectors [n, d].</summary>
    public Tensor LogProb(Tensor z)
    {
        // Σ_i (z_i − μ_i)²/σ_i² multiplied out is two products of matrices in place of n·k·d differences; what cancels asks for
        // double precision, which is also what no training in bf16 takes away.
        var (v, means, logStds) = (z.to(ScalarType.Float64), Means.to(ScalarType.Float64), LogStds.to(ScalarType.Float64));
        var precisions = (-2 * logStds).exp();
        var squares = v.square().matmul(precisions.t()) - 2 * v.matmul((means * precisions).t()) + (means.square() * precisions).sum([1]);
        var constants = LogWeights.to(ScalarType.Float64) - logStds.sum([1]) - means.shape[1] * Normal.HalfLogTwoPi;
        return (constants - 0.5 * squares).logsumexp(1).to(z.dtype);
    }

    /// <summary>[count, d], without gradients.</summary>
    public Tensor Sample(int count, Rng rng)
    {
        using var noGrad = torch.no_grad();
        var chosen = rng.Choice(LogWeights.exp(), count);
        return new Normal(Means.index_select(0, chosen), LogStds.index_select(0, chosen)).Sample(rng);
    }

    /// <summary>The estimate of KL(q ‖ this) from one draw of q, nats, [n].</summary>
    public Tensor Divergence(Normal q, Tensor z) => q.LogProb(z).sum([1]) - LogProb(z);

    /// <summary>log p(z) − log q(z), [n, k], of draws μ + σ·ε [n, k, d].</summary>
    public Tensor LogRatio(Normal q, Tensor z, Tensor eps)
    {
        var (n, k, d) = (z.shape[0], z.shape[1], z.shape[2]);
        var posterior = (-0.5 * eps.square() - Normal.HalfLogTwoPi).sum([2]) - q.LogStd.sum([1], keepdim: true);
        return LogProb(z.reshape(n * k, d)).reshape(n, k) - posterior;
    }
}

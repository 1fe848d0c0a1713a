namespace Likeness;

/// <summary>Options of a VAE.</summary>
public sealed record VaeOptions
{
    /// <summary>Dimension of the latent z.</summary>
    [AtLeast(1)]
    public int Latent { get; init; } = 50;

    /// <summary>Network: mlp (with hidden sizes), conv, or grid (whose codes are small images; not for a conditional VAE).</summary>
    public AutoencoderNetwork Network { get; init; } = new AutoencoderNetwork.Mlp();

    /// <summary>p(x|z), the decoder's distribution: auto (chosen by the data), bernoulli, gaussian, categorical or discretized-logistic.</summary>
    public DecoderHead Decoder { get; init; } = new DecoderHead.Auto();

    /// <summary>p(z), the prior: normal, mixture (a learned mixture of Normals) or vamp (a mixture of the posteriors of learned pseudo-inputs).</summary>
    public LatentPrior Prior { get; init; } = new LatentPrior.Normal();

    /// <summary>Samples of z per example in training: 1 gives the ELBO, more give the importance-weighted bound.</summary>
    [AtLeast(1)]
    public int ImportanceSamples { get; init; } = 1;

    /// <summary>β, the weight of the KL term in training (Higgins et al. 2017); the reported bound uses weight 1.</summary>
    [AtLeast(0)]
    public double Beta { get; init; } = 1;

    /// <summary>Number of training steps over which the weight of the KL term rises from 0 to β.</summary>
    [AtLeast(0)]
    public long WarmUp { get; init; }

    /// <summary>Optimiser of the parameters.</summary>
    public OptimizerOptions Optimizer { get; init; } = new Adam(1e-3, Epsilon: 1e-4) { Schedule = new Schedule.Cosine() };

    /// <exception cref="UsageException">A value that no model can have.</exception>
    internal void Check(string model)
    {
        if (ImportanceSamples > 1 && this is not { Beta: 1, WarmUp: 0 })
        {
            throw new UsageException(
                $"A {model} cannot weight the KL term by {Beta} after {WarmUp} steps with {ImportanceSamples} importance samples: with several samples, whose bound has no such term, beta and warmUp must be 1 and 0.");
        }
    }

    /// <summary>The KL term as it is descended in a round.</summary>
    internal Term Weighted(Tensor kl, long round) => this is { Beta: 1, WarmUp: 0 }
        ? ("kl", kl)
        : ("weighted kl", Beta * (WarmUp == 0 ? 1 : Math.Min(1, (double)round / WarmUp)) * kl);
}

/// <summary>
/// Variational autoencoder (Kingma and Welling 2014; Rezende et al. 2014) with a Normal posterior q(z|x) = N(μ(x), diag σ²(x)). It
/// bounds the likelihood from below,
/// <code>log p(x) ≥ E_q[log p(x|z)] − KL(q(z|x) ‖ p(z))      (equation 3)</code>
/// and more draws tighten the bound (Burda et al. 2016).
/// </summary>
public sealed class Vae : Model<VaeOptions>, IGenerative, INoiselessSampler, IAutoencoder, ILatentVariable
{
    private readonly int _latent;
    private readonly GaussianCoder _coder;
    private readonly PriorDensity _prior;

    public Vae(DataSpec spec, VaeOptions options, Rng rng)
        : base(spec, options)
    {
        options.Check("VAE");
        _latent = options.Latent;
        _coder = new(spec, _latent, 0, options.Network, options.Decoder, rng);
        Add("encoder", _coder.Encoder);
        Add("decoder", _coder.Decoder);
        Buffer("centre", _coder.Centre);
        Buffer("offset", _coder.Offset);
        _prior = Add("prior", options.Prior.Create(_latent, _coder.Inputs, _coder.Posterior, rng));
    }

    public static Recipe<VaeOptions, Vae, Batch> Recipe { get; } = new(
        "vae",
        "Variational autoencoder with a Normal or learned prior over its latent codes; bounds the likelihood, encodes, decodes and samples.",
        new("kingma2014vae", "Auto-Encoding Variational Bayes", "Kingma, Diederik P. and Welling, Max", "ICLR", 2014, "arXiv:1312.6114"),
        (model, options, _) => new VariationalObjective<Batch>(model, options, model._coder, model._prior)
        {
            Examples = batch => batch.X,
            Elbo = (batch, rng) => model.Elbo(batch.X, rng),
            LogWeights = (batch, samples, rng) => model.LogWeights(batch.X, samples, rng),
        },
        new(Steps: 25_000, BatchSize: 100),
        DataNeed.Anything)
    {
        MaximisesLikelihood = o => o.Beta == 1,
        Smallest = new() { Latent = 2, Network = new AutoencoderNetwork.Mlp { Hidden = [12] }, Optimizer = new Adam(0.01) },
    };

    public CodeGrid? Grid => _coder.Grid;

    public Tensor Sample(int count, Rng rng)
    {
        rng = rng.PerExample();
        return Likelihood(SampleLatent(count, rng)).Sample(rng).to(ScalarType).reshape(Spec.BatchShape(count));
    }

    public Tensor SampleMeans(int count, Rng rng) => Decode(SampleLatent(count, rng.PerExample()));

    public Tensor SampleLatent(int count, Rng rng) => _prior.Sample(count, rng).to(ScalarType);

    /// <summary>The posterior means μ(x), [n, latent].</summary>
    public Tensor Encode(Tensor x) => Moments(x).Mean;

    /// <summary>The means of p(x|z); of values without an order the most likely ones.</summary>
    public Tensor Decode(Tensor z) => _coder.Mean(z);

    public Tensor LogPrior(Tensor z) => _prior.LogProb(z);

    public Tensor LogLikelihood(Tensor x, Tensor z) => _coder.LogLikelihood(x, z);

    public Density Likelihood(Tensor z) => _coder.Likelihood(z);

    public Density Posterior(Tensor x) => Moments(x);

    /// <summary>The ELBO from one draw of z, [n], nats.</summary>
    public Tensor LogProbBound(Tensor x, Rng rng)
    {
        var (logLikelihood, kl) = Elbo(x, rng);
        return logLikelihood - kl;
    }

    public Tensor LogWeights(Tensor x, int samples, Rng rng)
    {
        var q = Moments(x);
        var n = x.shape[0];
        var (z, eps) = GaussianCoder.Draw(q, samples, rng);
        return LogLikelihood(x, z.reshape(n * samples, _latent)).reshape(n, samples) + _prior.LogRatio(q, z, eps);
    }

    // Both terms of equation 10, [n]: one draw of E_q[log p(x|z)], and the KL, in closed form where there is one.
    private (Tensor LogLikelihood, Tensor Kl) Elbo(Tensor x, Rng rng)
    {
        var q = Moments(x);
        var z = q.Sample(rng);
        return (LogLikelihood(x, z), _prior.Divergence(q, z));
    }

    private Normal Moments(Tensor x) => _coder.Posterior(_coder.Seen(x));
}

namespace Likeness;

/// <summary>Ascends the ELBO of a variational autoencoder, or the importance-weighted bound of several draws.</summary>
internal sealed class VariationalObjective<TBatch> : ExampleObjective<TBatch>
{
    private readonly VaeOptions _options;
    private readonly GaussianCoder _coder;
    private readonly PriorDensity _prior;
    private readonly Counter _rounds;

    /// <param name="model">What learns.</param>
    /// <param name="options">What it is made of.</param>
    /// <param name="coder">Its networks.</param>
    /// <param name="prior">Of its codes.</param>
    public VariationalObjective(Module model, VaeOptions options, GaussianCoder coder, PriorDensity prior)
        : base(model, new("model", options.Optimizer, model))
    {
        (_options, _coder, _prior) = (options, coder, prior);
        _rounds = Include("rounds", new Counter());
    }

    /// <summary>The examples of a batch, [n, …].</summary>
    public required Func<TBatch, Tensor> Examples { get; init; }

    /// <summary>Both terms of the ELBO from one draw, [n].</summary>
    public required Func<TBatch, Rng, (Tensor LogLikelihood, Tensor Kl)> Elbo { get; init; }

    /// <summary>log p(x, z) − log q(z|x) of k draws for each example, [n, k].</summary>
    public required Func<TBatch, int, Rng, Tensor> LogWeights { get; init; }

    /// <summary>What is descended beside the bound, of each example.</summary>
    public Func<TBatch, IReadOnlyList<Term>> Beside { get; init; } = _ => [];

    public override void Begin(TBatch first, IFeed<TBatch> feed, Rng rng) =>
        _coder.Begin(Examples(first), _prior.Beginning(Examples(first), () => Examples(feed.Next())), _prior);

    public override IReadOnlyList<Term> Losses(TBatch batch, Rng examples, Rng round)
    {
        if (_options.ImportanceSamples == 1)
        {
            var (logLikelihood, kl) = Elbo(batch, examples);
            return [("reconstruction", -logLikelihood), _options.Weighted(kl, _rounds.Value), .. Beside(batch)];
        }

        // Burda et al. 2016, equation 8: L_k = E log 1/k Σ w_i
        return [("iwae", Math.Log(_options.ImportanceSamples) - LogWeights(batch, _options.ImportanceSamples, examples).logsumexp(1)), .. Beside(batch)];
    }

    public override void Follow() => _rounds.Next();
}

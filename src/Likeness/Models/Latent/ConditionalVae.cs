namespace Likeness;

/// <summary>
/// Conditional variational autoencoder (Sohn, Lee and Yan 2015; Kingma et al. 2014, model M2): the encoder and the decoder are told the class,
/// <code>log p(x|y) ≥ E_q[log p(x|y, z)] − KL(q(z|x, y) ‖ p(z))</code>
/// so that z is left with what the class does not say. The decoder sees indicators of the class beside the code, the encoder a learned
/// vector that is added to its input. With the classes' probabilities π it is a joint model p(x, y) = π_y p(x|y), of which p(x) is bounded, too:
/// Σ_y π_y w_y with w_y = p(x, z|y)/q(z|x, y) has the expectation p(x). That takes one pass per class.
/// </summary>
public sealed class ConditionalVae : Model<VaeOptions>, IGenerative, IGenerative<ClassCondition>, INoiselessSampler, INoiselessSampler<ClassCondition>, IConditionalBound<ClassCondition>, IImportanceWeighted
{
    private readonly int _latent;
    private readonly GaussianCoder _coder;
    private readonly PriorDensity _prior;
    private readonly Embedding _class;
    private readonly Tensor _classes;

    public ConditionalVae(DataSpec spec, VaeOptions options, Rng rng)
        : base(spec, options)
    {
        DataNeed.CheckClasses(spec, "A conditional VAE");
        options.Check("conditional VAE");
        _latent = options.Latent;
        _coder = new(spec, _latent, spec.Classes, options.Network, options.Decoder, rng);
        Add("encoder", _coder.Encoder);
        Add("decoder", _coder.Decoder);
        Buffer("centre", _coder.Centre);
        Buffer("offset", _coder.Offset);
        _class = Add("class", new Embedding(spec.Classes, _coder.Inputs, rng, Init.Zeros));
        _classes = Parameter("classes", Init.Zeros.Make(rng, spec.Classes));
        _prior = Add("prior", options.Prior.Create(_latent, _coder.Inputs, _coder.Posterior, rng));
    }

    public static Recipe<VaeOptions, ConditionalVae, LabelledBatch> Recipe { get; } = new(
        "conditional-vae",
        "A VAE conditioned on the class: samples examples of a class, and bounds the likelihood with and without the class.",
        new("sohn2015cvae", "Learning Structured Output Representation using Deep Conditional Generative Models", "Sohn, Kihyuk and Lee, Honglak and Yan, Xinchen", "NIPS", 2015, "Advances in Neural Information Processing Systems 28:3483-3491"),
        // −log p(x, y): of p(x|y) the bound, of p(y) all of it.
        (model, options, _) => new VariationalObjective<LabelledBatch>(model, options, model._coder, model._prior)
        {
            Examples = batch => batch.X,
            Elbo = (batch, rng) => model.Elbo(batch.X, batch.Labels, rng),
            LogWeights = (batch, samples, rng) => model.LogWeights(batch.X, batch.Labels, samples, rng),
            Beside = batch => [("class", -model._classes.log_softmax(0).index_select(0, batch.Labels))],
        },
        new(Steps: 25_000, BatchSize: 100),
        DataNeed.Anything.WithClasses())
    {
        MaximisesLikelihood = Vae.Recipe.MaximisesLikelihood,
        Smallest = Vae.Recipe.Smallest,
    };

    public Tensor Sample(int count, Rng rng)
    {
        rng = rng.PerExample();
        return Sample(SomeClasses(count, rng), count, rng);
    }

    public Tensor SampleMeans(int count, Rng rng)
    {
        rng = rng.PerExample();
        return SampleMeans(SomeClasses(count, rng), count, rng);
    }

    /// <summary>New examples of these classes: one label for all, or one for each.</summary>
    public Tensor Sample(ClassCondition condition, int count, Rng rng)
    {
        rng = rng.PerExample();
        return _coder.Likelihood(Code(condition, count, rng)).Sample(rng).to(ScalarType).reshape(Spec.BatchShape(count));
    }

    public Tensor SampleMeans(ClassCondition condition, int count, Rng rng) => _coder.Mean(Code(condition, count, rng.PerExample()));

    /// <summary>The ELBO from one draw of z, [n], nats.</summary>
    public Tensor LogProbBound(Tensor x, ClassCondition condition, Rng rng)
    {
        var (logLikelihood, kl) = Elbo(x, condition.Of(x.shape[0]), rng);
        return logLikelihood - kl;
    }

    /// <summary>log Σ_y π_y w_y from one draw of z for each class, [n], nats.</summary>
    public Tensor LogProbBound(Tensor x, Rng rng) => LogWeights(x, 1, rng).squeeze(1);

    public Tensor LogWeights(Tensor x, int samples, Rng rng)
    {
        var n = x.shape[0];
        var logPrior = _classes.log_softmax(0);
        return torch.stack([.. Enumerable.Range(0, Spec.Classes).Select(y =>
        {
            var labels = torch.full([n], y, ScalarType.Int64, x.device);
            return LogWeights(x, labels, samples, rng) + logPrior.select(0, y);
        })], 2).logsumexp(2);
    }

    /// <summary>log p(x, z|y) − log q(z|x, y) of k draws for each example, [n, k], nats.</summary>
    private Tensor LogWeights(Tensor x, Tensor labels, int samples, Rng rng)
    {
        var (q, n) = (Posterior(x, labels), x.shape[0]);
        var (z, eps) = GaussianCoder.Draw(q, samples, rng);
        var repeated = labels.unsqueeze(1).expand(n, samples).reshape(n * samples);
        return _coder.LogLikelihood(x, Told(z.reshape(n * samples, _latent), repeated)).reshape(n, samples) + _prior.LogRatio(q, z, eps);
    }

    private (Tensor LogLikelihood, Tensor Kl) Elbo(Tensor x, Tensor labels, Rng rng)
    {
        var q = Posterior(x, labels);
        var z = q.Sample(rng);
        return (_coder.LogLikelihood(x, Told(z, labels)), _prior.Divergence(q, z));
    }

    private ClassCondition SomeClasses(int count, Rng rng) => new(rng.Choice(_classes.detach().softmax(0), count));

    private Tensor Code(ClassCondition condition, int count, Rng rng) => Told(_prior.Sample(count, rng).to(ScalarType), condition.Of(count));

    private Normal Posterior(Tensor x, Tensor labels) => _coder.Posterior(_coder.Seen(x) + _class.Call(labels));

    // The code, and after it an indicator for each class.
    private Tensor Told(Tensor z, Tensor labels) =>
        torch.cat([z, labels.unsqueeze(1).eq(torch.arange(0, Spec.Classes, ScalarType.Int64, labels.device)).to(z.dtype)], 1);
}

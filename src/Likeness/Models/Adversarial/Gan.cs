namespace Likeness;

/// <summary>Options of a GAN of fully connected networks.</summary>
public sealed record GanOptions
{
    private static readonly int[] s_hidden = [256, 256];

    /// <summary>Dimension of the noise z.</summary>
    [AtLeast(1)]
    public int Latent { get; init; } = 100;

    /// <summary>Units of the generator's hidden layers; an empty list makes it an affine map of the noise, whose density is known.</summary>
    [AtLeast(1)]
    public IReadOnlyList<int> GeneratorHidden { get; init; } = s_hidden;

    /// <summary>Units of the critic's hidden layers.</summary>
    [AtLeast(1)]
    public IReadOnlyList<int> CriticHidden { get; init; } = s_hidden;

    /// <summary>Adversarial loss: non-saturating, minimax, least-squares, hinge or wasserstein.</summary>
    public AdversarialLoss Loss { get; init; } = AdversarialLoss.NonSaturating;

    /// <summary>Penalty on the critic's gradient: none, gradient or r1.</summary>
    public CriticPenalty Penalty { get; init; } = new CriticPenalty.None();

    /// <summary>Normalisation of the critic: none, batch or spectral.</summary>
    public CriticNorm CriticNorm { get; init; } = CriticNorm.None;

    /// <summary>Critic updates per generator update.</summary>
    [AtLeast(1)]
    public int CriticTurns { get; init; } = 1;

    /// <summary>Decay of an exponential moving average of the generator's weights, which is then used for sampling; 0 for none.</summary>
    [JsonPropertyName("average")] // its name in saved runs
    [AtLeast(0, Below = 1)]
    public double EmaDecay { get; init; }

    /// <summary>Random augmentation of the images that the critic sees (Zhao et al. 2020), for small data sets: none, or colour, translation and cutout, joined by +.</summary>
    public DiffAugment Augment { get; init; } = DiffAugment.None;

    /// <summary>Optimiser of the generator.</summary>
    public OptimizerOptions Generator { get; init; } = new Adam(2e-4, Beta1: 0.5);

    /// <summary>Optimiser of the critic.</summary>
    public OptimizerOptions Critic { get; init; } = new Adam(2e-4, Beta1: 0.5);
}

/// <summary>
/// Generative adversarial network (Goodfellow et al. 2014) of fully connected networks, for numbers of any kind:
/// <code>min_G max_D E log D(x) + E log(1 − D(G(z))), z ~ N(0, I)</code>
/// For a fixed generator of density q the best critic is D(x) = p(x)/(p(x) + q(x)), and the value of the game −log 4 + 2·JSD(p‖q).
/// Implicit: it samples, and has no density.
/// </summary>
public sealed class Gan : Model<GanOptions>, IGenerative, ILatentPrior
{
    private readonly Sequential _generator, _sampled;
    private readonly Ema? _average;
    private readonly Func<Rng, torch.nn.Module<Tensor, Tensor>>? _ownCritic;

    /// <param name="spec">The data.</param>
    /// <param name="options">The networks and how they learn.</param>
    /// <param name="rng">Where initial weights are drawn.</param>
    /// <param name="generator">Makes a network of your own, from noise [n, latent] to [n, values] in −1 … 1 (real data in its own units); it is called twice where there is a running average.</param>
    /// <param name="critic">Makes a network of your own, from [n, values] to one number each, [n, 1].</param>
    public Gan(DataSpec spec, GanOptions options, Rng rng, Func<Rng, torch.nn.Module<Tensor, Tensor>>? generator = null, Func<Rng, torch.nn.Module<Tensor, Tensor>>? critic = null)
        : base(spec, options)
    {
        options.Augment.Check(spec);
        _ownCritic = critic;
        _sampled = _generator = Add("generator", Generator());
        if (options.EmaDecay > 0)
        {
            _sampled = Add("ema", Generator());
            _average = Include("average", new Ema(_generator, _sampled, options.EmaDecay, warmUp: true));
        }

        Sequential Generator()
        {
            if (generator is not null)
            {
                return OwnNetwork.Of(generator(rng), spec.Dimensions, "the generator");
            }

            var hidden = HiddenLayers.Rectified(options.Latent, options.GeneratorHidden, rng, new Init.Kaiming(), Init.Zeros);
            var last = options.GeneratorHidden.Count > 0 ? options.GeneratorHidden[^1] : options.Latent;
            var output = new Linear(last, spec.Dimensions, rng, new Init.Xavier(), Init.Zeros);
            // Bytes and bits end where the networks' units do.
            return spec.Domain is Domain.Real ? new([.. hidden, output]) : new([.. hidden, output, Activation.Tanh()]);
        }
    }

    public static Recipe<GanOptions, Gan, Batch> Recipe { get; } = new(
        "gan",
        "Fully connected generator trained against a fully connected critic, for tables, points and small images: samples, but has no density.",
        new("goodfellow2014gan", "Generative Adversarial Nets",
            "Goodfellow, Ian and Pouget-Abadie, Jean and Mirza, Mehdi and Xu, Bing and Warde-Farley, David and Ozair, Sherjil and Courville, Aaron and Bengio, Yoshua", "NIPS", 2014, "arXiv:1406.2661"),
        (model, _, rng) => model.Against(rng),
        new(Steps: 20_000, BatchSize: 128),
        DataNeed.Numbers)
    {
        Model = (spec, options, rng) => new(spec, options, rng),
        Smallest = new()
        {
            Latent = 4, GeneratorHidden = [12], CriticHidden = [12, 8], EmaDecay = 0.9, Penalty = new CriticPenalty.R1(0.1),
            Generator = new Adam(5e-3, Beta1: 0.5), Critic = new Adam(5e-3, Beta1: 0.5),
        },
    };

    public Tensor Sample(int count, Rng rng) => Decode(SampleLatent(count, rng.PerExample()));

    /// <summary>Examples from noise z [n, latent] ~ N(0, I).</summary>
    public Tensor Decode(Tensor z) => Spec.Denormalise(_sampled.Call(z).reshape(Spec.BatchShape(z.shape[0])));

    public Tensor SampleLatent(int count, Rng rng) => rng.Normal(count, Options.Latent).to(_generator.ScalarType);

    private AdversarialObjective<Batch> Against(Rng rng)
    {
        var o = Options;
        var critic = _ownCritic is { } own ? OwnNetwork.Of(own(rng), 1, "the critic") : Critic(Spec.Dimensions, o, rng);
        return new(this, critic, new(o.Loss, o.Penalty, o.CriticNorm, o.CriticTurns, o.Augment), new Player("generator", o.Generator, _generator), o.Critic)
        {
            Bout = batch =>
            {
                var real = Shaped(Spec.Normalise(batch.X));
                return new(real, draws => Fake((int)real.shape[0], draws), Judge, critic.IsPerExample);
            },
            Alone = (count, draws) => (Fake(count, draws), Judge),
            Follow = () => _average?.Update(),
        };

        Tensor Fake(int count, Rng draws) => Shaped(_generator.Call(SampleLatent(count, draws)));

        // Only images are changed before the critic sees them, and only images have a shape that matters.
        Tensor Shaped(Tensor x) => o.Augment.Any ? x.reshape(Spec.BatchShape(x.shape[0])) : x.flatten(1);

        Tensor Judge(Tensor x) => critic.Call(x.flatten(1));
    }

    private static Sequential Critic(int inputs, GanOptions options, Rng rng)
    {
        var layers = new List<torch.nn.Module<Tensor, Tensor>>();
        foreach (var units in options.CriticHidden)
        {
            layers.Add(new Linear(inputs, units, rng, new Init.Kaiming(), Init.Zeros, spectralNorm: options.CriticNorm.IsSpectral));
            layers.AddRange([.. layers.Count > 1 ? options.CriticNorm.After(units, rng) : [], Activation.LeakyRelu()]);
            inputs = units;
        }

        return new([.. layers, new Linear(inputs, 1, rng, bias: Init.Zeros, spectralNorm: options.CriticNorm.IsSpectral)]);
    }
}

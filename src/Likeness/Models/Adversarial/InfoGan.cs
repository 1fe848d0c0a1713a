namespace Likeness;

/// <summary>Options of an InfoGAN. The defaults are the paper's for MNIST (appendix C.1).</summary>
public sealed record InfoGanOptions
{
    /// <summary>Dimension of the noise z, which the recogniser does not recover.</summary>
    [AtLeast(1)]
    public int Noise { get; init; } = 62;

    /// <summary>Number of categories of the categorical code.</summary>
    [AtLeast(2)]
    public int Categories { get; init; } = 10;

    /// <summary>Number of continuous codes, each U(-1, 1).</summary>
    [AtLeast(0)]
    public int Continuous { get; init; } = 2;

    /// <summary>Fixed standard deviation of the recogniser's prediction of a continuous code.</summary>
    [Above(0)]
    public double Deviation { get; init; } = 1;

    /// <summary>Weight λ of the mutual-information term in both objectives.</summary>
    [AtLeast(0)]
    public double Information { get; init; } = 1;

    /// <summary>Channels at the largest hidden resolution; doubled at each halving.</summary>
    [AtLeast(1)]
    public int Width { get; init; } = 64;

    /// <summary>Units between the convolutions and the noise, and between the convolutions and the critic's output.</summary>
    [AtLeast(1)]
    public int Hidden { get; init; } = 1024;

    /// <summary>Units of the recogniser between the critic's last hidden layer and the codes.</summary>
    [AtLeast(1)]
    public int RecogniserHidden { get; init; } = 128;

    /// <summary>Adversarial loss: non-saturating, minimax, least-squares, hinge or wasserstein.</summary>
    public AdversarialLoss Loss { get; init; } = AdversarialLoss.NonSaturating;

    /// <summary>Random augmentation of what critic and recogniser see (Zhao et al. 2020), for small data sets: none, or colour, translation and cutout, joined by +.</summary>
    public DiffAugment Augment { get; init; } = DiffAugment.None;

    /// <summary>Optimiser of the generator.</summary>
    public OptimizerOptions Generator { get; init; } = new Adam(1e-3, Beta1: 0.5);

    /// <summary>Optimiser of the critic and the recogniser.</summary>
    public OptimizerOptions Critic { get; init; } = new Adam(2e-4, Beta1: 0.5);
}

/// <summary>
/// InfoGAN (Chen et al. 2016): part of the generator's input is a code c, and a recogniser Q reads it back from the image. With
/// <code>L_I(G, Q) = H(c) + E log Q(c | G(z, c)) ≤ I(c; G(z, c))</code>
/// the game is min_{G,Q} max_D V(D, G) − λ·L_I(G, Q) (equations 5 and 6), so each code must stand for something that can be seen. Q shares all
/// layers of the critic but the last ones. Without any label the categorical code sorts images, and each continuous code varies something.
/// </summary>
public sealed class InfoGan : Model<InfoGanOptions>, IGenerative, IFactored, IClustering
{
    private const double Slope = 0.1;

    private static readonly Init s_scale = new Init.Normal(0.02, 1);

    private readonly Sequential _generator, _trunk, _recogniser;

    public InfoGan(DataSpec spec, InfoGanOptions options, Rng rng)
        : base(spec, options)
    {
        _generator = Add("generator", Generator(spec, options, rng));
        _trunk = Add("trunk", Trunk(spec, options, rng));
        _recogniser = Add("recogniser", new Sequential(
            new Linear(options.Hidden, options.RecogniserHidden, rng, DcganNetworks.Weights, hasBias: false),
            new BatchNorm(options.RecogniserHidden, rng, weight: s_scale),
            Activation.LeakyRelu(Slope),
            new Linear(options.RecogniserHidden, options.Categories + options.Continuous, rng, DcganNetworks.Weights, Init.Zeros)));
        Factors =
        [
            new CodeFactor.Choice("category", options.Noise, options.Categories),
            .. Enumerable.Range(0, options.Continuous).Select(i => new CodeFactor.Range($"code-{i + 1}", options.Noise + options.Categories + i, -1, 1)),
        ];
    }

    public static Recipe<InfoGanOptions, InfoGan, Batch> Recipe { get; } = new(
        "infogan",
        "A GAN whose latent codes can be recovered from its images: finds categories and factors of variation without labels.",
        new("chen2016infogan", "InfoGAN: Interpretable Representation Learning by Information Maximizing Generative Adversarial Nets",
            "Chen, Xi and Duan, Yan and Houthooft, Rein and Schulman, John and Sutskever, Ilya and Abbeel, Pieter", "NIPS", 2016, "arXiv:1606.03657"),
        (model, _, rng) => new Adversaries(model, rng),
        new(Steps: 20_000, BatchSize: 128),
        DataNeed.Images)
    {
        Smallest = new()
        {
            Noise = 16, Categories = 3, Continuous = 1, Deviation = 0.4, Width = 6, Hidden = 16, RecogniserHidden = 8, Generator = new Adam(1e-2, Beta1: 0.5), Critic = new Adam(4e-3, Beta1: 0.5),
        },
    };

    public IReadOnlyList<CodeFactor> Factors { get; }

    public Tensor Sample(int count, Rng rng) => Decode(SampleLatent(count, rng.PerExample()));

    /// <summary>Images from noise, one-hot category and continuous codes, [n, noise + categories + continuous].</summary>
    public Tensor Decode(Tensor z) => Spec.Denormalise(_generator.Call(z));

    public Tensor SampleLatent(int count, Rng rng) => Draw(count, rng).Whole;

    /// <summary>Q(category | x).</summary>
    public Tensor Responsibilities(Tensor x) => Read(_trunk.Call(Spec.Normalise(x))).LogCategories.exp();

    public Tensor CodeInformation(int count, Rng rng)
    {
        var code = Draw(count, rng);
        var (category, continuous) = Information(_trunk.Call(_generator.Call(code.Whole)), code);
        return continuous is null ? category.unsqueeze(1) : torch.cat([category.unsqueeze(1), continuous], 1);
    }

    private Code Draw(int count, Rng rng)
    {
        var categories = rng.Integers(0, Options.Categories, count);
        var oneHot = torch.eye(Options.Categories, dtype: ScalarType.Float32, device: categories.device).index_select(0, categories);
        var continuous = Options.Continuous > 0 ? rng.Uniform(count, Options.Continuous) * 2 - 1 : null;
        var noise = rng.Normal(count, Options.Noise);
        return new(
            torch.cat(continuous is null ? [noise, oneHot] : [noise, oneHot, continuous], 1).to(_generator.ScalarType), categories, continuous?.to(_generator.ScalarType));
    }

    // log Q(c|x) + H(c) of features [n, hidden] of generated images: of the category [n], and of each continuous code [n, continuous]. −log p(c) is the same for all c.
    private (Tensor Category, Tensor? Continuous) Information(Tensor features, Code code)
    {
        var (logCategories, means) = Read(features);
        var category = logCategories.gather(1, code.Categories.unsqueeze(1)).squeeze(1) + Math.Log(Options.Categories);
        return (category, code.Continuous is { } c ? new Normal(means, means.full_like(Math.Log(Options.Deviation))).LogProb(c) + Math.Log(2) : null);
    }

    private (Tensor LogCategories, Tensor Means) Read(Tensor features)
    {
        var outputs = _recogniser.Call(features);
        outputs = outputs.to(_generator.ScalarType); // reduced precision ends before the logarithms
        return (outputs.narrow(1, 0, Options.Categories).log_softmax(1), outputs.narrow(1, Options.Categories, Options.Continuous));
    }

    private static Sequential Generator(DataSpec spec, InfoGanOptions o, Rng rng)
    {
        var (halvings, h, w) = DcganNetworks.Pyramid(spec, "An InfoGAN");
        var channels = o.Width << (halvings - 1);
        var layers = new List<torch.nn.Module<Tensor, Tensor>>
        {
            new Linear(o.Noise + o.Categories + o.Continuous, o.Hidden, rng, DcganNetworks.Weights, hasBias: false), new BatchNorm(o.Hidden, rng, weight: s_scale), Activation.Relu(),
            new Linear(o.Hidden, channels * h * w, rng, DcganNetworks.Weights, hasBias: false), new BatchNorm(channels * h * w, rng, weight: s_scale), Activation.Relu(),
            new Reshape(channels, h, w), new ChannelsLast(),
        };
        for (var i = 1; i < halvings; i++, channels /= 2)
        {
            layers.AddRange([
                new ConvTranspose2d(channels, channels / 2, 4, rng, 2, 1, weight: DcganNetworks.Weights, hasBias: false),
                new BatchNorm(channels / 2, rng, weight: s_scale), Activation.Relu(),
            ]);
        }

        return new([.. layers, new ConvTranspose2d(channels, spec.Channels, 4, rng, 2, 1, weight: DcganNetworks.Weights, bias: Init.Zeros), Activation.Tanh()]);
    }

    // What the critic and the recogniser share: images → [n, hidden].
    private static Sequential Trunk(DataSpec spec, InfoGanOptions o, Rng rng) => new([
        .. DcganNetworks.Features(spec, o.Width, CriticNorm.Batch, rng, Slope),
        new Linear(DcganNetworks.FeatureCount(spec, o.Width), o.Hidden, rng, DcganNetworks.Weights, hasBias: false),
        new BatchNorm(o.Hidden, rng, weight: s_scale),
        Activation.LeakyRelu(Slope)]);

    /// <param name="Whole">What the generator gets.</param>
    /// <param name="Categories">int64 [n].</param>
    /// <param name="Continuous">[n, continuous]; null where there are none.</param>
    private readonly record struct Code(Tensor Whole, Tensor Categories, Tensor? Continuous);

    private sealed class Adversaries : Objective<Batch>
    {
        private readonly InfoGan _model;
        private readonly Linear _head;
        private readonly Player _g, _d;

        public Adversaries(InfoGan model, Rng rng)
        {
            var o = model.Options;
            _model = Add("model", model);
            _head = Add("head", new Linear(o.Hidden, 1, rng, DcganNetworks.Weights, Init.Zeros));
            _g = new Player("generator", o.Generator, model._generator);
            _d = new Player("critic", o.Critic, model._trunk, _head, model._recogniser);
        }

        public override IReadOnlyList<Player> Players => [_d, _g];

        public override IEnumerable<Turn> Round(IFeed<Batch> feed, Rng rng)
        {
            var (trunk, loss, augment) = (_model._trunk, _model.Options.Loss, _model.Options.Augment);
            var real = augment.Of(_model.Spec.Normalise(feed.Next().X), rng);
            var code = _model.Draw((int)real.shape[0], rng);
            var fake = _model._generator.Call(code.Whole);
            var features = trunk.Call(augment.Of(fake.detach(), rng));
            yield return _d.Minimise([("real", loss.Real(_head.Call(trunk.Call(real)))), ("fake", loss.Fake(_head.Call(features))), .. Lost(features, code)]);

            // The same images, before the critic and the recogniser that have just moved.
            features = trunk.Call(augment.Of(fake, rng));
            yield return _g.Minimise([("adversarial", loss.Generator(_head.Call(features))), .. Lost(features, code)]);
        }

        // −λ·L_I, the category's part (not below −λ·log of their number) and that of the continuous codes together.
        private Term[] Lost(Tensor features, Code code)
        {
            var (category, continuous) = _model.Information(features, code);
            var weight = -_model.Options.Information;
            Term first = ("category", category.mean() * weight);
            return continuous is null ? [first] : [first, ("continuous", continuous.sum([1]).mean() * weight)];
        }
    }
}

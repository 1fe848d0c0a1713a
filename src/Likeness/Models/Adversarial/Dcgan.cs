namespace Likeness;

/// <summary>Options of a DCGAN. The defaults are the paper's, except for the width: half of its generator's, which would take four times as long.</summary>
public sealed record DcganOptions
{
    /// <summary>Dimension of the noise z.</summary>
    [AtLeast(1)]
    public int Latent { get; init; } = 100;

    /// <summary>Distribution of the noise: uniform on −1 … 1, or normal.</summary>
    public GeneratorNoise Noise { get; init; } = GeneratorNoise.Uniform;

    /// <summary>Channels at the largest hidden resolution of generator and critic, doubled at each halving; the paper's generator has 128 (1024 at the smallest, for 64 pixels), at four times the work.</summary>
    [AtLeast(1)]
    public int Width { get; init; } = 64;

    /// <summary>Adversarial loss: non-saturating, minimax, least-squares, hinge, wasserstein or wasserstein-drift.</summary>
    public AdversarialLoss Loss { get; init; } = AdversarialLoss.NonSaturating;

    /// <summary>Penalty on the critic's gradient: none, gradient or r1.</summary>
    public CriticPenalty Penalty { get; init; } = new CriticPenalty.None();

    /// <summary>Normalisation of the critic: batch, none (which the gradient penalty requires) or spectral.</summary>
    public CriticNorm CriticNorm { get; init; } = CriticNorm.Batch;

    /// <summary>Critic updates per generator update.</summary>
    [AtLeast(1)]
    public int CriticTurns { get; init; } = 1;

    /// <summary>Random augmentation of the images that the critic sees (Zhao et al. 2020), for small data sets: none, or colour, translation and cutout, joined by +.</summary>
    public DiffAugment Augment { get; init; } = DiffAugment.None;

    /// <summary>Optimiser of the generator.</summary>
    public OptimizerOptions Generator { get; init; } = new Adam(2e-4, Beta1: 0.5);

    /// <summary>Optimiser of the critic.</summary>
    public OptimizerOptions Critic { get; init; } = new Adam(2e-4, Beta1: 0.5);

    internal AdversarialRules Rules => new(Loss, Penalty, CriticNorm, CriticTurns, Augment);
}

/// <summary>
/// Deep convolutional generative adversarial network (Radford et al. 2016): a generator of transposed convolutions with batch
/// normalisation, ReLU and a final tanh, against a strided-convolution critic. Sized from the data. Implicit: it samples, and
/// has no density.
/// </summary>
public sealed class Dcgan : Model<DcganOptions>, IGenerative, ILatentPrior
{
    private readonly Sequential _generator;

    public Dcgan(DataSpec spec, DcganOptions options, Rng rng)
        : base(spec, options)
    {
        options.Augment.Check(spec);
        _generator = Add("generator", DcganNetworks.Generator(spec, options.Latent, options.Width, rng));
    }

    public static Recipe<DcganOptions, Dcgan, Batch> Recipe { get; } = new(
        "dcgan",
        "Convolutional generator trained against a convolutional critic: sharp samples, no density.",
        new("radford2016dcgan", "Unsupervised Representation Learning with Deep Convolutional Generative Adversarial Networks",
            "Radford, Alec and Metz, Luke and Chintala, Soumith", "ICLR", 2016, "arXiv:1511.06434"),
        (model, _, rng) => model.Against(rng),
        new(Steps: 4_000, BatchSize: 128),
        DataNeed.Images)
    {
        Former = new() { ["noise"] = "normal" },
        Smallest = new() { Latent = 4, Width = 6, Generator = new Adam(2e-3, Beta1: 0.5), Critic = new Adam(2e-3, Beta1: 0.5) },
    };

    public Tensor Sample(int count, Rng rng) => Decode(SampleLatent(count, rng.PerExample()));

    /// <summary>Images from noise z [n, latent].</summary>
    public Tensor Decode(Tensor z) => Spec.Denormalise(_generator.Call(z));

    public Tensor SampleLatent(int count, Rng rng) => Options.Noise.Draw(rng, count, Options.Latent).to(_generator.ScalarType);

    private AdversarialObjective<Batch> Against(Rng rng)
    {
        var critic = new Sequential([.. DcganNetworks.Features(Spec, Options.Width, Options.CriticNorm, rng), DcganNetworks.Head(Spec, Options.Width, Options.CriticNorm, rng)]);
        return new(this, critic, Options.Rules, new Player("generator", Options.Generator, this), Options.Critic)
        {
            Bout = batch =>
            {
                var real = Spec.Normalise(batch.X);
                return new(real, draws => Fake((int)real.shape[0], draws), x => critic.Call(x));
            },
            Alone = (count, draws) => (Fake(count, draws), x => critic.Call(x)),
        };

        Tensor Fake(int count, Rng draws) => _generator.Call(SampleLatent(count, draws));
    }
}

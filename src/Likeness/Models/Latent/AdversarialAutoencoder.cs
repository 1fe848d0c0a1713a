namespace Likeness;

/// <summary>Options of an adversarial autoencoder. Sizes and prior are the paper's for MNIST.</summary>
public sealed record AdversarialAutoencoderOptions
{
    /// <summary>Dimension of the code z.</summary>
    [AtLeast(1)]
    public int Latent { get; init; } = 8;

    /// <summary>Prior of the codes: gaussian, ten-gaussians or swiss-roll.</summary>
    public CodePrior Prior { get; init; } = new CodePrior.Spherical(5);

    /// <summary>Network: mlp (with hidden sizes), conv, or grid (whose codes are small images).</summary>
    public AutoencoderNetwork Network { get; init; } = new AutoencoderNetwork.Mlp { Hidden = [1000, 1000], Nonlinearity = Nonlinearity.Relu };

    /// <summary>Corruption of the encoder's input in training: none, masking or gaussian.</summary>
    public Corruption Corruption { get; init; } = new Corruption.None();

    /// <summary>Reconstruction loss of the first phase: squared-error, cross-entropy or likelihood.</summary>
    public Reconstruction Reconstruction { get; init; } = new Reconstruction.SquaredError();

    /// <summary>Optimiser of the encoder and the decoder in the first phase.</summary>
    public OptimizerOptions Optimizer { get; init; } = new Adam(5e-4) { Schedule = new Schedule.Linear(0.01, From: 0.5) };

    /// <summary>The second phase: a critic of the codes, with the encoder trained against it.</summary>
    public LatentGameOptions Game { get; init; } = new();
}

/// <summary>
/// Adversarial autoencoder (Makhzani et al. 2016): an autoencoder whose codes, over all the data together, a critic cannot tell from draws of
/// a prior. On each batch first the autoencoder learns to reconstruct, then the critic to tell, then the encoder to be told the prior's.
/// The prior needs no formula for its density.
/// </summary>
public sealed class AdversarialAutoencoder : PriorAutoencoder<AdversarialAutoencoderOptions>
{
    public AdversarialAutoencoder(DataSpec spec, AdversarialAutoencoderOptions options, Rng rng)
        : base(spec, options, options.Network, options.Reconstruction, options.Corruption, options.Prior, options.Latent, rng)
    {
    }

    public static Recipe<AdversarialAutoencoderOptions, AdversarialAutoencoder, Batch> Recipe { get; } = new(
        "aae",
        "An autoencoder whose codes are matched to a chosen prior by a critic: encodes, decodes and samples.",
        AdversarialPaper.Citation,
        (model, options, rng) => new ThreePhases(model, options, rng),
        new(Steps: 50_000, BatchSize: 100),
        DataNeed.Numbers)
    {
        Smallest = new()
        {
            Latent = 3, Prior = new CodePrior.Spherical(), Network = new AutoencoderNetwork.Mlp { Hidden = [16] }, Optimizer = new Adam(0.01),
            Game = new() { Hidden = [12], Critic = new Adam(0.01), Encoder = new Adam(0.003) },
        },
    };

    private sealed class ThreePhases : Objective<Batch>
    {
        private readonly AdversarialAutoencoder _model;
        private readonly Player _autoencoder;
        private readonly LatentGame _game;

        public ThreePhases(AdversarialAutoencoder model, AdversarialAutoencoderOptions options, Rng rng)
        {
            _model = Add("model", model);
            _autoencoder = new Player("autoencoder", options.Optimizer, model);
            _game = Add("game", new LatentGame(options.Game, model.Networks.Encoder, rng, ("critic", model.Latent)));
        }

        public override IReadOnlyList<Player> Players => [_autoencoder, .. _game.Players];

        public override IEnumerable<Turn> Round(IFeed<Batch> feed, Rng rng)
        {
            var x = feed.Next().X;
            var networks = _model.Networks;
            yield return _autoencoder.Minimise(("reconstruction", networks.Loss(networks.EncodeCorrupted(x, rng), x).mean()));

            foreach (var turn in _game.Round(rng, new CodePart(networks.EncodeCorrupted(x, rng), _model.SampleLatent((int)x.shape[0], rng))))
            {
                yield return turn;
            }
        }
    }
}

/// <summary>The paper of the adversarial autoencoders.</summary>
internal static class AdversarialPaper
{
    public static Citation Citation { get; } = new("makhzani2016aae", "Adversarial Autoencoders",
        "Makhzani, Alireza and Shlens, Jonathon and Jaitly, Navdeep and Goodfellow, Ian and Frey, Brendan", "ICLR Workshop", 2016, "arXiv:1511.05644");
}

namespace Likeness;

/// <summary>Options of a Wasserstein autoencoder. The defaults are the paper's for MNIST, except for the smaller networks, and an R1 penalty on the critic of WAE-GAN.</summary>
public sealed record WassersteinAutoencoderOptions
{
    /// <summary>Dimension of the code z.</summary>
    [AtLeast(1)]
    public int Latent { get; init; } = 8;

    /// <summary>Prior of the codes: gaussian, ten-gaussians or swiss-roll.</summary>
    public CodePrior Prior { get; init; } = new CodePrior.Spherical();

    /// <summary>Penalty that matches codes and prior, with its weight λ: mmd or gan.</summary>
    public LatentPenalty Penalty { get; init; } = new LatentPenalty.MeanDiscrepancy();

    /// <summary>Network: mlp (with hidden sizes) or conv. The paper's, four convolutions of 128 to 1024 channels with batch normalisation, costs over a hundred times as much.</summary>
    public AutoencoderNetwork Network { get; init; } = new AutoencoderNetwork.Convolutional();

    /// <summary>The reconstruction cost c(x, x̂): squared-error, cross-entropy or likelihood.</summary>
    public Reconstruction Cost { get; init; } = new Reconstruction.SquaredError(0.05);

    /// <summary>Optimiser of the encoder and the decoder.</summary>
    public OptimizerOptions Optimizer { get; init; } = new Adam(1e-3, Beta1: 0.5) { Schedule = new Schedule.Linear(0.01, From: 0.5) };
}

/// <summary>
/// Wasserstein autoencoder (Tolstikhin et al. 2018): a deterministic autoencoder whose codes, over all the data together, follow the prior,
/// <code>min E c(x, G(Q(x))) + λ·D(Q_z, P_z)      (equation 4)</code>
/// where D is a kernel distance (WAE-MMD, algorithm 2) or a critic's verdict (WAE-GAN, algorithm 1). Each example keeps a code of its own,
/// where a VAE draws every single posterior to the prior.
/// </summary>
public sealed class WassersteinAutoencoder : PriorAutoencoder<WassersteinAutoencoderOptions>
{
    public WassersteinAutoencoder(DataSpec spec, WassersteinAutoencoderOptions options, Rng rng)
        : base(spec, options, options.Network, options.Cost, new Corruption.None(), options.Prior, options.Latent, rng)
    {
    }

    public static Recipe<WassersteinAutoencoderOptions, WassersteinAutoencoder, Batch> Recipe { get; } = new(
        "wae",
        "An autoencoder whose codes are matched to a prior by maximum mean discrepancy or a critic: encodes, decodes and samples.",
        new("tolstikhin2018wae", "Wasserstein Auto-Encoders",
            "Tolstikhin, Ilya and Bousquet, Olivier and Gelly, Sylvain and Schölkopf, Bernhard", "ICLR", 2018, "arXiv:1711.01558"),
        (model, options, rng) => new Matching(model, options, rng),
        new(Steps: 50_000, BatchSize: 100),
        DataNeed.Numbers)
    {
        Smallest = new()
        {
            Latent = 3, Network = new AutoencoderNetwork.Mlp { Hidden = [16] }, Optimizer = new Adam(0.01), Cost = new Reconstruction.SquaredError(),
            Penalty = new LatentPenalty.Adversary(0.01) { Hidden = [12], Critic = new Adam(0.01) },
        },
    };

    private sealed class Matching : Objective<Batch>
    {
        private readonly WassersteinAutoencoder _model;
        private readonly double _weight;
        private readonly Func<Tensor, Tensor> _kernel;
        private readonly LatentCritic? _critic;
        private readonly Player _player;
        private readonly CriticPenalty _slope = new CriticPenalty.None();
        private readonly Player? _judge;

        public Matching(WassersteinAutoencoder model, WassersteinAutoencoderOptions options, Rng rng)
        {
            (_model, _weight) = (Add("model", model), options.Penalty.Weight);
            _kernel = KernelDistance.InverseMultiquadrics(model.Latent, model.Prior.Variance);
            _player = new Player("autoencoder", options.Optimizer, model);
            if (options.Penalty is LatentPenalty.Adversary adversary)
            {
                _critic = Add("critic", new LatentCritic(model.Latent, adversary.Hidden, rng, model.Prior.LogProb));
                _judge = new Player("critic", adversary.Critic, _critic);
                _slope = adversary.SlopePenalty;
            }
        }

        public override IReadOnlyList<Player> Players => _judge is null ? [_player] : [_judge, _player];

        public override IEnumerable<Turn> Round(IFeed<Batch> feed, Rng rng)
        {
            var x = feed.Next().X;
            var (code, prior) = (_model.Encode(x), _model.SampleLatent((int)x.shape[0], rng));
            if (_critic is not null)
            {
                Term[] terms = [("prior", _critic.Real(prior)), ("code", _critic.Fake(code.detach()))];
                yield return _judge!.Minimise(_slope.Of(_critic.LogOdds, prior, code, rng) is { } slope ? [.. terms, ("slope", slope)] : terms);
            }

            var penalty = _critic is null ? KernelDistance.Squared(code, prior, _kernel) : _critic.Fooled(code);
            yield return _player.Minimise(("cost", _model.Networks.Loss(code, x).mean()), ("penalty", penalty * _weight));
        }
    }
}

using System.Text.Json;
using System.Text.Json.Serialization;

namespace Likeness;

/// <summary>What an autoencoder is made of.</summary>
public sealed record AutoencoderOptions
{
    /// <summary>Values in the code.</summary>
    [AtLeast(1)]
    public int Latent { get; init; } = 32;

    /// <summary>mlp with hidden sizes, or conv.</summary>
    public AutoencoderNetwork Network { get; init; } = new AutoencoderNetwork.Mlp { Hidden = [512, 256], Nonlinearity = Nonlinearity.Relu };

    /// <summary>What is done to the encoder's examples in training: none, masking or gaussian, which make it a denoising autoencoder.</summary>
    public Corruption Corruption { get; init; } = new Corruption.None();

    /// <summary>What it descends: squared-error, cross-entropy or likelihood.</summary>
    public Reconstruction Reconstruction { get; init; } = new Reconstruction.SquaredError();

    /// <summary>How the parameters descend.</summary>
    public OptimizerOptions Optimizer { get; init; } = new Adam(1e-3) { Schedule = new Schedule.Cosine() };
}

/// <summary>
/// Autoencoder: an encoder to a narrow code and a decoder back, both trained to put out what went in; where the encoder's examples are
/// corrupted, a denoising autoencoder (Vincent et al. 2008),
/// <code>min E ‖x − g(f(x̃))‖²,      x̃ ~ q(x̃|x)      (equation 5)</code>
/// It is no generative model: nothing says how its codes are distributed, and so there is nothing to draw them from.
/// </summary>
public sealed class Autoencoder : Module, IAutoencoder
{
    private readonly EncoderDecoder _networks;

    public Autoencoder(DataSpec spec, AutoencoderOptions options, Rng rng)
    {
        OptionRanges.Check(options, AutoencoderJson.Default.AutoencoderOptions);
        _networks = new EncoderDecoder(spec, options.Network, options.Reconstruction, options.Corruption, options.Latent, rng);
        Add("encoder", _networks.Encoder);
        Add("decoder", _networks.Decoder);
    }

    public static Recipe<AutoencoderOptions, Autoencoder, Batch> Recipe { get; } = new(
        "autoencoder",
        "Encodes examples in few values and reconstructs them, also from corrupted ones (denoising); not a generative model.",
        new("vincent2008denoising", "Extracting and Composing Robust Features with Denoising Autoencoders",
            "Vincent, Pascal and Larochelle, Hugo and Bengio, Yoshua and Manzagol, Pierre-Antoine", "ICML", 2008,
            "Proceedings of the 25th International Conference on Machine Learning:1096-1103"),
        new(),
        AutoencoderJson.Default.AutoencoderOptions,
        (spec, options, rng) => new Autoencoder(spec, options, rng),
        (model, options, _) => new Reconstructing(model, options),
        new(Steps: 20_000, BatchSize: 100),
        DataNeed.Numbers)
    {
        Smallest = new() { Latent = 2, Network = new AutoencoderNetwork.Mlp { Hidden = [12] }, Corruption = new Corruption.Masking(), Optimizer = new Adam(0.01) },
    };

    public Tensor Encode(Tensor x) => _networks.Encode(x);

    public Tensor Decode(Tensor z) => _networks.Decode(z);

    private sealed class Reconstructing : Objective<Batch>, IExampleLosses<Batch>
    {
        private readonly Autoencoder _model;
        private readonly Player _player;

        public Reconstructing(Autoencoder model, AutoencoderOptions options) =>
            (_model, _player) = (Add("model", model), new Player("model", options.Optimizer, model));

        public override IReadOnlyList<Player> Players => [_player];

        public Player Player => _player;

        public override IEnumerable<Turn> Round(IFeed<Batch> feed, Rng rng) => this.Descend(feed, rng);

        public IReadOnlyList<Term> Losses(Batch batch, Rng examples, Rng round) =>
            [("reconstruction", _model._networks.Loss(_model._networks.EncodeCorrupted(batch.X, examples), batch.X))];
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(AutoencoderOptions))]
internal sealed partial class AutoencoderJson : JsonSerializerContext;

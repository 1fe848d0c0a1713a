namespace Likeness;

/// <summary>Options of an autoencoder.</summary>
public sealed record AutoencoderOptions
{
    /// <summary>Dimension of the code.</summary>
    [AtLeast(1)]
    public int Latent { get; init; } = 32;

    /// <summary>Network: mlp (with hidden sizes), conv, or grid (whose codes are small images).</summary>
    public AutoencoderNetwork Network { get; init; } = new AutoencoderNetwork.Mlp { Hidden = [512, 256], Nonlinearity = Nonlinearity.Relu };

    /// <summary>Corruption of the encoder's input in training: none, or masking or gaussian for a denoising autoencoder.</summary>
    public Corruption Corruption { get; init; } = new Corruption.None();

    /// <summary>Reconstruction loss: squared-error, cross-entropy or likelihood.</summary>
    public Reconstruction Reconstruction { get; init; } = new Reconstruction.SquaredError();

    /// <summary>Optimiser of the parameters.</summary>
    public OptimizerOptions Optimizer { get; init; } = new Adam(1e-3) { Schedule = new Schedule.Cosine() };
}

/// <summary>
/// Autoencoder: an encoder to a narrow code and a decoder back, both trained to put out what went in; where the encoder's examples are
/// corrupted, a denoising autoencoder (Vincent et al. 2008),
/// <code>min E ‖x − g(f(x̃))‖²,      x̃ ~ q(x̃|x)      (equation 5)</code>
/// It is no generative model: nothing says how its codes are distributed, and so there is nothing to draw them from.
/// </summary>
public sealed class Autoencoder : Model<AutoencoderOptions>, IAutoencoder
{
    private readonly EncoderDecoder _networks;

    public Autoencoder(DataSpec spec, AutoencoderOptions options, Rng rng)
        : base(spec, options)
    {
        _networks = new EncoderDecoder(spec, options.Network, options.Reconstruction, options.Corruption, options.Latent, rng);
        Add("encoder", _networks.Encoder);
        Add("decoder", _networks.Decoder);
    }

    public static Recipe<AutoencoderOptions, Autoencoder, Batch> Recipe { get; } = new(
        "autoencoder",
        "Compresses examples to a few values and reconstructs them, optionally from corrupted input (denoising); not a generative model.",
        new("vincent2008denoising", "Extracting and Composing Robust Features with Denoising Autoencoders",
            "Vincent, Pascal and Larochelle, Hugo and Bengio, Yoshua and Manzagol, Pierre-Antoine", "ICML", 2008,
            "Proceedings of the 25th International Conference on Machine Learning:1096-1103"),
        (model, options, _) => new Reconstructing(model, options),
        new(Steps: 20_000, BatchSize: 100),
        DataNeed.Numbers)
    {
        Smallest = new() { Latent = 2, Network = new AutoencoderNetwork.Mlp { Hidden = [12] }, Corruption = new Corruption.Masking(), Optimizer = new Adam(0.01) },
    };

    public CodeGrid? Grid => _networks.Grid;

    public Tensor Encode(Tensor x) => _networks.Encode(x);

    public Tensor Decode(Tensor z) => _networks.Decode(z);

    private sealed class Reconstructing : ExampleObjective<Batch>
    {
        private readonly EncoderDecoder _networks;

        public Reconstructing(Autoencoder model, AutoencoderOptions options)
            : base(model, new("model", options.Optimizer, model)) => _networks = model._networks;

        public override IReadOnlyList<Term> Losses(Batch batch, Rng examples, Rng round) =>
            [("reconstruction", _networks.Loss(_networks.EncodeCorrupted(batch.X, examples), batch.X))];
    }
}

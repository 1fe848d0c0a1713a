namespace Likeness;

/// <summary>Options of a VQ-VAE; the defaults are those of the authors' own code for small images.</summary>
public sealed record VqVaeOptions
{
    /// <summary>Number of vectors in the codebook.</summary>
    [AtLeast(2)]
    public int Codes { get; init; } = 512;

    /// <summary>Dimension of each codebook vector.</summary>
    [AtLeast(1)]
    public int Dimension { get; init; } = 64;

    /// <summary>Channels of the networks' convolutions.</summary>
    [AtLeast(2)]
    public int Width { get; init; } = 128;

    /// <summary>Residual blocks of the encoder, and as many of the decoder.</summary>
    [AtLeast(0)]
    public int Blocks { get; init; } = 2;

    /// <summary>Channels inside the residual blocks.</summary>
    [AtLeast(1)]
    public int Inner { get; init; } = 32;

    /// <summary>Largest number of times that the image is halved: with 2, a 28×28 image becomes 7×7 codes.</summary>
    [AtLeast(1)]
    public int Halvings { get; init; } = 2;

    /// <summary>Weight of the commitment loss, which keeps the encoder's outputs near the codebook.</summary>
    [AtLeast(0)]
    public double Commitment { get; init; } = 0.25;

    /// <summary>Decay of the codebook's exponential moving averages.</summary>
    [AtLeast(0, Below = 1)]
    public double Decay { get; init; } = 0.99;

    /// <summary>p(x|z), the decoder's distribution: auto (chosen by the data), bernoulli, gaussian, categorical or discretized-logistic.</summary>
    public DecoderHead Decoder { get; init; } = new DecoderHead.Auto();

    /// <summary>The prior: an autoregressive density of the codes.</summary>
    public GridDensityOptions Prior { get; init; } = new();

    /// <summary>Optimiser of the encoder and the decoder.</summary>
    public OptimizerOptions Optimizer { get; init; } = new Adam(3e-4) { Schedule = new Schedule.Cosine() };

    /// <summary>Optimiser of the prior.</summary>
    public OptimizerOptions PriorOptimizer { get; init; } = new Adam(1e-3) { Schedule = new Schedule.Cosine() };
}

/// <summary>
/// Vector-quantised variational autoencoder (van den Oord, Vinyals and Kavukcuoglu 2017): the encoder's maps are replaced, place by place,
/// by the nearest vectors of a codebook, and a PixelCNN learns the density of the codes. It descends
/// <code>−log p(x|z_q(x)) + β‖z_e(x) − sg[e]‖²      (equation 3; the codebook follows by moving averages, appendix A.1)</code>
/// where the gradient passes the quantisation straight through. A posterior that is certain of its codes bounds the likelihood by
/// <code>log p(x) ≥ log p(x|z_q(x)) + log p(z_q(x))</code>
/// </summary>
public sealed class VqVae : Model<VqVaeOptions>, IGenerative, INoiselessSampler, IBound, IAutoencoder, ILatentPrior
{
    private readonly DecoderHead _head;
    private readonly Sequential _encoder, _decoder;
    private readonly VectorQuantizer _codebook;
    private readonly GridDensity _prior;
    private readonly Tensor _offset;
    private readonly int _height, _width;

    public VqVae(DataSpec spec, VqVaeOptions options, Rng rng)
        : base(spec, options)
    {
        if (!spec.IsImage || ImagePyramid.Of(spec) is not { Halvings: > 0 } pyramid)
        {
            throw new UsageException($"A VQ-VAE needs an image with even sides larger than 7, and the data is {spec}: resize it.");
        }

        var halvings = Math.Min(options.Halvings, pyramid.Halvings);
        (_head, _height, _width) = (options.Decoder.For(spec), spec.Height >> halvings, spec.Width >> halvings);
        var networks = new MapNetworks(options.Width, options.Blocks, options.Inner);
        _encoder = Add("encoder", new Sequential([.. networks.Encoder(spec.Channels, halvings, options.Dimension, rng)]));
        _decoder = Add("decoder", new Sequential([.. networks.Decoder(options.Dimension, halvings, _head.Outputs * spec.Channels, rng)]));
        _codebook = Add("codebook", new VectorQuantizer(options.Codes, options.Dimension, rng));
        _prior = Add("prior", new GridDensity(options.Codes, _height, _width, options.Prior, rng));
        _offset = Buffer("offset", Init.Zeros.Make(rng, _head.Outputs * spec.Dimensions));
    }

    public static Recipe<VqVaeOptions, VqVae, Batch> Recipe { get; } = new(
        "vq-vae",
        "Images as grids of discrete codes, with a PixelCNN over the codes; bounds the likelihood, encodes, decodes and samples.",
        new("vandenoord2017vqvae", "Neural Discrete Representation Learning", "van den Oord, A{\\\"a}ron and Vinyals, Oriol and Kavukcuoglu, Koray", "NIPS", 2017, "Advances in Neural Information Processing Systems 30:6306-6315"),
        (model, options, _) => new Quantised(model, options),
        new(Steps: 10_000, BatchSize: 100),
        DataNeed.Images)
    {
        Smallest = new()
        {
            Codes = 64, Dimension = 4, Width = 32, Blocks = 1, Inner = 8, Halvings = 1, Decay = 0.9, Prior = new(8, 1), Optimizer = new Adam(0.01), PriorOptimizer = new Adam(0.01),
        },
    };

    /// <summary>A vector of the codebook at each place.</summary>
    public CodeGrid Grid => new(_codebook.Dimension, _height, _width, ByPlace: true);

    public Tensor Sample(int count, Rng rng)
    {
        rng = rng.PerExample();
        return _head.Of(Outputs(SampleLatent(count, rng))).Sample(rng).to(ScalarType).reshape(Spec.BatchShape(count));
    }

    public Tensor SampleMeans(int count, Rng rng) => Decode(SampleLatent(count, rng.PerExample()));

    public Tensor SampleLatent(int count, Rng rng) => Vectors(_prior.Sample(count, rng));

    /// <summary>The codes of each place, row by row, int64 [n, places].</summary>
    public Tensor Codes(Tensor x) => _codebook.Nearest(Features(x)).reshape(x.shape[0], -1);

    /// <summary>The codebook's vectors of each place, one after the other, [n, places·dimension].</summary>
    public Tensor Encode(Tensor x) => Vectors(Codes(x));

    /// <summary>The means of p(x|z), of the vectors of each place.</summary>
    public Tensor Decode(Tensor z) => _head.Mean(Outputs(z)).reshape(Spec.BatchShape(z.shape[0]));

    /// <summary>log p(x|z_q(x)) + log p(z_q(x)), nats, [n]: nothing of it is random.</summary>
    public Tensor LogProbBound(Tensor x, Rng rng)
    {
        var codes = Codes(x);
        return LogLikelihood(x, Vectors(codes)) + _prior.LogProb(codes);
    }

    // The encoder's vectors of every place, [n·places, dimension].
    private Tensor Features(Tensor x) => _encoder.Call(Spec.Normalise(x)).permute(0, 2, 3, 1).reshape(-1, _codebook.Dimension);

    private Tensor Vectors(Tensor codes) => _codebook.Lookup(codes.reshape(-1)).reshape(codes.shape[0], -1);

    // The decoder's outputs [n, outputs·d] of vectors [n, places·dimension].
    private Tensor Outputs(Tensor z) => _decoder.Call(Grid.ToMaps(z)) + _offset;

    private Tensor LogLikelihood(Tensor x, Tensor z) => _head.LogProb(Outputs(z), Spec.Flat(x));

    // The encoder and the decoder descend, the codebook follows, and the density of the codes learns what it sees on the way.
    private sealed class Quantised : Objective<Batch>, IEstimatedGradients
    {
        private readonly VqVae _model;
        private readonly VectorQuantizer.Averages _averages;
        private readonly Player _autoencoder, _prior;
        private readonly double _commitment;

        public Quantised(VqVae model, VqVaeOptions options)
        {
            _model = Add("model", model);
            _averages = Add("averages", new VectorQuantizer.Averages(model._codebook, options.Decay));
            _commitment = options.Commitment;
            _autoencoder = new Player("autoencoder", options.Optimizer, model._encoder, model._decoder);
            _prior = new Player("prior", options.PriorOptimizer, model._prior);
        }

        public override IReadOnlyList<Player> Players => [_autoencoder, _prior];

        /// <summary>What reaches the encoder has passed the quantisation straight through.</summary>
        public bool Estimates(Tensor parameter) => _model._encoder.named_parameters().Any(p => ReferenceEquals(p.parameter, parameter));

        public override void Begin(Batch first, IFeed<Batch> feed, Rng rng)
        {
            _model._offset.copy_(_model._head.Marginals(_model.Spec.Flat(first.X)));
            _averages.Begin(_model.Features(first.X), rng);
        }

        public override IEnumerable<Turn> Round(IFeed<Batch> feed, Rng rng)
        {
            var x = feed.Next().X;
            var features = _model.Features(x);
            var codes = _model._codebook.Nearest(features);
            var embedded = _model._codebook.Lookup(codes);
            var z = VectorQuantizer.StraightThrough(features, embedded).reshape(x.shape[0], -1);
            var commitment = (features - embedded).square().sum() / x.shape[0];
            yield return _autoencoder.Minimise(("reconstruction", -_model.LogLikelihood(x, z).mean()), ("commitment", _commitment * commitment));

            var (seen, perplexity) = (features.detach(), torch.zeros([], device: x.device));
            yield return Turn.Do(
                _autoencoder.Name,
                () =>
                {
                    _averages.Update(seen, codes, rng);
                    perplexity.copy_(_averages.Perplexity());
                },
                ("perplexity", perplexity));
            yield return _prior.Minimise(("prior", -_model._prior.LogProb(codes.reshape(x.shape[0], -1)).mean()));
        }
    }
}

namespace Likeness;

/// <summary>The networks, priors and training phases of an adversarial autoencoder whose code consists of a category and a style.</summary>
public sealed record CategoricalCodeOptions
{
    internal static CategoricalCodeOptions Smallest { get; } = new()
    {
        Style = 2, Network = new AutoencoderNetwork.Mlp { Hidden = [12] }, Optimizer = new Adam(0.01),
        Game = new() { Hidden = [12], Critic = new Adam(0.01), Encoder = new Adam(0.01) },
    };

    /// <summary>Dimension of the style z.</summary>
    [AtLeast(1)]
    public int Style { get; init; } = 5;

    /// <summary>Prior of the styles: gaussian, ten-gaussians or swiss-roll; categories are uniform.</summary>
    public CodePrior Prior { get; init; } = new CodePrior.Spherical();

    /// <summary>Network: mlp (with hidden sizes) or conv.</summary>
    public AutoencoderNetwork Network { get; init; } = new AutoencoderNetwork.Mlp { Hidden = [1000, 1000], Nonlinearity = Nonlinearity.Relu, BatchNorm = true };

    /// <summary>Whether the categories' logits are batch-normalised as well.</summary>
    public bool BatchNorm { get; init; } = true;

    /// <summary>Corruption of the encoder's input in training: none, masking or gaussian.</summary>
    public Corruption Corruption { get; init; } = new Corruption.Noise();

    /// <summary>Reconstruction loss of the first phase: squared-error, cross-entropy or likelihood.</summary>
    public Reconstruction Reconstruction { get; init; } = new Reconstruction.SquaredError();

    /// <summary>Optimiser of the encoder and the decoder in the first phase.</summary>
    public OptimizerOptions Optimizer { get; init; } = new Adam(5e-4) { Schedule = new Schedule.Linear(0.01, From: 0.5) };

    /// <summary>The second phase: critics of the categories and of the styles, with the encoder trained against them.</summary>
    public LatentGameOptions Game { get; init; } = new();
}

/// <summary>
/// Codes of a category and a style, (y, z), y on the simplex (Makhzani et al. 2016, figure 4): what the clustering and the semi-supervised model share.
/// The model adds both networks as its parts.
/// </summary>
internal sealed class CategoricalCode
{
    private readonly CategoricalCodeOptions _options;
    private readonly EncoderDecoder _networks;

    /// <exception cref="UsageException">There are fewer than two categories, or the options are not for such data.</exception>
    public CategoricalCode(DataSpec spec, int categories, CategoricalCodeOptions options, Rng rng)
    {
        (Categories, _options) = (categories, options);
        options.Prior.For(options.Style);
        _networks = new EncoderDecoder(spec, options.Network, options.Reconstruction, options.Corruption, categories + options.Style, rng,
            options.BatchNorm ? new NormalisedCategories(categories, rng) : null);
    }

    public int Categories { get; }

    public Sequential Encoder => _networks.Encoder;

    public Sequential Decoder => _networks.Decoder;

    /// <summary>Codes [n, categories + style]: the categories' probabilities, then the style.</summary>
    public Tensor Encode(Tensor x) => Join(_networks.Encode(x));

    public Tensor Decode(Tensor code) => _networks.Decode(code);

    /// <summary>log q(y|x), nats, [n, categories].</summary>
    public Tensor LogCategories(Tensor x) => Split(_networks.Encode(x)).Logits.log_softmax(1);

    /// <summary>Codes [count, categories + style] from the prior: one-hot categories, then styles.</summary>
    public Tensor Sample(int count, Rng rng) => torch.cat([SampleCategories(count, rng), SampleStyles(count, rng)], 1);

    /// <summary>Examples of such categories, int64 [count], with styles from the prior.</summary>
    public Tensor SampleExamples(Tensor categories, Rng rng) =>
        _networks.Whole(Decode(torch.cat([OneHot(categories), SampleStyles((int)categories.numel(), rng)], 1)));

    /// <summary>Categories drawn from the prior, int64 [count].</summary>
    public Tensor DrawCategories(int count, Rng rng) => rng.Integers(0, Categories, count);

    private Tensor OneHot(Tensor categories) =>
        torch.eye(Categories, dtype: ScalarType.Float32, device: categories.device).to(Encoder.ScalarType).index_select(0, categories);

    private Tensor SampleCategories(int count, Rng rng) => OneHot(DrawCategories(count, rng));

    private Tensor SampleStyles(int count, Rng rng) => _options.Prior.Sample(count, _options.Style, rng).to(Encoder.ScalarType);

    private (Tensor Logits, Tensor Style) Split(Tensor outputs) => (outputs.narrow(1, 0, Categories), outputs.narrow(1, Categories, _options.Style));

    private Tensor Join(Tensor outputs)
    {
        var (logits, style) = Split(outputs);
        return torch.cat([logits.softmax(1), style], 1);
    }

    // Logits of equal spread: no category dies, and none is certain before it means something.
    private sealed class NormalisedCategories : Layer
    {
        private readonly BatchNorm _norm;
        private readonly int _categories;

        public NormalisedCategories(int categories, Rng rng) => (_norm, _categories) = (Add("norm", new BatchNorm(categories, rng)), categories);

        protected override Tensor Forward(Tensor x, Rng? rng) =>
            torch.cat([_norm.Call(x.narrow(1, 0, _categories)), x.narrow(1, _categories, x.shape[1] - _categories)], 1);
    }

    /// <summary>The phases of training, as turns: reconstruction, critics of both parts, encoder; and, with labels, the third.</summary>
    public sealed class Phases : Module
    {
        private readonly CategoricalCode _code;
        private readonly Player _autoencoder;
        private readonly LatentGame _game;

        public Phases(CategoricalCode code, Rng rng)
        {
            _code = code;
            _autoencoder = new Player("autoencoder", code._options.Optimizer, code.Encoder, code.Decoder);
            _game = Add("game", new LatentGame(code._options.Game, code.Encoder, rng, ("category", code.Categories), ("style", code._options.Style)));
        }

        public IReadOnlyList<Player> Players => [_autoencoder, .. _game.Players];

        /// <summary>The unsupervised phases on examples.</summary>
        public IEnumerable<Turn> Round(Tensor x, Rng rng)
        {
            var (networks, count) = (_code._networks, (int)x.shape[0]);
            yield return _autoencoder.Minimise(("reconstruction", networks.Loss(_code.Join(networks.EncodeCorrupted(x, rng)), x).mean()));

            var (logits, style) = _code.Split(networks.EncodeCorrupted(x, rng));
            foreach (var turn in _game.Round(rng, new(logits.softmax(1), _code.SampleCategories(count, rng)), new(style, _code.SampleStyles(count, rng))))
            {
                yield return turn;
            }
        }

        /// <summary>The cross-entropy −log q(y|x) of labelled examples as training shows them to the encoder, nats, a mean.</summary>
        public Tensor CrossEntropy(Tensor x, Tensor labels, Rng rng) =>
            -_code.Split(_code._networks.EncodeCorrupted(x, rng)).Logits.log_softmax(1).gather(1, labels.unsqueeze(1)).mean();
    }
}

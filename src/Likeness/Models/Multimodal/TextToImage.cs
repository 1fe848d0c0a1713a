namespace Likeness;

/// <summary>Options of a text-to-image network. The defaults are the paper's, except for the smaller text network.</summary>
public sealed record TextToImageOptions
{
    /// <summary>Dimension of the noise z.</summary>
    [AtLeast(1)]
    public int Latent { get; init; } = 100;

    /// <summary>Channels at the largest hidden resolution; doubled at each halving.</summary>
    [AtLeast(1)]
    public int Width { get; init; } = 64;

    /// <summary>Dimension that a text's code is reduced to.</summary>
    [AtLeast(1)]
    public int Compressed { get; init; } = 128;

    /// <summary>The text and image networks, as in the text encoder.</summary>
    public TextEncoderOptions Encoder { get; init; } = new();

    /// <summary>Source of these networks: train (train them in the first steps) or run (take them from a text encoder's run, given by path).</summary>
    public TextSource Text { get; init; } = new TextSource.Trained();

    /// <summary>Weight of text codes interpolated halfway between two others in the generator's loss (GAN-INT); 0 for none.</summary>
    [AtLeast(0)]
    public double Interpolation { get; init; } = 1;

    /// <summary>Adversarial loss: non-saturating, minimax, least-squares, hinge or wasserstein.</summary>
    public AdversarialLoss Loss { get; init; } = AdversarialLoss.NonSaturating;

    /// <summary>Penalty on the critic's gradient at images with matching texts: none, gradient or r1.</summary>
    public CriticPenalty Penalty { get; init; } = new CriticPenalty.None();

    /// <summary>Decay of an exponential moving average of the generator's weights, which is then used for sampling; 0 for none.</summary>
    [JsonPropertyName("average")] // its name in saved runs
    [AtLeast(0, Below = 1)]
    public double EmaDecay { get; init; }

    /// <summary>Optimiser of the generator.</summary>
    public OptimizerOptions Generator { get; init; } = new Adam(2e-4, Beta1: 0.5);

    /// <summary>Optimiser of the critic.</summary>
    public OptimizerOptions Critic { get; init; } = new Adam(2e-4, Beta1: 0.5);
}

/// <summary>
/// Generative adversarial text-to-image synthesis (Reed et al. 2016, GAN-INT-CLS): images from noise z and the code φ(t) of a text. Its critic
/// judges pairs, and is shown real images with wrong texts, too, so it has to read. A sample without a text is one of a text of the
/// training data, of which some are kept.
/// </summary>
public sealed class TextToImage : Model<TextToImageOptions>, IGenerative, ITextDecoder, IJointEncoder
{
    // Texts of the training data that are kept for samples without one.
    private const int Kept = 256;

    private readonly JointEmbedding _embedding;
    private readonly TextGenerator _generator, _sampled;
    private readonly Ema? _average;
    private readonly Tensor _captions;

    public TextToImage(DataSpec spec, TextToImageOptions options, Rng rng)
        : base(spec, options)
    {
        _embedding = Add("embedding", new JointEmbedding(spec, options.Encoder, rng));
        _sampled = _generator = Add("generator", new TextGenerator(spec, options, rng));
        if (options.EmaDecay > 0)
        {
            _sampled = Add("ema", new TextGenerator(spec, options, rng));
            _average = Include("average", new Ema(_generator, _sampled, options.EmaDecay, warmUp: true));
        }

        _captions = Buffer("captions", torch.zeros([Kept, _embedding.Places], ScalarType.Int64, rng.Device));
    }

    public static Recipe<TextToImageOptions, TextToImage, CaptionedBatch> Recipe { get; } = new(
        "text-to-image",
        "Images from captions: a generator and a critic that both read the text, character by character.",
        new("reed2016text2image", "Generative Adversarial Text to Image Synthesis",
            "Reed, Scott and Akata, Zeynep and Yan, Xinchen and Logeswaran, Lajanugen and Schiele, Bernt and Lee, Honglak", "ICML", 2016, "arXiv:1605.05396"),
        (model, _, rng) => new Matching(model, rng),
        new(Steps: 12_000, BatchSize: 64),
        new("captioned images", DataNeed.Images.Accepts))
    {
        Smallest = new()
        {
            Latent = 4, Width = 6, Compressed = 4, Encoder = TextEncoder.Recipe.Smallest, Text = new TextSource.Trained(3),
            EmaDecay = 0.9, Generator = new Adam(2e-3, Beta1: 0.5), Critic = new Adam(2e-3, Beta1: 0.5),
        },
    };

    public Tensor EncodeText(IReadOnlyList<string> texts) => _embedding.Text(texts);

    /// <summary>θ(v): what the network for images beside the reading one sees; it has no part in making images.</summary>
    public Tensor Encode(Tensor x) => _embedding.Image(x);

    public Tensor SampleNoise(int count, Rng rng) => rng.Normal(count, Options.Latent).to(_generator.ScalarType);

    /// <summary>Images from noise z [n, latent] ~ N(0, I) and codes φ(t) [n, code].</summary>
    public Tensor Decode(Tensor noise, Tensor code) => Spec.Denormalise(_sampled.Call(noise, code));

    /// <summary>Images of these texts: one for all, or one for each.</summary>
    public Tensor Sample(TextCondition condition, int count, Rng rng) => Decode(SampleNoise(count, rng.PerExample()), EncodeText(condition.Of(count)));

    public Tensor Sample(int count, Rng rng)
    {
        rng = rng.PerExample();
        var code = _embedding.Text(_captions.index_select(0, rng.Integers(0, Kept, count)));
        return Decode(SampleNoise(count, rng), code);
    }

    /// <summary>The network that reads learns first, or comes from elsewhere; then algorithm 1 (GAN-CLS), with equation 5 (GAN-INT).</summary>
    internal sealed class Matching : Objective<CaptionedBatch>
    {
        private readonly TextToImage _model;
        private readonly TextCritic _critic;
        private readonly Player? _reader;
        private readonly Player _g, _d;
        private readonly Counter _rounds;

        public Matching(TextToImage model, Rng rng)
        {
            var o = model.Options;
            _model = Add("model", model);
            _critic = Add("critic", new TextCritic(model.Spec, o, rng));
            _reader = o.Text.Rounds > 0 ? new Player("reader", o.Encoder.Optimizer, model._embedding) : null;
            _g = new Player("generator", o.Generator, model._generator);
            _d = new Player("critic", o.Critic, _critic);
            _rounds = Include("rounds", new Counter());
        }

        // Its critic is batch-normalised, as in the paper, so only the loss is in doubt.
        public override IEnumerable<Sentence> Doubts => _model.Options.Penalty.Doubts(_model.Options.Loss);

        public override IReadOnlyList<Player> Players => _reader is null ? [_d, _g] : [_reader, _d, _g];

        /// <summary>The critic's logits of real images in the data's units with texts, [n, 1].</summary>
        public Tensor Judge(Tensor x, IReadOnlyList<string> texts) => _critic.Call(_model.Spec.Normalise(x), _model.EncodeText(texts));

        public override void Begin(CaptionedBatch first, IFeed<CaptionedBatch> feed, Rng rng) => _model.Options.Text.Begin(_model._embedding);

        public override IEnumerable<Turn> Round(IFeed<CaptionedBatch> feed, Rng rng)
        {
            var (o, batch, round) = (_model.Options, feed.Next(), _rounds.Next());
            var codes = _model._embedding.Read(batch.Captions);
            Keep(codes, round);
            if (_reader is not null && round < o.Text.Rounds)
            {
                var (image, text) = _model._embedding.Losses(batch);
                yield return _reader.Minimise(("image", image), ("text", text));
                yield break;
            }

            var h = _model._embedding.Text(codes).detach(); // φ(t)
            var wrong = h.index_select(0, Others(batch.Captions, rng).to(h.device)); // φ(t̂)
            var x = _model.Spec.Normalise(batch.X);
            var real = _critic.Look(x);
            var fake = _model._generator.Call(_model.SampleNoise(batch.Count, rng), h);
            Term[] verdicts =
            [
                ("right", o.Loss.Real(_critic.Judge(real, h))), // s_r
                ("wrong", 0.5 * o.Loss.Fake(_critic.Judge(real, wrong))), // s_w
                ("fake", 0.5 * o.Loss.Fake(_critic.Call(fake.detach(), h))), // s_f
            ];
            yield return _d.Minimise(o.Penalty.Of(v => _critic.Call(v, h), x, fake, rng) is { } penalty ? [.. verdicts, ("penalty", penalty)] : verdicts);

            List<Term> wishes = [("adversarial", o.Loss.Generator(_critic.Call(fake, h)))];
            var half = batch.Count / 2;
            if (o.Interpolation > 0 && half > 0)
            {
                // Equation 5 with β = ½: there is no real image of such a text, but the critic has learned to tell whether one fits.
                var between = 0.5 * (h.narrow(0, 0, half) + h.narrow(0, half, half));
                var mixed = _model._generator.Call(_model.SampleNoise(half, rng), between);
                wishes.Add(("interpolated", o.Interpolation * o.Loss.Generator(_critic.Call(mixed, between))));
            }

            yield return _g.Minimise([.. wishes]);
            _model._average?.Update();
        }

        // The places of other captions than their own, each the first different one after a random distance.
        internal static Tensor Others(IReadOnlyList<string> captions, Rng rng)
        {
            var n = captions.Count;
            if (n < 2)
            {
                throw new UsageException("A batch of 1 holds no wrong caption: choose a batch of at least 2.");
            }

            var distance = 1 + (int)rng.Integers(0, n - 1, 1).ToDouble();
            return Tensor.From([.. Enumerable.Range(0, n).Select(i =>
            {
                var order = Enumerable.Range(0, n).Select(k => (i + distance + k) % n);
                return (long)order.FirstOrDefault(j => captions[j] != captions[i], (i + distance) % n);
            })], n);
        }

        // The newest captions take the places of the oldest ones; the first ones take all.
        private void Keep(Tensor codes, long round)
        {
            var n = Math.Min((int)codes.shape[0], Kept);
            for (var start = round == 0 ? 0 : (int)(round * n % Kept); start < Kept; start += n)
            {
                var some = Math.Min(n, Kept - start);
                _model._captions.narrow(0, start, some).copy_(codes.narrow(0, 0, some));
                if (round > 0)
                {
                    break;
                }
            }
        }
    }
}

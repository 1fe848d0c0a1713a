namespace Likeness;

/// <summary>Options of a Puzzle-GAN. The defaults are the paper's, except for the spatial loss.</summary>
public sealed record PuzzleGanOptions
{
    /// <summary>The patches: their number, their smallest and largest side as a share of the image's, and how much they may overlap.</summary>
    public KeyPatchOptions Patches { get; init; } = new();

    /// <summary>Channels at the largest hidden resolution; doubled at each halving.</summary>
    [AtLeast(1)]
    public int Width { get; init; } = 64;

    /// <summary>Dimension of the vector that the patches are encoded to.</summary>
    [AtLeast(1)]
    public int Code { get; init; } = 128;

    /// <summary>Dimension of the noise z, each U(-1, 1).</summary>
    [AtLeast(1)]
    public int Noise { get; init; } = 128;

    /// <summary>Weight λ of the mask and appearance losses at the first step, for images of 64x64 pixels; for other sizes the losses are rescaled to that many pixels.</summary>
    [Above(0)]
    public double Weight { get; init; } = 1e-2;

    /// <summary>The same weight at the last step; in between it falls exponentially.</summary>
    [Above(0)]
    public double FinalWeight { get; init; } = 1e-4;

    /// <summary>Loss between the predicted and the true mask: cross-entropy, or absolute (the paper's).</summary>
    public SpatialLoss Spatial { get; init; } = SpatialLoss.CrossEntropy;

    /// <summary>Critic updates per generator update.</summary>
    [AtLeast(1)]
    public int CriticTurns { get; init; } = 2;

    /// <summary>Random augmentation of the images that the critic sees (Zhao et al. 2020), for small data sets: none, or colour, translation and cutout, joined by +.</summary>
    public DiffAugment Augment { get; init; } = DiffAugment.None;

    /// <summary>Optimiser of the generator.</summary>
    public OptimizerOptions Generator { get; init; } = new Adam(2e-4, Beta1: 0.5);

    /// <summary>Optimiser of the critic.</summary>
    public OptimizerOptions Critic { get; init; } = new Adam(2e-4, Beta1: 0.5);
}

/// <summary>
/// Puzzle-GAN (Lee et al. 2018): makes a whole image y, and a mask M̂ that says where the patches belong, of a few key patches of an image that are enlarged and
/// have lost their places. An encoder that sees every patch alike, a mask decoder, and an image decoder that also sees both; against a critic that is shown
/// real images, made ones, and real ones with something of another real one in the place of the patches or around them.
/// </summary>
public sealed class PuzzleGan : Model<PuzzleGanOptions>, IRestorer
{
    private readonly KeyPatches _cutter;
    private readonly PartEncoder _encoder;
    private readonly PuzzleDecoder _mask, _image;

    public PuzzleGan(DataSpec spec, PuzzleGanOptions options, Rng rng)
        : base(spec, options)
    {
        _cutter = new KeyPatches(spec.Channels, spec.Height, spec.Width, options.Patches);
        _encoder = Add("encoder", new PartEncoder(spec, options.Width, options.Code, rng));
        _mask = Add("mask", new PuzzleDecoder(spec, options.Code, 1, options.Width, 1, null, rng));
        _image = Add("image", new PuzzleDecoder(spec, options.Code + options.Noise, spec.Channels, options.Width, 2, Activation.Tanh(), rng));
    }

    public static Recipe<PuzzleGanOptions, PuzzleGan, Batch> Recipe { get; } = new(
        "puzzle-gan",
        "Reconstructs whole images from a few patches of unknown position, and predicts a mask of where they belong.",
        new("lee2018puzzle", "Unsupervised Holistic Image Generation from Key Local Patches",
            "Lee, Donghoon and Yun, Sangdoo and Choi, Sungjoon and Yoo, Hwiyeon and Yang, Ming-Hsuan and Oh, Songhwai", "ECCV", 2018, "arXiv:1703.10730"),
        (model, _, rng) => new Game(model, rng),
        new(Steps: 10_000, BatchSize: 64),
        DataNeed.Images)
    {
        Smallest = new() { Width = 6, Code = 8, Noise = 4, Generator = new Adam(2e-3, Beta1: 0.5), Critic = new Adam(2e-3, Beta1: 0.5) },
    };

    public int PatchCount => Options.Patches.Count;

    public Puzzle Cut(Tensor x) => _cutter.Cut(Spec.Check(x));

    /// <summary>The order of the patches of an example changes no bit of the result.</summary>
    public Restoration Restore(Tensor patches, Rng rng)
    {
        if (patches.ndim != Spec.Shape.Count + 2 || patches.shape[1] != PatchCount)
        {
            throw new UsageException($"A whole is made of {PatchCount} patches, [n, {PatchCount}, {string.Join(", ", Spec.Shape)}], and these are [{string.Join(", ", patches.shape)}]: give as many.");
        }

        var (image, logits) = Make(patches, rng);
        return new(Spec.Denormalise(image), logits.sigmoid());
    }

    /// <summary>y on −1 … 1, and the logits of M̂.</summary>
    private (Tensor Image, Tensor Logits) Make(Tensor patches, Rng rng)
    {
        var (n, count) = (patches.shape[0], patches.shape[1]);
        var parts = _encoder.Call(Spec.Normalise(patches.reshape(Spec.BatchShape(n * count))).reshape(patches.shape));
        var (logits, seen) = _mask.Call(parts.Code, parts.Levels);
        var z = (rng.Uniform(n, Options.Noise) * 2 - 1).to(_encoder.ScalarType);
        var (image, _) = _image.Call(torch.cat([parts.Code, z], 1), parts.Levels, seen);
        return (image, logits);
    }

    internal sealed class Game : Objective<Batch>
    {
        // The paper's images are of 64×64 pixels: λ means the same for images of any size.
        private const double Pixels = 64 * 64;

        private readonly PuzzleGan _model;
        private readonly Sequential _critic;
        private readonly Player _g, _d;

        // λ; known anew at the start of each round.
        private double _weight;

        public Game(PuzzleGan model, Rng rng)
        {
            var o = model.Options;
            _model = Add("model", model);
            _critic = Add("critic", PuzzleLayers.Critic(model.Spec, o.Width, rng));
            (_g, _d, _weight) = (new Player("generator", o.Generator, model), new Player("critic", o.Critic, _critic), o.Weight);
        }

        public override IReadOnlyList<Player> Players => [_d, _g];

        /// <summary>The critic's logits of images in the data's units, [n, 1].</summary>
        public Tensor Judge(Tensor x) => _critic.Call(_model.Spec.Normalise(x));

        public override IEnumerable<Turn> Round(IFeed<Batch> feed, Rng rng)
        {
            var (o, loss) = (_model.Options, AdversarialLoss.NonSaturating);
            yield return Turn.Do(_g.Name, context =>
            {
                var share = context.TotalSteps > 1 ? (double)context.Step / (context.TotalSteps - 1) : 0;
                _weight = o.Weight * Math.Pow(o.FinalWeight / o.Weight, share);
                return [("weight", Tensor.From([_weight]))];
            });

            for (var k = 1; ; k++)
            {
                var batch = feed.Next();
                var (patches, m) = _model.Cut(batch.X);
                var x = _model.Spec.Normalise(batch.X);
                var (y, logits) = k < o.CriticTurns ? WithoutGraph(patches) : _model.Make(patches, rng);
                var other = Others(x, rng);
                yield return _d.Minimise(
                    ("real", loss.Real(See(x))),
                    ("fake", loss.Fake(See(y.detach()))),
                    ("inside", loss.Fake(See(m * other + (1 - m) * x))),
                    ("outside", loss.Fake(See(m * x + (1 - m) * other))));
                if (k < o.CriticTurns)
                {
                    continue;
                }

                // Sums over the pixels of an image, means over the batch.
                var (said, weight) = (logits.sigmoid(), _weight * Pixels / m.numel());
                yield return _g.Minimise(
                    ("adversarial", loss.Generator(See(y))),
                    ("mask", weight * o.Spatial.Of(logits, m)),
                    ("appearance", weight * (said * y - m * x).abs().sum()));
                yield break;
            }

            Tensor See(Tensor images) => _critic.Call(o.Augment.Of(images, rng));

            // Only the last examples of a round teach the generator.
            (Tensor Image, Tensor Logits) WithoutGraph(Tensor patches)
            {
                using var noGrad = torch.no_grad();
                return _model.Make(patches, rng);
            }
        }

        /// <summary>x′: for each image another one of the batch, all at the same random distance.</summary>
        private static Tensor Others(Tensor x, Rng rng)
        {
            var n = x.shape[0];
            if (n < 2)
            {
                throw new UsageException("A batch of 1 holds no other image to be mixed with: choose a batch of at least 2.");
            }

            var distance = 1 + (long)rng.Integers(0, n - 1, 1).ToDouble();
            return torch.cat([x.narrow(0, distance, n - distance), x.narrow(0, 0, distance)], 0);
        }
    }
}

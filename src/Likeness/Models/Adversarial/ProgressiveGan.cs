namespace Likeness;

/// <summary>Options of a Progressive GAN. The defaults are the paper's, except for the length of a phase, which follows the run's.</summary>
public sealed record ProgressiveGanOptions
{
    private static readonly int[] s_batches = [1];

    /// <summary>Dimension of the noise z.</summary>
    [AtLeast(1)]
    public int Latent { get; init; } = 512;

    /// <summary>Sets the number of channels: a layer of side 4·2^k has min(width/2^(k+1), cap).</summary>
    [AtLeast(1)]
    public int Width { get; init; } = 8192;

    /// <summary>Largest number of channels of a layer.</summary>
    [AtLeast(1)]
    public int Cap { get; init; } = 512;

    /// <summary>Images per phase, of fading in or of training at full strength (the paper: 800000); null divides the run evenly into phases.</summary>
    [AtLeast(1)]
    public long? PhaseImages { get; init; }

    /// <summary>Number of training batches combined into one batch at 4x4, 8x8, …; the last number holds for all larger sizes.</summary>
    [NotEmpty, AtLeast(1)]
    public IReadOnlyList<int> Batches { get; init; } = s_batches;

    /// <summary>Examples per group of the minibatch standard deviation; 1 turns it off.</summary>
    [AtLeast(1)]
    public int Group { get; init; } = 4;

    /// <summary>Equalised learning rate: weights are scaled at run time, so that all layers learn at the same speed; otherwise they are scaled at initialisation.</summary>
    public bool Equalized { get; init; } = true;

    /// <summary>Decay of the exponential moving average of the generator's weights, which is used for sampling.</summary>
    [AtLeast(0, Below = 1)]
    public double EmaDecay { get; init; } = 0.999;

    /// <summary>Adversarial loss: non-saturating, minimax, least-squares, hinge, wasserstein or wasserstein-drift.</summary>
    public AdversarialLoss Loss { get; init; } = AdversarialLoss.WassersteinDrift;

    /// <summary>Penalty on the critic's gradient: none, gradient or r1.</summary>
    public CriticPenalty Penalty { get; init; } = new CriticPenalty.GradientPenalty();

    /// <summary>Random augmentation of the images that the critic sees (Zhao et al. 2020), for small data sets: none, or colour, translation and cutout, joined by +.</summary>
    public DiffAugment Augment { get; init; } = DiffAugment.None;

    /// <summary>Optimiser of the generator.</summary>
    public OptimizerOptions Generator { get; init; } = new Adam(1e-3, Beta1: 0, Beta2: 0.99);

    /// <summary>Optimiser of the critic.</summary>
    public OptimizerOptions Critic { get; init; } = new Adam(1e-3, Beta1: 0, Beta2: 0.99);

    /// <summary>The channels of layers of side 4·2^level: "fmaps".</summary>
    internal int Channels(int level) => Math.Max(1, Math.Min(Width >> (level + 1), Cap));

    /// <summary>A convolution with a rectifier after it.</summary>
    internal Layer Convolution(int inputs, int outputs, int kernel, Rng rng, double gain = 1.4142135623730951) => Equalized
        ? new EqualizedConv2d(inputs, outputs, kernel, rng, gain)
        : new Conv2d(inputs, outputs, kernel, rng, padding: kernel / 2, weight: Start(gain, (double)inputs * kernel * kernel), bias: Init.Zeros);

    /// <summary>A product with all inputs.</summary>
    internal Layer Product(int inputs, int outputs, Rng rng, double gain = 1.4142135623730951) => Equalized
        ? new EqualizedLinear(inputs, outputs, rng, gain)
        : new Linear(inputs, outputs, rng, Start(gain, inputs), Init.Zeros);

    private static Init.Normal Start(double gain, double fanIn) => new(Likeness.Equalized.Scale(gain, fanIn));
}

/// <summary>
/// Progressive growing of GANs (Karras et al. 2018): generator and critic start at 4×4 and gain layers for twice the side while they train,
/// 4 → 8 → 16 → … up to the data's. New layers are faded in: with α from 0 to 1 the output is
/// <code>(1 − α)·upsampled output of the old level + α·output of the new level      (figure 2)</code>
/// Implicit: it samples, and has no density.
/// </summary>
/// <remarks>Weights for sampling are the running mean ("ema.") of those that are trained ("generator."); "growth." is the stage that they have reached.</remarks>
public sealed class ProgressiveGan : Model<ProgressiveGanOptions>, IGenerative, ILatentPrior
{
    private readonly Growth _growth;
    private readonly GrowingGenerator _generator, _shadow;

    public ProgressiveGan(DataSpec spec, ProgressiveGanOptions options, Rng rng)
        : base(spec, options)
    {
        _growth = Include("growth", new Growth(rng.Device));
        _generator = Add("generator", new GrowingGenerator(spec, options, _growth, rng));
        _shadow = Add("ema", new GrowingGenerator(spec, options, _growth, rng));
    }

    public static Recipe<ProgressiveGanOptions, ProgressiveGan, Batch> Recipe { get; } = new(
        "progressive-gan",
        "Generator and critic that grow from 4x4 to the data's size during training: stable, sharp samples, no density.",
        new("karras2018progressive", "Progressive Growing of GANs for Improved Quality, Stability, and Variation",
            "Karras, Tero and Aila, Timo and Laine, Samuli and Lehtinen, Jaakko", "ICLR", 2018, "arXiv:1710.10196"),
        (model, _, rng) => new Adversaries(model, rng),
        new(Steps: 20_000, BatchSize: 16),
        new("square images of 8, 16, 32, 64 … pixels a side", s => DataNeed.Images.Accepts(s) && s.Height == s.Width && s.Height >= 8 && int.IsPow2(s.Height),
            Size: s => DataNeed.Images.Accepts(s) ? NearestSide(s) : null))
    {
        // Phases that laws of a few steps of eight examples see: five steps end in the first fade, nine in the second.
        Smallest = new()
        {
            Latent = 4, Width = 64, Cap = 8, PhaseImages = 20,
            Generator = new Adam(2e-3, Beta1: 0, Beta2: 0.99), Critic = new Adam(2e-3, Beta1: 0, Beta2: 0.99),
        },
    };

    /// <summary>The side that images have now, before samples are enlarged to the data's.</summary>
    public int Side => GrowingNetwork.SideAt(_growth.Stage);

    /// <summary>How far the newest layers are faded in, 0 … 1.</summary>
    public double Alpha => GrowingNetwork.AlphaOf(_growth);

    public Tensor Sample(int count, Rng rng) => Decode(SampleLatent(count, rng.PerExample()));

    /// <summary>Images from noise z [n, latent] ~ N(0, I), whose length does not matter; of the present level, each pixel repeated up to the data's size.</summary>
    public Tensor Decode(Tensor z)
    {
        var y = _shadow.Call(z);
        return Spec.Denormalise(Side < Spec.Height ? torch.nn.functional.upsample_nearest2d(y, [Spec.Height, Spec.Width]) : y);
    }

    public Tensor SampleLatent(int count, Rng rng) => rng.Normal(count, Options.Latent).to(_generator.ScalarType);

    /// <summary>Figure 2: real images [n, c, h, h] at the present side, and fading from one resolution to the next as generated ones do.</summary>
    internal static Tensor AtLevel(Tensor x, int side, double alpha)
    {
        var factor = x.size(2) / side;
        x = factor > 1 ? torch.nn.functional.avg_pool2d(x, [factor, factor]) : x;
        return alpha < 1 ? GrowingNetwork.Fade(torch.nn.functional.upsample_nearest2d(torch.nn.functional.avg_pool2d(x, [2, 2]), [side, side]), x, alpha) : x;
    }

    // In ratio: 28 becomes 32 and 72 becomes 64.
    private static int NearestSide(DataSpec spec) => Math.Max(8, 1 << (int)Math.Round(Math.Log2(Math.Max(spec.Height, spec.Width))));

    /// <summary>The algorithm: grow if it is time; the critic learns to tell real images of the present level, then the generator learns to be told real.</summary>
    private sealed class Adversaries : Objective<Batch>
    {
        private readonly ProgressiveGan _model;
        private readonly GrowingCritic _critic;
        private readonly Player _d, _g;
        private readonly Ema _ema;
        private readonly GrowthCourse _course;

        public Adversaries(ProgressiveGan model, Rng rng)
        {
            var o = model.Options;
            _model = Add("model", model);
            _critic = Add("critic", new GrowingCritic(model.Spec, o, model._growth, rng));
            _d = new Player("critic", o.Critic, _critic);
            _g = new Player("generator", o.Generator, model._generator);
            _ema = Include("average", new Ema(model._generator, model._shadow, o.EmaDecay, warmUp: true));
            _course = Include("course", new GrowthCourse(int.Log2(model.Spec.Height) - 2, o.PhaseImages, o.Batches));
            // Appendix A.1: the optimisers begin anew with each change of the networks.
            model._growth.Entered += (_, _) =>
            {
                _d.Renew();
                _g.Renew();
                _ema.Extend();
            };
        }

        public override IReadOnlyList<Player> Players => [_d, _g];

        public override IEnumerable<Sentence> Doubts => _model.Options.Penalty.Doubts(_model.Options.Loss);

        public override IEnumerable<Turn> Round(IFeed<Batch> feed, Rng rng)
        {
            yield return Turn.Do("growth", context => Grow(context, feed.BatchSize, rng));

            var o = _model.Options;
            var real = o.Augment.Of(AtLevel(_model.Spec.Normalise(Next(feed)), _model.Side, _model.Alpha), rng);
            var fake = _model._generator.Call(_model.SampleLatent((int)real.shape[0], rng));
            var seen = o.Augment.Of(fake.detach(), rng);
            Term[] terms = [("real", o.Loss.Real(_critic.Call(real))), ("fake", o.Loss.Fake(_critic.Call(seen)))];
            yield return _d.Minimise(o.Penalty.Of(x => _critic.Call(x), real, seen, rng) is { } penalty ? [.. terms, ("penalty", penalty)] : terms);

            // The last examples once more, before the critic that has just moved.
            yield return _g.Minimise(("adversarial", o.Loss.Generator(_critic.Call(o.Augment.Of(fake, rng)))));
            _ema.Update();
        }

        private Term[] Grow(TurnContext context, int batchSize, Rng rng)
        {
            var (stage, share) = _course.Next(context.TotalSteps, batchSize);
            _model._growth.Reach(Math.Max(stage, _model._growth.Stage), share, rng);
            return
            [
                ("side", Number(_model.Side)), ("alpha", Number(_model.Alpha)),
                ("generator", Number(_model._generator.ParameterCount)), ("critic", Number(_critic.ParameterCount)),
            ];
        }

        private Tensor Next(IFeed<Batch> feed)
        {
            var count = _course.BatchesAt(GrowingNetwork.LevelAt(_model._growth.Stage));
            return count == 1 ? feed.Next().X : torch.cat([.. Enumerable.Range(0, count).Select(_ => feed.Next().X)]);
        }

        private static Tensor Number(double value) => Tensor.From([value]);
    }
}

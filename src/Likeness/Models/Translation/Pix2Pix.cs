namespace Likeness;

/// <summary>Options of a pix2pix. The defaults are the paper's, except for instance normalisation at any batch size (the paper's batches are of one); null values are chosen by the image size.</summary>
public sealed record Pix2PixOptions
{
    /// <summary>How images are degraded to make training pairs, such as downsample:4, grey or mask:half; null if the data consists of pairs, NAME::NAME.</summary>
    public string? Degrade { get; init; }

    /// <summary>Channels of the generator's first layer, doubled at each halving up to eight times as many.</summary>
    [AtLeast(1)]
    public int Width { get; init; } = 64;

    /// <summary>Downsampling layers of the generator; null: down to 2 pixels, at most 8.</summary>
    [AtLeast(1, AtMost = 8)]
    public int? Halvings { get; init; }

    /// <summary>Dropout probability in the three innermost layers of the decoder, also at sampling time: the dropout is the noise z.</summary>
    [AtLeast(0, Below = 1)]
    public double Dropout { get; init; } = 0.5;

    /// <summary>Channels of the critic's first layer, doubled at each halving up to eight times as many.</summary>
    [AtLeast(1)]
    public int CriticWidth { get; init; } = 64;

    /// <summary>Downsampling layers of the critic: 1, 2 or 3 give patches of 16, 34 or 70 pixels; null gives patches of about half the image, at most 70 pixels.</summary>
    [AtLeast(1, AtMost = 5)]
    public int? CriticHalvings { get; init; }

    /// <summary>Weight λ of the L1 distance to the target.</summary>
    [AtLeast(0)]
    public double Reconstruction { get; init; } = 100;

    /// <summary>Adversarial loss: least-squares, non-saturating, minimax, hinge or wasserstein.</summary>
    public AdversarialLoss Loss { get; init; } = AdversarialLoss.NonSaturating;

    /// <summary>Optimiser of the generator.</summary>
    public OptimizerOptions Generator { get; init; } = new Adam(2e-4, Beta1: 0.5);

    /// <summary>Optimiser of the critic.</summary>
    public OptimizerOptions Critic { get; init; } = new Adam(2e-4, Beta1: 0.5);
}

/// <summary>
/// pix2pix (Isola et al. 2017): a generator G from images x to images y, learned from pairs with a critic D that sees both,
/// <code>G* = arg min_G max_D E log D(x, y) + E log(1 − D(x, G(x, z))) + λ·E‖y − G(x, z)‖₁      (equations 1, 3 and 4)</code>
/// The pairs are those of the data, or images y and what a measurement leaves of them.
/// </summary>
public sealed class Pix2Pix : Model<Pix2PixOptions>, ITranslator, IReconstructor
{
    private readonly Pairing _pairing;
    private readonly SkipGenerator _g;

    public Pix2Pix(DataSpec spec, Pix2PixOptions options, Rng rng)
        : base(spec, options)
    {
        var side = Math.Min(spec.Height, spec.Width);
        if (side < 8)
        {
            throw new UsageException($"A pix2pix cannot make images of {spec.Height}x{spec.Width}: both sides must be at least 8; resize the data, for example with {new Remedy.Option("Size", 32)}.");
        }

        _pairing = new(spec, options.Degrade, "A pix2pix");
        _g = Add("G", new SkipGenerator(spec, options.Width, options.Halvings ?? Math.Min(8, (int)Math.Log2(side) - 1), options.Dropout, rng));
    }

    public static Recipe<Pix2PixOptions, Pix2Pix, SourcedBatch> Recipe { get; } = new(
        "pix2pix",
        "Image-to-image translation learned from paired images; also restores degraded images.",
        new("isola2017pix2pix", "Image-to-Image Translation with Conditional Adversarial Networks",
            "Isola, Phillip and Zhu, Jun-Yan and Zhou, Tinghui and Efros, Alexei A.", "CVPR", 2017, "arXiv:1611.07004"),
        (model, _, rng) => new Pairs(model, rng),
        new(Steps: 40_000, BatchSize: 1),
        new("images of bytes or bits", s => DataNeed.Images.Accepts(s) && s.Domain is Domain.Byte or Domain.Binary))
    {
        Smallest = new() { Degrade = "mask:half", Width = 4, CriticWidth = 6, Generator = new Adam(2e-3, Beta1: 0.5), Critic = new Adam(2e-3, Beta1: 0.5) },
    };

    public LinearMeasurement? Measurement => _pairing.Measurement;

    public IReadOnlyList<DataAttribute> Domains => [_pairing.Domain];

    /// <summary>Without noise: nothing is dropped.</summary>
    public Tensor Translate(Tensor x, Tensor target)
    {
        var wanted = target.select(1, 0).eq(1);
        return wanted.any().ToDouble() == 0 ? Spec.Check(x)
            : torch.where(wanted.reshape(-1, 1, 1, 1), Spec.Denormalise(_g.Call(Spec.Normalise(x))), x);
    }

    public Tensor Reconstruct(Tensor y, Rng rng)
    {
        using var noGrad = torch.no_grad();
        return Spec.Denormalise(_g.Call(_pairing.Picture(y), rng.PerExample()));
    }

    /// <summary>One step for the critic and one for the generator, in turn (section 3.3).</summary>
    internal sealed class Pairs : Objective<SourcedBatch>
    {
        private readonly Pix2Pix _model;
        private readonly Sequential _critic;
        private readonly Player _generator, _judge;

        public Pairs(Pix2Pix model, Rng rng)
        {
            var (spec, o) = (model.Spec, model.Options);
            _model = Add("model", model);
            _critic = Add("D", TranslationNetworks.PatchCritic(spec, o.CriticWidth, o.CriticHalvings ?? TranslationNetworks.CriticHalvings(spec), rng, images: 2));
            _generator = new Player("generator", o.Generator, model);
            _judge = new Player("critic", o.Critic, _critic);
        }

        public override IReadOnlyList<Player> Players => [_generator, _judge];

        public override IEnumerable<Turn> Round(IFeed<SourcedBatch> feed, Rng rng)
        {
            var o = _model.Options;
            var (x, y) = _model._pairing.Of(feed.Next());
            var fake = _model._g.Call(x, rng);
            x = x.to(fake.dtype);
            // Half of the loss: the critic learns half as fast as the generator (section 3.3).
            yield return _judge.Minimise(
                ("real", 0.5 * o.Loss.Real(_critic.Call(torch.cat([x, y.to(fake.dtype)], 1)))),
                ("fake", 0.5 * o.Loss.Fake(_critic.Call(torch.cat([x, fake.detach()], 1)))));
            yield return _generator.Minimise(
                ("adversarial", o.Loss.Generator(_critic.Call(torch.cat([x, fake], 1)))),
                ("reconstruction", o.Reconstruction * (fake - y).abs().mean()));
        }
    }
}

/// <summary>
/// The U-Net of section 6.1.1: C64-C128-C256-C512-… down and the same up, each layer of the way up seeing that of the same size on the way down, too; on −1 … 1.
/// Sides that do not halve so often are padded with their last rows.
/// </summary>
internal sealed class SkipGenerator : Layer
{
    private const int Dropping = 3; // innermost layers on the way up

    private readonly Sequential[] _down, _up;
    private readonly double _dropout;

    public SkipGenerator(DataSpec spec, int width, int halvings, double dropout, Rng rng)
    {
        _dropout = dropout;
        var widths = Enumerable.Range(0, halvings).Select(i => width * Math.Min(1 << i, 8)).ToArray();
        _down = [.. Enumerable.Range(0, halvings).Select(i => new Sequential(
        [
            .. i == 0 ? (torch.nn.Module<Tensor, Tensor>[])[] : [Activation.LeakyRelu()],
            new Conv2d(i == 0 ? spec.Channels : widths[i - 1], widths[i], 4, rng, 2, 1, weight: TranslationNetworks.Weights, bias: Init.Zeros, hasBias: i == 0 || i == halvings - 1),
            // A normalisation takes a bias away again. Not after the first, and not where so few pixels are left that their mean is all there is.
            .. i == 0 || i == halvings - 1 ? (torch.nn.Module<Tensor, Tensor>[])[] : [new InstanceNorm(widths[i], rng)],
        ]))];
        _up = [.. Enumerable.Range(0, halvings).Select(i => new Sequential(
        [
            Activation.Relu(),
            new ConvTranspose2d(i == halvings - 1 ? widths[i] : 2 * widths[i], i == 0 ? spec.Channels : widths[i - 1], 4, rng, 2, 1, weight: TranslationNetworks.Weights, bias: Init.Zeros, hasBias: i == 0),
            i == 0 ? Activation.Tanh() : new InstanceNorm(widths[i - 1], rng),
        ]))];
        Add("down", new ModuleList(_down));
        Add("up", new ModuleList(_up));
    }

    protected override Tensor Forward(Tensor x, Rng? rng)
    {
        var (h, w, divisor) = (x.size(2), x.size(3), 1L << _down.Length);
        var (bottom, right) = ((divisor - (h % divisor)) % divisor, (divisor - (w % divisor)) % divisor);
        x = bottom + right == 0 ? x : torch.nn.functional.pad(x, [0, right, 0, bottom], PaddingModes.Replicate);
        x = x.ChannelsLast();
        var skips = new Stack<Tensor>();
        foreach (var layer in _down)
        {
            skips.Push(x = layer.Call(x));
        }

        x = skips.Pop();
        for (var i = _up.Length - 1; i >= 0; i--)
        {
            x = _up[i].Call(x);
            x = i > 0 && i >= _up.Length - Dropping && rng is not null && _dropout > 0 ? x * rng.Uniform(x.shape).lt(1 - _dropout).to(x.dtype) / (1 - _dropout) : x;
            x = i > 0 ? torch.cat([x, skips.Pop()], 1) : x;
        }

        return x.narrow(2, 0, h).narrow(3, 0, w);
    }
}

namespace Likeness;

/// <summary>
/// The generator of Karras et al. 2018, table 2: from z to images of the present level's side. Parts block4, block8, … and the 1×1
/// convolution to colours rgb{side} of the newest block; while it fades in, that of the one before as well.
/// </summary>
internal sealed class GrowingGenerator : Layer
{
    private readonly DataSpec _spec;
    private readonly ProgressiveGanOptions _options;
    private readonly Growth _growth;
    private readonly List<torch.nn.Module<Tensor, Tensor>> _blocks = [];
    private Layer _rgb;
    private Layer? _old;

    public GrowingGenerator(DataSpec spec, ProgressiveGanOptions options, Growth growth, Rng rng)
    {
        (_spec, _options, _growth) = (spec, options, growth);
        var channels = options.Channels(0);
        // The gain √2/4 is that of the authors' code, in which the product is a convolution over 4×4.
        _blocks.Add(Add("block4", new Sequential(
            new PixelNorm(), options.Product(options.Latent, channels * 16, rng, Math.Sqrt(2) / 4), new Reshape(channels, 4, 4), new ChannelsLast(), Activation.LeakyRelu(), new PixelNorm(),
            options.Convolution(channels, channels, 3, rng), Activation.LeakyRelu(), new PixelNorm())));
        _rgb = ToColours(0, rng);
        growth.Follow(Enter, rng);
    }

    /// <summary>How often 4 has been doubled at a stage.</summary>
    public static int LevelAt(int stage) => (stage + 1) / 2;

    /// <summary>The side of the images at a stage.</summary>
    public static int SideAt(int stage) => 4 << LevelAt(stage);

    /// <summary>α: how far the newest layers are faded in.</summary>
    public static double AlphaOf(Growth growth) => growth.Stage % 2 == 1 ? growth.Share : 1;

    /// <summary>(1 − α)·old + α·new.</summary>
    public static Tensor Fade(Tensor old, Tensor @new, double alpha) => old * (1 - alpha) + @new * alpha;

    protected override Tensor Forward(Tensor z, Rng? rng)
    {
        var x = z;
        foreach (var block in _blocks[..^1])
        {
            x = block.Call(x);
        }

        var y = _rgb.Call(_blocks[^1].Call(x));
        return _old is null ? y : Fade(torch.nn.functional.upsample_nearest2d(_old.Call(x), [y.size(2), y.size(3)]), y, AlphaOf(_growth));
    }

    private void Enter(int stage, Rng rng)
    {
        var level = LevelAt(stage);
        if (stage % 2 == 0)
        {
            // The fade is over.
            Remove($"rgb{4 << (level - 1)}");
            _old = null;
            return;
        }

        var (inputs, outputs) = (_options.Channels(level - 1), _options.Channels(level));
        _blocks.Add(Add($"block{4 << level}", new Sequential(
            Upsample.Nearest(), _options.Convolution(inputs, outputs, 3, rng), Activation.LeakyRelu(), new PixelNorm(),
            _options.Convolution(outputs, outputs, 3, rng), Activation.LeakyRelu(), new PixelNorm())));
        (_old, _rgb) = (_rgb, ToColours(level, rng));
    }

    private Layer ToColours(int level, Rng rng) => Add($"rgb{4 << level}", _options.Convolution(_options.Channels(level), _spec.Channels, 1, rng, gain: 1));
}

/// <summary>
/// The critic of Karras et al. 2018, table 2: the generator's mirror image, with the minibatch standard deviation before its last block.
/// Parts block4, block8, … and the 1×1 convolution from colours rgb{side} of the newest block; while it fades in, that of the one before as well.
/// </summary>
internal sealed class GrowingCritic : Layer
{
    private readonly DataSpec _spec;
    private readonly ProgressiveGanOptions _options;
    private readonly Growth _growth;
    private readonly List<torch.nn.Module<Tensor, Tensor>> _blocks = [];
    private Layer _rgb;
    private Layer? _old;

    public GrowingCritic(DataSpec spec, ProgressiveGanOptions options, Growth growth, Rng rng)
    {
        (_spec, _options, _growth) = (spec, options, growth);
        var channels = options.Channels(0);
        var hidden = Math.Min(options.Width, options.Cap);
        torch.nn.Module<Tensor, Tensor>[] deviation = options.Group > 1 ? [new MinibatchDeviation(options.Group)] : [];
        _rgb = FromColours(0, rng);
        _blocks.Add(Add("block4", new Sequential(
        [
            .. deviation,
            options.Convolution(channels + deviation.Length, channels, 3, rng), Activation.LeakyRelu(), torch.nn.Flatten(),
            options.Product(channels * 16, hidden, rng), Activation.LeakyRelu(), options.Product(hidden, 1, rng, gain: 1),
        ])));
        growth.Follow(Enter, rng);
    }

    /// <summary>Raw outputs [n, 1] for images of the present side.</summary>
    protected override Tensor Forward(Tensor x, Rng? rng)
    {
        x = x.ChannelsLast();
        var y = _blocks[^1].Call(_rgb.Call(x));
        if (_old is not null)
        {
            y = GrowingGenerator.Fade(_old.Call(torch.nn.functional.avg_pool2d(x, [2, 2])), y, GrowingGenerator.AlphaOf(_growth));
        }

        for (var i = _blocks.Count - 2; i >= 0; i--)
        {
            y = _blocks[i].Call(y);
        }

        return y;
    }

    private void Enter(int stage, Rng rng)
    {
        var level = GrowingGenerator.LevelAt(stage);
        if (stage % 2 == 0)
        {
            Remove($"rgb{4 << (level - 1)}");
            _old = null;
            return;
        }

        var (inputs, outputs) = (_options.Channels(level), _options.Channels(level - 1));
        _blocks.Add(Add($"block{4 << level}", new Sequential(
            _options.Convolution(inputs, inputs, 3, rng), Activation.LeakyRelu(), _options.Convolution(inputs, outputs, 3, rng), Activation.LeakyRelu(), torch.nn.AvgPool2d(2))));
        (_old, _rgb) = (_rgb, FromColours(level, rng));
    }

    private Sequential FromColours(int level, Rng rng) =>
        Add($"rgb{4 << level}", new Sequential(_options.Convolution(_spec.Channels, _options.Channels(level), 1, rng), Activation.LeakyRelu()));
}

namespace Likeness;

/// <summary>
/// A network of Karras et al. 2018 that grows with the images: parts block4, block8, … and the 1×1 convolution rgb{side} between colours and the newest
/// block; while that fades in, the one of the block before as well.
/// </summary>
internal abstract class GrowingNetwork(DataSpec spec, ProgressiveGanOptions options, Growth growth) : Layer
{
    private readonly List<torch.nn.Module<Tensor, Tensor>> _blocks = [];
    private Layer? _rgb;

    /// <summary>How often 4 has been doubled at a stage.</summary>
    public static int LevelAt(int stage) => (stage + 1) / 2;

    /// <summary>The side of the images at a stage.</summary>
    public static int SideAt(int stage) => 4 << LevelAt(stage);

    /// <summary>α: how far the newest layers are faded in.</summary>
    public static double AlphaOf(Growth growth) => growth.Stage % 2 == 1 ? growth.Share : 1;

    /// <summary>(1 − α)·old + α·new.</summary>
    public static Tensor Fade(Tensor old, Tensor @new, double alpha) => old * (1 - alpha) + @new * alpha;

    protected DataSpec Spec => spec;

    protected ProgressiveGanOptions Options => options;

    /// <summary>The present α.</summary>
    protected double Alpha => AlphaOf(growth);

    /// <summary>The blocks, that of the smallest images first.</summary>
    protected IReadOnlyList<torch.nn.Module<Tensor, Tensor>> Blocks => _blocks;

    /// <summary>To or from the colours of the newest block.</summary>
    protected Layer Rgb => _rgb!;

    /// <summary>The same of the block before, while the newest fades in.</summary>
    protected Layer? Old { get; private set; }

    /// <summary>The block of images of side 4·2^level, which is not 4.</summary>
    protected abstract Sequential Block(int level, Rng rng);

    /// <summary>Between colours and that block.</summary>
    protected abstract Layer Colours(int level, Rng rng);

    /// <summary>Adds a block.</summary>
    protected void AddBlock(int level, Sequential block) => _blocks.Add(Add($"block{4 << level}", block));

    /// <summary>Adds the newest colours.</summary>
    protected void AddColours(int level, Rng rng) => (Old, _rgb) = (_rgb, Add($"rgb{4 << level}", Colours(level, rng)));

    /// <summary>Grows as the stages come, those that have been reached at once.</summary>
    protected void Follow(Rng rng) => growth.Follow(Enter, rng);

    private void Enter(int stage, Rng rng)
    {
        var level = LevelAt(stage);
        if (stage % 2 == 0)
        {
            // The fade is over.
            Remove($"rgb{4 << (level - 1)}");
            Old = null;
            return;
        }

        AddBlock(level, Block(level, rng));
        AddColours(level, rng);
    }
}

/// <summary>The generator of Karras et al. 2018, table 2: from z to images of the present level's side.</summary>
internal sealed class GrowingGenerator : GrowingNetwork
{
    public GrowingGenerator(DataSpec spec, ProgressiveGanOptions options, Growth growth, Rng rng) : base(spec, options, growth)
    {
        var channels = options.Channels(0);
        // The gain √2/4 is that of the authors' code, in which the product is a convolution over 4×4.
        AddBlock(0, new Sequential(
            new PixelNorm(), options.Product(options.Latent, channels * 16, rng, Math.Sqrt(2) / 4), new Reshape(channels, 4, 4), new ChannelsLast(), Activation.LeakyRelu(), new PixelNorm(),
            options.Convolution(channels, channels, 3, rng), Activation.LeakyRelu(), new PixelNorm()));
        AddColours(0, rng);
        Follow(rng);
    }

    protected override Tensor Forward(Tensor z, Rng? rng)
    {
        var x = Blocks.SkipLast(1).Aggregate(z, (h, block) => block.Call(h));
        var y = Rgb.Call(Blocks[^1].Call(x));
        return Old is null ? y : Fade(torch.nn.functional.upsample_nearest2d(Old.Call(x), [y.size(2), y.size(3)]), y, Alpha);
    }

    protected override Sequential Block(int level, Rng rng)
    {
        var (inputs, outputs) = (Options.Channels(level - 1), Options.Channels(level));
        return new(
            Upsample.Nearest(), Options.Convolution(inputs, outputs, 3, rng), Activation.LeakyRelu(), new PixelNorm(),
            Options.Convolution(outputs, outputs, 3, rng), Activation.LeakyRelu(), new PixelNorm());
    }

    protected override Layer Colours(int level, Rng rng) => Options.Convolution(Options.Channels(level), Spec.Channels, 1, rng, gain: 1);
}

/// <summary>The critic of Karras et al. 2018, table 2: the generator's mirror image, with the minibatch standard deviation before its last block.</summary>
internal sealed class GrowingCritic : GrowingNetwork
{
    public GrowingCritic(DataSpec spec, ProgressiveGanOptions options, Growth growth, Rng rng) : base(spec, options, growth)
    {
        var channels = options.Channels(0);
        var hidden = Math.Min(options.Width, options.Cap);
        torch.nn.Module<Tensor, Tensor>[] deviation = options.Group > 1 ? [new MinibatchDeviation(options.Group)] : [];
        AddColours(0, rng);
        AddBlock(0, new Sequential(
        [
            .. deviation,
            options.Convolution(channels + deviation.Length, channels, 3, rng), Activation.LeakyRelu(), torch.nn.Flatten(),
            options.Product(channels * 16, hidden, rng), Activation.LeakyRelu(), options.Product(hidden, 1, rng, gain: 1),
        ]));
        Follow(rng);
    }

    /// <summary>Raw outputs [n, 1] for images of the present side.</summary>
    protected override Tensor Forward(Tensor x, Rng? rng)
    {
        x = x.ChannelsLast();
        var y = Blocks[^1].Call(Rgb.Call(x));
        if (Old is not null)
        {
            y = Fade(Old.Call(torch.nn.functional.avg_pool2d(x, [2, 2])), y, Alpha);
        }

        return Blocks.Reverse().Skip(1).Aggregate(y, (h, block) => block.Call(h));
    }

    protected override Sequential Block(int level, Rng rng)
    {
        var (inputs, outputs) = (Options.Channels(level), Options.Channels(level - 1));
        return new(Options.Convolution(inputs, inputs, 3, rng), Activation.LeakyRelu(), Options.Convolution(inputs, outputs, 3, rng), Activation.LeakyRelu(), torch.nn.AvgPool2d(2));
    }

    protected override Layer Colours(int level, Rng rng) => new Sequential(Options.Convolution(Spec.Channels, Options.Channels(level), 1, rng), Activation.LeakyRelu());
}

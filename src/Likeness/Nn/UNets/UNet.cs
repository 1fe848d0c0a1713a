namespace Likeness;

/// <summary>The size of a <see cref="UNet"/>.</summary>
/// <param name="BaseWidth">Channels at full resolution.</param>
/// <param name="ResidualBlocks">Residual blocks per level on the way down; one more on the way up.</param>
/// <param name="Heads">Number of self-attention heads.</param>
/// <param name="Groups">Number of groups of the group normalisation.</param>
/// <param name="Dropout">Dropout probability inside residual blocks.</param>
/// <param name="TimeFeatures">Dimension of the time embedding; null is four times the base width, as in the paper.</param>
public sealed record UNetOptions([property: AtLeast(4)] int BaseWidth = 32, [property: AtLeast(1)] int ResidualBlocks = 2, [property: AtLeast(1)] int Heads = 1, [property: AtLeast(1)] int Groups = 8, [property: AtLeast(0, Below = 1)] double Dropout = 0.1, [property: AtLeast(1)] int? TimeFeatures = null)
{
    /// <summary>
    /// Channels of each level as multiples of the base width; every level after the first halves the resolution. Null chooses by the longer side: 1,2 up to 8
    /// pixels, 1,2,2 up to 32, 1,2,2,2 up to 64, 1,1,2,2,2 up to 128, then 1,1,2,2,4,4.
    /// </summary>
    [NotEmpty, AtLeast(1)]
    public IReadOnlyList<int>? Multipliers { get; init; }

    /// <summary>Heights of the feature maps at which every block is followed by self-attention; null is the height of the last level, whatever the size of the data.</summary>
    [AtLeast(1)]
    public IReadOnlyList<int>? AttentionSizes { get; init; }

    /// <summary>
    /// Side p of the patches whose pixels become channels: the network then works at 1/p of the resolution, and with wider feature maps in the same time (Hoogeboom
    /// et al., simple diffusion, ICML 2023). Sides that it does not divide are padded; 1 takes pixels as they are.
    /// </summary>
    [AtLeast(1)]
    public int Patch { get; init; } = 1;

    public bool Equals(UNetOptions? other) => other is not null && (BaseWidth, ResidualBlocks, Heads, Groups, Dropout, TimeFeatures, Patch)
        == (other.BaseWidth, other.ResidualBlocks, other.Heads, other.Groups, other.Dropout, other.TimeFeatures, other.Patch)
        && Same(Multipliers, other.Multipliers) && Same(AttentionSizes, other.AttentionSizes);

    public override int GetHashCode() => HashCode.Combine(BaseWidth, Multipliers?.Count, ResidualBlocks, AttentionSizes?.Count, Heads, Groups, Dropout, HashCode.Combine(TimeFeatures, Patch));

    /// <summary>For the smallest data: a network that trains in moments.</summary>
    internal static UNetOptions Smallest => new(8) { Multipliers = [1, 2], ResidualBlocks = 1, AttentionSizes = [4], Groups = 4, TimeFeatures = 16 };

    /// <summary>The multipliers for images of this size.</summary>
    internal IReadOnlyList<int> MultipliersFor(int height, int width) => Multipliers ?? ((Math.Max(height, width) + Patch - 1) / Patch) switch
    {
        <= 8 => [1, 2],
        <= 32 => [1, 2, 2],
        <= 64 => [1, 2, 2, 2],
        <= 128 => [1, 1, 2, 2, 2],
        _ => [1, 1, 2, 2, 4, 4],
    };

    private static bool Same(IReadOnlyList<int>? a, IReadOnlyList<int>? b) => a is null ? b is null : b is not null && a.SequenceEqual(b);
}

/// <summary>
/// The U-Net of Ho et al. 2020: images [n, inputs, h, w] at times [n] to [n, outputs, h, w]. Parts: time.0, time.2 (linear layers on
/// the sinusoidal embedding), conv_in, down.L.{blocks,attentions}.B, down.L.downsample, middle.{block1,attention,block2},
/// up.L.{blocks,attentions}.B, up.L.upsample.1, norm_out, conv_out, and condition where there is more to be told than the time: the condition is then
/// [n, 1 + features], the time first, and zeros for the rest tell nothing. Sides that patches and
/// halves do not divide are padded by their last row and column.
/// </summary>
public sealed class UNet : ConditionedLayer
{
    private readonly Sequential _time;
    private readonly Conv2d _convIn, _convOut;
    private readonly UNetLevel[] _down, _up;
    private readonly UNetMiddle _middle;
    private readonly Linear? _condition;
    private readonly GroupNorm _normOut;
    private readonly SinusoidalEmbedding _embedding;
    private readonly int _divisor, _patch;

    /// <param name="inputs">Channels of the image.</param>
    /// <param name="outputs">Channels of the answer.</param>
    /// <param name="height">Height of the images, which says at which levels the attention sizes are met; other heights may follow.</param>
    /// <param name="width">Width of the images, which with the height says how many levels there are where the options do not.</param>
    /// <param name="options">The size of the network.</param>
    /// <param name="rng">Where initial weights are drawn; its device holds the parameters.</param>
    /// <param name="told">How many numbers the network is told beside the time.</param>
    public UNet(int inputs, int outputs, int height, int width, UNetOptions options, Rng rng, int told = 0)
    {
        var o = options;
        var multipliers = o.MultipliersFor(height, width);
        var last = multipliers.Count - 1;
        _patch = o.Patch <= Math.Max(height, width) ? o.Patch
            : throw new UsageException($"Patches of {o.Patch} pixels a side do not fit into {height}×{width}: patch must be at most {Math.Max(height, width)}, for example 2.");
        _divisor = _patch << last;
        var padded = (height + Missing(height)) / _patch;
        var features = o.TimeFeatures ?? 4 * o.BaseWidth;
        bool Attends(int level) => o.AttentionSizes?.Contains((int)padded >> level) ?? level == last;

        _embedding = new SinusoidalEmbedding(o.BaseWidth);
        _time = Add("time", new Sequential(new Linear(o.BaseWidth, features, rng), Activation.Silu(), new Linear(features, features, rng)));
        _condition = told > 0 ? Add("condition", new Linear(told, features, rng, hasBias: false)) : null;
        _convIn = Add("conv_in", new Conv2d(inputs * _patch * _patch, o.BaseWidth, 3, rng, padding: 1));

        var now = o.BaseWidth;
        var skips = new Stack<int>([now]);
        _down = new UNetLevel[last + 1];
        for (var level = 0; level <= last; level++)
        {
            var wide = multipliers[level] * o.BaseWidth;
            var ins = Enumerable.Range(0, o.ResidualBlocks).Select(b => b == 0 ? now : wide).ToArray();
            Array.ForEach(ins, _ => skips.Push(wide));
            var change = level == last ? null : new Conv2d(wide, wide, 3, rng, stride: 2, padding: 1);
            if (change is not null)
            {
                skips.Push(wide);
            }

            _down[level] = new(ins, wide, features, Attends(level), "downsample", change, o, rng);
            now = wide;
        }

        _middle = new(now, features, o, rng);
        _up = new UNetLevel[last + 1];
        for (var level = last; level >= 0; level--)
        {
            var wide = multipliers[level] * o.BaseWidth;
            var ins = Enumerable.Range(0, o.ResidualBlocks + 1).Select(b => (b == 0 ? now : wide) + skips.Pop()).ToArray();
            var change = level == 0 ? null : new Sequential(Upsample.Nearest(), new Conv2d(wide, wide, 3, rng, padding: 1));
            _up[level] = new(ins, wide, features, Attends(level), "upsample", change, o, rng);
            now = wide;
        }

        Add("down", new ModuleList(_down));
        Add("up", new ModuleList(_up));
        Add("middle", _middle);
        _normOut = Add("norm_out", new GroupNorm(o.Groups, now, rng));
        _convOut = Add("conv_out", new Conv2d(now, outputs * _patch * _patch, 3, rng, padding: 1, weight: Init.Zeros, bias: Init.Zeros));
    }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, Tensor condition, Rng? rng)
    {
        var (height, width) = (x.size(2), x.size(3));
        var (down, right) = (Missing(height), Missing(width));
        if (down > 0 || right > 0)
        {
            x = torch.nn.functional.pad(x, [0, right, 0, down], PaddingModes.Replicate);
        }

        var time = _time.Call(_embedding.Call(condition.ndim == 1 ? condition : condition.select(1, 0)).to(x.dtype));
        if (_condition is not null && condition.ndim == 2)
        {
            time += _condition.Call(condition.narrow(1, 1, condition.size(1) - 1).to(x.dtype));
        }

        if (_patch > 1)
        {
            x = torch.nn.functional.pixel_unshuffle(x, _patch);
        }

        var h = _convIn.Call(x.ChannelsLast());
        var skips = new Stack<Tensor>([h]);
        foreach (var level in _down)
        {
            for (var b = 0; b < level.BlockCount; b++)
            {
                skips.Push(h = level.Block(b, h, time, rng));
            }

            if (level.Change is { } downsample)
            {
                skips.Push(h = downsample.Call(h));
            }
        }

        h = _middle.Call(h, time, rng);
        foreach (var level in _up.Reverse())
        {
            for (var b = 0; b < level.BlockCount; b++)
            {
                h = level.Block(b, torch.cat([h, skips.Pop()], 1), time, rng);
            }

            h = level.Change?.Call(h) ?? h;
        }

        var y = _convOut.Call(_normOut.CallSilu(h));
        if (_patch > 1)
        {
            y = torch.nn.functional.pixel_shuffle(y, _patch);
        }

        return down > 0 || right > 0 ? y.narrow(2, 0, height).narrow(3, 0, width) : y;
    }

    // How much a side lacks to halve at every level.
    private long Missing(long side) => (_divisor - side % _divisor) % _divisor;
}

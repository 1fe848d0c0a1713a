namespace Likeness;

/// <summary>The size of a <see cref="UNet"/>.</summary>
/// <param name="BaseWidth">Channels at full resolution.</param>
/// <param name="ResidualBlocks">Residual blocks per level on the way down; one more on the way up.</param>
/// <param name="Heads">Of the self-attention.</param>
/// <param name="Groups">Of the group normalisation.</param>
/// <param name="Dropout">Probability of a value being dropped inside residual blocks.</param>
/// <param name="TimeFeatures">Size of the time embedding; null is four times the base width, as in the paper.</param>
public sealed record UNetOptions([property: AtLeast(4)] int BaseWidth = 32, [property: AtLeast(1)] int ResidualBlocks = 2, [property: AtLeast(1)] int Heads = 1, [property: AtLeast(1)] int Groups = 8, [property: AtLeast(0, Below = 1)] double Dropout = 0.1, [property: AtLeast(1)] int? TimeFeatures = null)
{
    private static readonly int[] s_multipliers = [1, 2, 2];

    // JSON that leaves a list out sets it to null.

    /// <summary>Channels of each level as multiples of the base width; every level after the first halves the resolution.</summary>
    [NotEmpty, AtLeast(1)]
    public IReadOnlyList<int> Multipliers { get; init => field = value ?? s_multipliers; } = s_multipliers;

    /// <summary>Heights at which every block is followed by self-attention; null is that of the last level, whatever the size of the data.</summary>
    [AtLeast(1)]
    public IReadOnlyList<int>? AttentionSizes { get; init; }

    public bool Equals(UNetOptions? other) => other is not null && (BaseWidth, ResidualBlocks, Heads, Groups, Dropout, TimeFeatures)
        == (other.BaseWidth, other.ResidualBlocks, other.Heads, other.Groups, other.Dropout, other.TimeFeatures)
        && Multipliers.SequenceEqual(other.Multipliers)
        && (AttentionSizes is null ? other.AttentionSizes is null : other.AttentionSizes is { } sizes && AttentionSizes.SequenceEqual(sizes));

    public override int GetHashCode() => HashCode.Combine(BaseWidth, Multipliers.Count, ResidualBlocks, AttentionSizes?.Count, Heads, Groups, Dropout, TimeFeatures);
}

/// <summary>
/// The U-Net of Ho et al. 2020: images [n, inputs, h, w] at times [n] to [n, outputs, h, w]. Parts: time.0, time.2 (linear layers on
/// the sinusoidal embedding), conv_in, down.L.{blocks,attentions}.B, down.L.downsample, middle.{block1,attention,block2},
/// up.L.{blocks,attentions}.B, up.L.upsample.1, norm_out, conv_out.
/// </summary>
public sealed class UNet : ConditionedLayer
{
    private readonly Sequential _time;
    private readonly Conv2d _convIn, _convOut;
    private readonly UNetLevel[] _down, _up;
    private readonly UNetMiddle _middle;
    private readonly GroupNorm _normOut;
    private readonly SinusoidalEmbedding _embedding;
    private readonly int _divisor;

    /// <param name="inputs">Channels of the image.</param>
    /// <param name="outputs">Channels of the answer.</param>
    /// <param name="height">Height of the images, which says at which levels the attention sizes are met; other heights may follow.</param>
    /// <param name="options">The size of the network.</param>
    /// <param name="rng">Where initial weights are drawn; its device holds the parameters.</param>
    /// <exception cref="ArgumentException">The height does not halve as often as there are levels after the first.</exception>
    public UNet(int inputs, int outputs, int height, UNetOptions options, Rng rng)
    {
        var o = options;
        var last = o.Multipliers.Count - 1;
        _divisor = 1 << last;
        CheckSize(height, height);
        var features = o.TimeFeatures ?? 4 * o.BaseWidth;
        bool Attends(int level) => o.AttentionSizes?.Contains(height >> level) ?? level == last;

        _embedding = new SinusoidalEmbedding(o.BaseWidth);
        _time = Add("time", new Sequential(new Linear(o.BaseWidth, features, rng), Activation.Silu(), new Linear(features, features, rng)));
        _convIn = Add("conv_in", new Conv2d(inputs, o.BaseWidth, 3, rng, padding: 1));

        var now = o.BaseWidth;
        var skips = new Stack<int>([now]);
        _down = new UNetLevel[last + 1];
        for (var level = 0; level <= last; level++)
        {
            var wide = o.Multipliers[level] * o.BaseWidth;
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
            var wide = o.Multipliers[level] * o.BaseWidth;
            var ins = Enumerable.Range(0, o.ResidualBlocks + 1).Select(b => (b == 0 ? now : wide) + skips.Pop()).ToArray();
            var change = level == 0 ? null : new Sequential(Upsample.Nearest(), new Conv2d(wide, wide, 3, rng, padding: 1));
            _up[level] = new(ins, wide, features, Attends(level), "upsample", change, o, rng);
            now = wide;
        }

        Add("down", new ModuleList(_down));
        Add("up", new ModuleList(_up));
        Add("middle", _middle);
        _normOut = Add("norm_out", new GroupNorm(o.Groups, now, rng));
        _convOut = Add("conv_out", new Conv2d(now, outputs, 3, rng, padding: 1, weight: Init.Zeros, bias: Init.Zeros));
    }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, Tensor condition, Rng? rng)
    {
        CheckSize(x.size(2), x.size(3));
        var time = _time.Call(_embedding.Call(condition).to(x.dtype));
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

        return _convOut.Call(_normOut.CallSilu(h));
    }

    private void CheckSize(long height, long width)
    {
        if (height % _divisor != 0 || width % _divisor != 0)
        {
            throw new ArgumentException(
                $"Images of {height}×{width} do not halve {int.Log2(_divisor)} times: choose sizes that {_divisor} divides, or fewer multipliers.");
        }
    }
}

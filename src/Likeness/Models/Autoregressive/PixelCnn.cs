namespace Likeness;

/// <summary>Options of a PixelCNN. The defaults are for binary MNIST: the paper's depth, and the widths of its experiments there.</summary>
public sealed record PixelCnnOptions
{
    /// <summary>h: channels of the 3×3 convolutions; the residual connections carry twice as many.</summary>
    [AtLeast(1)]
    public int Hidden { get; init; } = 16;

    /// <summary>Number of residual blocks.</summary>
    [AtLeast(1)]
    public int Blocks { get; init; } = 15;

    /// <summary>Channels of the 1×1 convolutions before the output.</summary>
    [AtLeast(1)]
    public int Head { get; init; } = 32;

    /// <summary>Optimiser of the parameters.</summary>
    public OptimizerOptions Optimizer { get; init; } = new Adam(5e-3) { Schedule = new Schedule.Linear() };
}

/// <summary>
/// The PixelCNN (van den Oord, Kalchbrenner and Kavukcuoglu 2016): a stack of masked convolutions that predicts every pixel from
/// those above and to the left of it, all pixels at once in training and one after the other in sampling.
/// <code>
/// u_0 = conv7×7_A(x),  u_l = u_{l−1} + conv1×1(relu(conv3×3_B(relu(conv1×1(relu(u_{l−1}))))))      (table 1 and figure 5)
/// </code>
/// The square kernels leave a blind spot: what lies to the right of the pixel in the rows above is seen only within a slope.
/// </summary>
public sealed class PixelCnn : PixelModel
{
    private readonly DataSpec _spec;
    private readonly MaskedConv2d _first;
    private readonly PixelBlock[] _blocks;
    private readonly PixelHead _head;

    public PixelCnn(DataSpec spec, PixelCnnOptions options, Rng rng) : base(spec)
    {
        OptionRanges.Check(options);
        _spec = spec;
        var (pixels, wide, narrow) = (Colours.Of(spec.Channels, spec.Channels), Colours.Of(2 * options.Hidden, spec.Channels), Colours.Of(options.Hidden, spec.Channels));
        _first = Add("first", new MaskedConv2d(pixels, wide, 7, PixelMask.A, rng));
        _blocks = [.. Enumerable.Range(0, options.Blocks).Select(i => Add($"block{i}", new PixelBlock(wide, narrow, rng)))];
        _head = Add("head", new PixelHead(wide, Colours.Of(options.Head, spec.Channels), OutputColours, rng));
    }

    public static Recipe<PixelCnnOptions, PixelCnn, Batch> Recipe { get; } = new(
        "pixel-cnn",
        "Exact density of images by masked convolutions: each pixel is predicted from those above it and to its left.",
        PixelPapers.Recurrent,
        (model, options, _) => new MaximumLikelihood<PixelCnn>(model, options.Optimizer),
        new(Steps: 60_000, BatchSize: 16),
        Need)
    {
        Smallest = new() { Hidden = 8, Blocks = 2, Head = 12, Optimizer = new Adam(0.005) },
    };

    private protected override Tensor Network(Tensor pixels)
    {
        var u = _first.Call(pixels);
        foreach (var block in _blocks)
        {
            u = block.Call(u);
        }

        return _head.Call(u);
    }

    private protected override IPixelTrace Trace(int count) => new Steps(this, count);

    private sealed class Steps(PixelCnn model, int count) : IPixelTrace
    {
        private readonly MaskedWindow _first = model._first.Follow(count, model._spec.Width);
        private readonly Func<Pixel, Tensor, Tensor>[] _blocks = Array.ConvertAll(model._blocks, b => b.Follow(count, model._spec.Width));
        private readonly Func<Pixel, Tensor, Tensor> _head = model._head.Follow(count, model._spec.Width);

        public Tensor Next(Pixel at) => _head(at, _blocks.Aggregate(_first.Read(at), (u, block) => block(at, u)));

        public void Observe(Pixel at, Tensor value) => _first.Write(at, value);
    }
}

/// <summary>Figure 5, left: the residual block of the PixelCNN. Parts narrow, seen and wide.</summary>
internal sealed class PixelBlock : Layer
{
    private readonly MaskedConv2d _narrow, _seen, _wide;

    public PixelBlock(int[] wide, int[] narrow, Rng rng)
    {
        _narrow = Add("narrow", new MaskedConv2d(wide, narrow, 1, PixelMask.B, rng));
        _seen = Add("seen", new MaskedConv2d(narrow, narrow, 3, PixelMask.B, rng));
        _wide = Add("wide", new MaskedConv2d(narrow, wide, 1, PixelMask.B, rng));
    }

    public Func<Pixel, Tensor, Tensor> Follow(int count, int width)
    {
        var (narrow, seen, wide) = (_narrow.Follow(count, width), _seen.Follow(count, width), _wide.Follow(count, width));
        return (at, u) => wide.PassRectified(at, seen.PassRectified(at, narrow.PassRectified(at, u)), plus: u);
    }

    protected override Tensor Forward(Tensor u, Rng? rng) => _wide.CallRectified(_seen.CallRectified(_narrow.CallRectified(u)), plus: u);
}

/// <summary>The sources of these models.</summary>
internal static class PixelPapers
{
    /// <summary>PixelCNN, Row LSTM, Diagonal BiLSTM.</summary>
    public static Citation Recurrent { get; } = new("vandenoord2016pixelrnn", "Pixel Recurrent Neural Networks",
        "van den Oord, A{\\\"a}ron and Kalchbrenner, Nal and Kavukcuoglu, Koray", "ICML", 2016, "Proceedings of Machine Learning Research 48:1747-1756");

    /// <summary>The gated PixelCNN, also of classes.</summary>
    public static Citation Gated { get; } = new("vandenoord2016conditional", "Conditional Image Generation with PixelCNN Decoders",
        "van den Oord, A{\\\"a}ron and Kalchbrenner, Nal and Vinyals, Oriol and Espeholt, Lasse and Graves, Alex and Kavukcuoglu, Koray", "NIPS", 2016,
        "Advances in Neural Information Processing Systems 29:4790-4798");
}

namespace Likeness;

/// <summary>Options of a gated PixelCNN. The paper's has 20 layers of 384 maps with 5×5 kernels; the defaults suit small grey images.</summary>
public sealed record GatedPixelCnnOptions
{
    /// <summary>Channels of each stack.</summary>
    [AtLeast(1)]
    public int Hidden { get; init; } = 32;

    /// <summary>Number of gated layers, including the first.</summary>
    [AtLeast(2)]
    public int Layers { get; init; } = 10;

    /// <summary>Kernel width of the layers after the first, whose width is 7; odd.</summary>
    [AtLeast(3)]
    public int Kernel { get; init; } = 3;

    /// <summary>Channels of the 1×1 convolutions before the output.</summary>
    [AtLeast(1)]
    public int Head { get; init; } = 32;

    /// <summary>Optimiser of the parameters.</summary>
    public OptimizerOptions Optimizer { get; init; } = new Adam(1e-3) { Schedule = new Schedule.Linear() };
}

/// <summary>
/// The gated PixelCNN (van den Oord, Kalchbrenner, Vinyals, Espeholt, Graves and Kavukcuoglu 2016): two stacks of convolutions, one
/// over the rows above and one over the row to the left, so every pixel sees all pixels before it (no blind spot), with gates
/// y = tanh(W_f * x) ⊙ σ(W_g * x) in place of rectifiers (equation 2).
/// </summary>
public sealed class GatedPixelCnn : PixelModel
{
    private readonly GatedNetwork _network;

    public GatedPixelCnn(DataSpec spec, GatedPixelCnnOptions options, Rng rng) : base(spec)
    {
        OptionRanges.Check(options);
        _network = Add("network", new GatedNetwork(spec, options, OutputColours, 0, rng));
    }

    public static Recipe<GatedPixelCnnOptions, GatedPixelCnn, Batch> Recipe { get; } = new(
        "gated-pixel-cnn",
        "Exact density of images by gated convolutions over the rows above and the row to the left: each pixel is predicted from all before it.",
        PixelPapers.Gated,
        (model, options, _) => new MaximumLikelihood<GatedPixelCnn>(model, options.Optimizer),
        new(Steps: 60_000, BatchSize: 16),
        Need)
    {
        Smallest = new() { Hidden = 8, Layers = 3, Head = 12, Optimizer = new Adam(0.01) },
    };

    private protected override Tensor Network(Tensor pixels) => _network.Call(pixels, null);

    private protected override IPixelTrace Trace(int count) => _network.Follow(count, null);
}

/// <summary>The layers of a gated PixelCNN. Parts layer0, layer1, … and head.</summary>
internal sealed class GatedNetwork : Module
{
    private readonly GatedLayer[] _layers;
    private readonly PixelHead _head;
    private readonly DataSpec _spec;

    /// <param name="spec">The images.</param>
    /// <param name="options">Its size.</param>
    /// <param name="outputs">The colours of its outputs.</param>
    /// <param name="classes">How many classes it is told of; 0 for none.</param>
    /// <param name="rng">Where initial weights are drawn; its device holds the parameters.</param>
    public GatedNetwork(DataSpec spec, GatedPixelCnnOptions options, int[] outputs, int classes, Rng rng)
    {
        if (options.Kernel % 2 == 0)
        {
            throw new UsageException($"A gated PixelCNN cannot have kernels of width {options.Kernel}: kernel must be odd, such as 3.");
        }

        _spec = spec;
        var (pixels, features) = (Colours.Of(spec.Channels, spec.Channels), Colours.Of(options.Hidden, spec.Channels));
        _layers = [.. Enumerable.Range(0, options.Layers).Select(i => Add($"layer{i}", i == 0
            ? new GatedLayer(pixels, features, 7, true, classes, rng)
            : new GatedLayer(features, features, options.Kernel, false, classes, rng)))];
        _head = Add("head", new PixelHead(features, Colours.Of(options.Head, spec.Channels), outputs, rng));
    }

    /// <param name="pixels">Images [n, height, width, channels] on −1 … 1.</param>
    /// <param name="labels">int64 [n], where the network knows classes.</param>
    /// <returns>[n, height, width, outputs].</returns>
    public Tensor Call(Tensor pixels, Tensor? labels)
    {
        var (v, h) = (pixels, pixels);
        foreach (var layer in _layers)
        {
            (v, h) = layer.Call(v, h, labels, layer == _layers[^1]);
        }

        return _head.Call(h);
    }

    /// <summary>The same network one pixel and colour at a time.</summary>
    public IPixelTrace Follow(int count, Tensor? labels) => new Steps(this, count, labels);

    private sealed class Steps(GatedNetwork network, int count, Tensor? labels) : IPixelTrace
    {
        private readonly GatedLayer.Steps[] _layers = Array.ConvertAll(network._layers, l => l.Follow(count, network._spec.Width, labels));
        private readonly Func<Pixel, Tensor, Tensor> _head = network._head.Follow(count, network._spec.Width);

        // The row of the image that is being read.
        private readonly Tensor _row = torch.zeros([count, 1, network._spec.Width, network._spec.Channels], network.ScalarType, network.Device);

        public Tensor Next(Pixel at)
        {
            if (at is { Column: 0, Channel: 0 })
            {
                if (at.Row > 0)
                {
                    _layers[0].Leave(_row);
                }

                Tensor? v = null;
                foreach (var layer in _layers)
                {
                    v = layer.Enter(v);
                }
            }

            Tensor? h = null;
            foreach (var layer in _layers)
            {
                h = layer.Next(at, h);
            }

            return _head(at, h!);
        }

        public void Observe(Pixel at, Tensor value)
        {
            _layers[0].Write(at, value);
            _row.select(1, 0).select(1, at.Column).narrow(1, at.Channel, 1).copy_(value);
        }
    }
}

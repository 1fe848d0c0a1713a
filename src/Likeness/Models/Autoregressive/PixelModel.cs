namespace Likeness;

/// <summary>
/// What the models of van den Oord et al. 2016 share: an image is read pixel by pixel from the top left, and in a pixel red, green,
/// blue, and each value is given by those before it,
/// <code>p(x) = Π_i p(x_i,R | x_&lt;i) p(x_i,G | x_&lt;i, x_i,R) p(x_i,B | x_&lt;i, x_i,R, x_i,G)      (equations 1 and 2)</code>
/// a softmax over 256 levels, or one logit where values are bits.
/// </summary>
public abstract class PixelModel : Module, IAutoregressive, IStepwise, IGenerative
{
    private readonly DataSpec _spec;
    private readonly PixelReader _reader;

    private protected PixelModel(DataSpec spec) => (_spec, _reader) = (spec, new PixelReader(spec));

    public IReadOnlyList<int> Order => _reader.Order;

    /// <summary>What these models ask of their data.</summary>
    internal static DataNeed Need { get; } = new("images of binary or byte values", s => s.IsImage && s.Domain is Domain.Binary or Domain.Byte);

    /// <summary>The colours of the network's outputs, those of one value side by side.</summary>
    private protected int[] OutputColours => _reader.OutputColours;

    public Tensor LogProb(Tensor x) => _reader.LogProb(x, Network(_reader.Pixels(x)));

    public Tensor Conditionals(Tensor x)
    {
        var (n, logits) = (x.shape[0], Network(_reader.Pixels(x)).to(x.dtype));
        return logits.reshape(n, _spec.Height, _spec.Width, _spec.Channels, -1).permute(0, 3, 1, 2, 4).reshape(n, _spec.Dimensions, _reader.Outputs);
    }

    public IWalk Walk(int count) => _reader.Walk(Trace(count), ScalarType);

    public Tensor Sample(int count, Rng rng) => this.Draw(count, rng).reshape(_spec.BatchShape(count));

    /// <summary>Images [n, height, width, channels] on −1 … 1 to what is said of each value [n, height, width, channels·outputs].</summary>
    private protected abstract Tensor Network(Tensor pixels);

    /// <summary>The same network one pixel and colour at a time.</summary>
    private protected abstract IPixelTrace Trace(int count);
}

/// <summary>A network over an image, one pixel and colour at a time.</summary>
internal interface IPixelTrace
{
    /// <summary>What the network says of one colour of a pixel [n, outputs], given everything before it.</summary>
    Tensor Next(Pixel at);

    /// <summary>Tells the value of that colour, on −1 … 1, [n, 1].</summary>
    void Observe(Pixel at, Tensor value);
}

/// <summary>Between images and a network over their pixels [n, height, width, channels].</summary>
internal sealed class PixelReader
{
    private readonly DataSpec _spec;
    private readonly Pixel[] _pixels;

    public PixelReader(DataSpec spec)
    {
        _spec = spec;
        Outputs = spec.Domain is Domain.Binary ? 1 : 256;
        _pixels =
        [
            .. from row in Enumerable.Range(0, spec.Height)
               from column in Enumerable.Range(0, spec.Width)
               from channel in Enumerable.Range(0, spec.Channels)
               select new Pixel(row, column, channel),
        ];
        Order = Array.ConvertAll(_pixels, p => (((p.Channel * spec.Height) + p.Row) * spec.Width) + p.Column);
    }

    public IReadOnlyList<int> Order { get; }

    /// <summary>Of the network, per value of the data.</summary>
    public int Outputs { get; }

    /// <summary>The colours of the network's outputs, those of one value side by side.</summary>
    public int[] OutputColours => [.. Enumerable.Range(0, _spec.Channels * Outputs).Select(i => i / Outputs)];

    /// <summary>[n, channels, height, width] in the data's units to [n, height, width, channels] on −1 … 1.</summary>
    public Tensor Pixels(Tensor x) => _spec.Normalise(x).permute(0, 2, 3, 1).contiguous();

    /// <summary>log p(x), nats, [n], from the network's outputs [n, height, width, channels·outputs].</summary>
    public Tensor LogProb(Tensor x, Tensor logits)
    {
        var (n, values) = (x.shape[0], x.permute(0, 2, 3, 1));
        logits = logits.to(x.dtype);
        return Outputs == 1
            ? BernoulliFunction.LogProb(values.reshape(n, -1), logits.reshape(n, -1))
            : new Categorical(logits.reshape(n, -1, Outputs)).LogProb(values.reshape(n, -1)).SumEvent();
    }

    /// <param name="trace">The network at its first pixel.</param>
    /// <param name="type">Of its parameters.</param>
    public IWalk Walk(IPixelTrace trace, ScalarType type) => new Reading(this, trace, type);

    private sealed class Reading(PixelReader reader, IPixelTrace trace, ScalarType type) : IWalk
    {
        private int i;

        public Density Next()
        {
            using var noGrad = torch.no_grad();
            var outputs = trace.Next(reader._pixels[i]);
            return reader.Outputs == 1 ? new Bernoulli(outputs.squeeze(1)) : new Categorical(outputs);
        }

        public void Observe(Tensor values)
        {
            using var noGrad = torch.no_grad();
            var scaled = values.to(type) * (reader.Outputs == 1 ? 2 : 1 / 127.5) - 1;
            trace.Observe(reader._pixels[i++], scaled.unsqueeze(1));
        }
    }
}

/// <summary>
/// The end of every network of van den Oord et al. 2016: twice a rectifier and a 1×1 convolution with mask B (table 1). Parts
/// hidden and outputs.
/// </summary>
internal sealed class PixelHead : Layer
{
    private readonly MaskedConv2d _hidden, _outputs;

    /// <param name="inputs">The colours of its inputs.</param>
    /// <param name="hidden">The colours of the maps between.</param>
    /// <param name="outputs">The colours of its outputs.</param>
    /// <param name="rng">Where initial weights are drawn; its device holds the parameters.</param>
    public PixelHead(int[] inputs, int[] hidden, int[] outputs, Rng rng)
    {
        _hidden = Add("hidden", new MaskedConv2d(inputs, hidden, 1, PixelMask.B, rng));
        _outputs = Add("outputs", new MaskedConv2d(hidden, outputs, 1, PixelMask.B, rng));
    }

    public Func<Pixel, Tensor, Tensor> Follow(int count, int width)
    {
        var (hidden, outputs) = (_hidden.Follow(count, width), _outputs.Follow(count, width));
        return (at, x) => outputs.PassRectified(at, hidden.PassRectified(at, x));
    }

    protected override Tensor Forward(Tensor x, Rng? rng) => _outputs.CallRectified(_hidden.CallRectified(x));
}

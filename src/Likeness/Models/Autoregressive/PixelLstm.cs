namespace Likeness;

/// <summary>Options of a PixelRNN. The defaults are the paper's for binary MNIST, except for Adam in place of RMSProp.</summary>
public sealed record PixelLstmOptions
{
    /// <summary>h: hidden units of an LSTM layer; the residual connections carry twice as many features.</summary>
    [AtLeast(1)]
    public int Hidden { get; init; } = 16;

    /// <summary>Number of LSTM layers.</summary>
    [AtLeast(1)]
    public int Layers { get; init; } = 7;

    /// <summary>Channels of the 1×1 convolutions before the output.</summary>
    [AtLeast(1)]
    public int Head { get; init; } = 32;

    /// <summary>Optimiser of the parameters.</summary>
    public OptimizerOptions Optimizer { get; init; } = new Adam(5e-3) { Schedule = new Schedule.Linear(), ClipNorm = 5 };
}

/// <summary>
/// What both PixelRNNs share (van den Oord, Kalchbrenner and Kavukcuoglu 2016): features run past LSTM layers, whose kind is the model's own; a cell is
/// <code>
/// [o, f, i, g] = σ/tanh(K_ss * h_{i−1} + K_is * x_i),  c_i = f ⊙ c_{i−1} + i ⊙ g,  h_i = o ⊙ tanh(c_i)      (equation 3)
/// </code>
/// </summary>
public abstract class PixelLstm : PixelModel
{
    private readonly PixelLstmNetwork _network;
    private readonly int _width;

    private protected PixelLstm(DataSpec spec, PixelLstmOptions options, Func<int[], int[], Rng, PixelLstmLayer> layer, Rng rng)
        : base(spec)
    {
        OptionRanges.Check(options);
        _width = spec.Width;
        _network = Add("network", new PixelLstmNetwork(spec, options, OutputColours, layer, rng));
    }

    private protected override Tensor Network(Tensor pixels) => _network.Call(pixels);

    private protected override IPixelTrace Trace(int count) => _network.Follow(count, _width);

    /// <summary>The recipe of one of them.</summary>
    private protected static Recipe<PixelLstmOptions, TModel, Batch> RecipeOf<TModel>(string name, string summary) where TModel : PixelLstm => new(
        name,
        summary,
        PixelPapers.Recurrent,
        (model, options, _) => new MaximumLikelihood<TModel>(model, options.Optimizer),
        new(Steps: 30_000, BatchSize: 16),
        Need)
    {
        Smallest = new() { Hidden = 6, Layers = 2, Head = 12, Optimizer = new Adam(0.01) },
    };
}

/// <summary>A layer of a PixelRNN: features in and out [n, height, width, 2h].</summary>
internal abstract class PixelLstmLayer : Layer
{
    /// <summary>The same layer one pixel and colour at a time, over so many images side by side.</summary>
    public abstract Func<Pixel, Tensor, Tensor> Follow(int count, int width);
}

/// <summary>
/// What both PixelRNNs are made of (table 1): a 7×7 convolution with mask A to 2h features, LSTM layers with residual connections (figure 5,
/// right), and two rectifiers with 1×1 convolutions. Parts first, layer0, layer1, … and head.
/// </summary>
internal sealed class PixelLstmNetwork : Module
{
    private readonly MaskedConv2d _first;
    private readonly PixelLstmLayer[] _layers;
    private readonly PixelHead _head;

    /// <param name="spec">The images.</param>
    /// <param name="options">Its size.</param>
    /// <param name="outputs">The colours of its outputs.</param>
    /// <param name="layer">Makes a layer from the colours of its features and of its hidden units.</param>
    /// <param name="rng">Where initial weights are drawn; its device holds the parameters.</param>
    public PixelLstmNetwork(DataSpec spec, PixelLstmOptions options, int[] outputs, Func<int[], int[], Rng, PixelLstmLayer> layer, Rng rng)
    {
        var (features, hidden) = (Colours.Of(2 * options.Hidden, spec.Channels), Colours.Of(options.Hidden, spec.Channels));
        _first = Add("first", new MaskedConv2d(Colours.Of(spec.Channels, spec.Channels), features, 7, PixelMask.A, rng));
        _layers = [.. Enumerable.Range(0, options.Layers).Select(i => Add($"layer{i}", layer(features, hidden, rng)))];
        _head = Add("head", new PixelHead(features, Colours.Of(options.Head, spec.Channels), outputs, rng));
    }

    /// <param name="pixels">Images [n, height, width, channels] on −1 … 1.</param>
    /// <returns>[n, height, width, outputs].</returns>
    public Tensor Call(Tensor pixels)
    {
        var u = _first.Call(pixels);
        foreach (var layer in _layers)
        {
            u = layer.Call(u);
        }

        return _head.Call(u);
    }

    /// <summary>The same network one pixel and colour at a time.</summary>
    public IPixelTrace Follow(int count, int width) => new Steps(this, count, width);

    private sealed class Steps(PixelLstmNetwork network, int count, int width) : IPixelTrace
    {
        private readonly MaskedWindow _first = network._first.Follow(count, width);
        private readonly Func<Pixel, Tensor, Tensor>[] _layers = Array.ConvertAll(network._layers, l => l.Follow(count, width));
        private readonly Func<Pixel, Tensor, Tensor> _head = network._head.Follow(count, width);

        public Tensor Next(Pixel at) => _head(at, _layers.Aggregate(_first.Read(at), (u, layer) => layer(at, u)));

        public void Observe(Pixel at, Tensor value) => _first.Write(at, value);
    }
}

/// <summary>The cell of an LSTM layer, one pixel and colour at a time, over so many images side by side.</summary>
internal sealed class PixelCell(MaskedConv2d input, Tensor state, int[] hidden, int count, int width)
{
    private readonly MaskedWindow _input = input.Follow(count, width);
    private readonly Tensor[] _state = StateToState.Of(state, hidden); // by colour
    private readonly (int First, int Count)[] _colours = Colours.Ranges(hidden);

    /// <summary>States [places, n, hidden], all zero.</summary>
    public Tensor Zeros(int places) => torch.zeros([places, count, hidden.Length], state.dtype, state.device);

    /// <summary>What a pixel's colour has of states [n, hidden].</summary>
    public Tensor Own(Pixel at, Tensor states) => states.narrow(1, _colours[at.Channel].First, _colours[at.Channel].Count);

    /// <summary>Equation 3: the hidden state of a pixel's colour, which goes into <paramref name="states"/> [n, hidden] as well.</summary>
    /// <param name="at">Where.</param>
    /// <param name="x">The features there.</param>
    /// <param name="before">The states that the cell reads, [n, taps·hidden].</param>
    /// <param name="memory">[n, hidden]: the colour's part is overwritten.</param>
    /// <param name="states">The pixel's place.</param>
    public Tensor Next(Pixel at, Tensor x, Tensor before, Tensor memory, Tensor states)
    {
        var own = Own(at, memory);
        var (h, c) = Recurrent.Lstm(_input.Pass(at, x) + before.matmul(_state[at.Channel]), own);
        own.copy_(c);
        Own(at, states).copy_(h);
        return h;
    }
}

/// <summary>The weights from states to gates [taps, hidden, 4·hidden].</summary>
internal static class StateToState
{
    /// <summary>U(−1/√hidden, 1/√hidden), as PyTorch's recurrent cells start.</summary>
    public static Tensor Weights(int taps, int hidden, Rng rng) => Recurrent.Uniform(rng, hidden, taps, hidden, 4 * hidden);

    /// <summary>The colours of the gates i, f, g, o.</summary>
    public static int[] Gates(int[] hidden) => [.. hidden, .. hidden, .. hidden, .. hidden];

    /// <summary>Of each colour, the columns of these weights [taps·hidden, 4·hidden of it].</summary>
    public static Tensor[] Of(Tensor weights, int[] hidden)
    {
        var (gates, flat) = (Gates(hidden), weights.detach().flatten(0, 1));
        return [.. Enumerable.Range(0, hidden.Max() + 1).Select(colour =>
        {
            var own = Enumerable.Range(0, gates.Length).Where(i => gates[i] == colour).Select(i => (long)i).ToArray();
            return flat.index_select(1, Tensor.From(own, own.Length).to(flat.device));
        })];
    }
}

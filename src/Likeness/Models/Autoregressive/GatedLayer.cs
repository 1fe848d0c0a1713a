namespace Likeness;

/// <summary>
/// One layer of the gated PixelCNN (van den Oord et al. 2016, figure 2): a vertical stack v that sees the rows above, without a
/// mask, and a horizontal stack h that sees the row to the left and, through a 1×1 convolution, the vertical stack of its pixel.
/// <code>
/// a = W_v * v,  v' = tanh(a_1) ⊙ σ(a_2)
/// b = W_h * h + W_vh a,  h' = h + W_r (tanh(b_1) ⊙ σ(b_2))      (equation 2; with a class y, a + V_v[y] and b + V_h[y]: equation 4)
/// </code>
/// The first layer reads the image: its kernels leave out the row (v) and the pixel (h) that they stand on, and nothing is added to h.
/// Parts vertical, horizontal, across, out, and with classes verticalClass and horizontalClass.
/// </summary>
internal sealed class GatedLayer : Module
{
    private readonly RowsAbove _vertical;
    private readonly MaskedConv2d _horizontal, _out;
    private readonly Linear _across;
    private readonly Embedding? _verticalClass, _horizontalClass;
    private readonly int[] _gates;
    private readonly bool _first;

    /// <param name="inputs">The colours of its inputs: those of the image, or of the layer before.</param>
    /// <param name="features">The colours of its outputs.</param>
    /// <param name="kernel">Width of the kernels, odd.</param>
    /// <param name="first">Whether it reads the image.</param>
    /// <param name="classes">How many classes it is told of; 0 for none.</param>
    /// <param name="rng">Where initial weights are drawn; its device holds the parameters.</param>
    public GatedLayer(int[] inputs, int[] features, int kernel, bool first, int classes, Rng rng)
    {
        _first = first;
        // The gates' two halves, each with all colours.
        _gates = [.. features, .. features];
        _vertical = Add("vertical", new RowsAbove(inputs.Length, _gates.Length, kernel, first, rng));
        _horizontal = Add("horizontal", new MaskedConv2d(inputs, _gates, (1, kernel), first ? PixelMask.A : PixelMask.B, rng));
        _across = Add("across", new Linear(_gates.Length, _gates.Length, rng));
        _out = Add("out", new MaskedConv2d(features, features, 1, PixelMask.B, rng));
        if (classes > 0)
        {
            _verticalClass = Add("verticalClass", new Embedding(classes, _gates.Length, rng, Init.Zeros));
            _horizontalClass = Add("horizontalClass", new Embedding(classes, _gates.Length, rng, Init.Zeros));
        }
    }

    /// <param name="v">The vertical stack [n, height, width, features].</param>
    /// <param name="h">The horizontal stack, of the same shape.</param>
    /// <param name="labels">int64 [n], where the layer knows classes.</param>
    /// <param name="last">Whether nobody reads the vertical stack any more.</param>
    public (Tensor V, Tensor H) Call(Tensor v, Tensor h, Tensor? labels, bool last)
    {
        var a = Told(_vertical.Call(v), _verticalClass, labels);
        var flat = _across.Call(a.reshape(-1, _gates.Length)).view(a.shape);
        var b = Told(_horizontal.Call(h) + flat, _horizontalClass, labels);
        var next = _out.Call(GateFunction.Call(b));
        return (last ? a : GateFunction.Call(a), _first ? next : h + next);
    }

    /// <summary>The same layer row by row and pixel by pixel.</summary>
    public Steps Follow(int count, int width, Tensor? labels) => new(this, count, width, labels);

    private Tensor Told(Tensor x, Embedding? table, Tensor? labels) =>
        table is null || labels is null ? x : x + table.Call(labels).view(-1, 1, 1, _gates.Length);

    internal sealed class Steps
    {
        private readonly GatedLayer _layer;
        private readonly MaskedWindow _horizontal, _out;
        private readonly Tensor _rows, _above; // [n, rows, width, inputs], [n, 1, width, gates]
        private readonly Tensor[] _colours; // the gates of each colour
        private readonly Tensor? _labels;

        public Steps(GatedLayer layer, int count, int width, Tensor? labels)
        {
            (_layer, _labels) = (layer, labels);
            (_horizontal, _out) = (layer._horizontal.Follow(count, width), layer._out.Follow(count, width));
            _rows = layer._vertical.Rows(count, width);
            _above = torch.zeros([count, 1, width, layer._gates.Length], _rows.dtype, _rows.device);
            _colours = [.. Enumerable.Range(0, layer._gates.Max() + 1).Select(c =>
            {
                var own = Enumerable.Range(0, layer._gates.Length).Where(i => layer._gates[i] == c).Select(i => (long)i).ToArray();
                return Tensor.From(own, own.Length).to(_rows.device);
            })];
        }

        /// <summary>A new row begins. The vertical stack of the layer before on it [n, 1, width, features], or none where that is the image; returns this layer's.</summary>
        public Tensor Enter(Tensor? v)
        {
            if (v is not null)
            {
                RowsAbove.Push(_rows, v);
            }

            var a = _layer.Told(_layer._vertical.Row(_rows), _layer._verticalClass, _labels);
            var flat = _layer._across.Call(a.reshape(-1, _layer._gates.Length)).view(a.shape);
            _above.copy_(_layer.Told(flat, _layer._horizontalClass, _labels));
            return GateFunction.Call(a);
        }

        /// <summary>The image's row that was read [n, 1, width, channels].</summary>
        public void Leave(Tensor row) => RowsAbove.Push(_rows, row);

        /// <summary>A value of the image was read [n, 1].</summary>
        public void Write(Pixel at, Tensor value) => _horizontal.Write(at, value);

        /// <summary>The horizontal stack of one colour of a pixel, from that of the layer before, or none where that is the image.</summary>
        public Tensor Next(Pixel at, Tensor? h)
        {
            var row = h is null ? _horizontal.Read(at) : _horizontal.Pass(at, h);
            var above = _above.select(1, 0).select(1, at.Column);
            var next = _out.Pass(at, GateFunction.Call(row + (_colours.Length == 1 ? above : above.index_select(1, _colours[at.Channel]))));
            return h is null ? next : h + next;
        }
    }
}

/// <summary>
/// A convolution over the rows above a pixel, as wide as its kernel to both sides: (k + 1)/2 rows that end with the pixel's own, or k/2 that
/// end with the one above it. Parameters weight [outputs, inputs, rows, k] and bias, over images [n, height, width, features].
/// </summary>
internal sealed class RowsAbove : Layer
{
    private readonly Tensor _weight, _bias;
    private readonly int _inputs, _rows, _columns, _shift;

    public RowsAbove(int inputs, int outputs, int kernel, bool strictly, Rng rng)
    {
        (_inputs, _columns, _shift) = (inputs, kernel, strictly ? 1 : 0);
        _rows = strictly ? kernel / 2 : (kernel + 1) / 2;
        _weight = Parameter("weight", Init.Default.Make(rng, outputs, inputs, _rows, kernel));
        _bias = Parameter("bias", Init.DefaultBias(rng, outputs, (long)inputs * _rows * kernel));
    }

    /// <summary>Memory for the rows that one row of the result is made of [n, rows, width, inputs]: those above the image.</summary>
    public Tensor Rows(int count, int width) => torch.zeros([count, _rows, width, _inputs], _weight.dtype, _weight.device);

    /// <summary>Moves the rows up by one and puts another one below [n, 1, width, inputs].</summary>
    public static void Push(Tensor rows, Tensor next)
    {
        var count = (int)rows.shape[1];
        for (var r = 1; r < count; r++)
        {
            rows.select(1, r - 1).copy_(rows.select(1, r));
        }

        rows.narrow(1, count - 1, 1).copy_(next);
    }

    /// <summary>The row of the result [n, 1, width, outputs] that these rows make.</summary>
    public Tensor Row(Tensor rows) => torch.nn.functional.conv2d(rows.permute(0, 3, 1, 2), _weight.detach(), _bias.detach(), [1, 1], [0, _columns / 2], [1, 1]).permute(0, 2, 3, 1);

    // Padding above also pads below: the last rows of the result are not the layer's.
    protected override Tensor Forward(Tensor x, Rng? rng) =>
        torch.nn.functional.conv2d(x.permute(0, 3, 1, 2), _weight, _bias, [1, 1], [_rows - 1 + _shift, _columns / 2], [1, 1]).narrow(2, 0, x.shape[1]).permute(0, 2, 3, 1);
}

namespace Likeness;

/// <summary>What a masked convolution sees at the pixel that it stands on (van den Oord et al. 2016).</summary>
public enum PixelMask
{
    /// <summary>Colours before its own: the first layer, which sees the data itself.</summary>
    A,

    /// <summary>Colours up to its own: every later layer, whose features do not know their own colour's value.</summary>
    B,
}

/// <summary>A place in a walk over an image: row by row, in a row column by column, in a pixel colour by colour.</summary>
public readonly record struct Pixel(int Row, int Column, int Channel);

/// <summary>To which colour each feature of a layer belongs.</summary>
public static class Colours
{
    /// <summary>Features split among the channels in turn, as evenly as can be: the first ones belong to the first channel.</summary>
    public static int[] Of(int features, int channels)
    {
        if (features < channels)
        {
            throw new UsageException($"{features} features cannot be split among {channels} colours: give a layer at least {channels} features.");
        }

        return [.. Enumerable.Range(0, features).Select(i => (((i + 1) * channels) - 1) / features)];
    }

    /// <summary>Where the features of each colour stand, which must be side by side.</summary>
    internal static (int First, int Count)[] Ranges(IReadOnlyList<int> colours) =>
        [.. Enumerable.Range(0, colours.Max() + 1).Select(c => (colours.TakeWhile(i => i != c).Count(), colours.Count(i => i == c)))];
}

/// <summary>
/// A convolution over images [n, height, width, features] that sees, in the order of reading, what comes before a pixel and as
/// much of the pixel itself as its mask says. Only the rows up to the middle one are kept and computed: the parameter weight is
/// [outputs, inputs, (k + 1)/2, k], a causal convolution that leaves out the multiplications below the pixel; bias is [outputs].
/// </summary>
public sealed class MaskedConv2d : Layer
{
    private readonly Tensor _weight, _bias, _mask;
    private readonly int[] _inputs, _outputs;
    private readonly int _rows, _columns;

    /// <param name="inputs">The colour of each input feature; those of one colour stand side by side.</param>
    /// <param name="outputs">The colour of each output feature.</param>
    /// <param name="kernel">Height and width, both odd.</param>
    /// <param name="mask">What it sees of the pixel itself.</param>
    /// <param name="rng">Where initial weights are drawn; its device holds the parameters.</param>
    public MaskedConv2d(int[] inputs, int[] outputs, Extent kernel, PixelMask mask, Rng rng)
    {
        (_inputs, _outputs, _rows, _columns) = (inputs, outputs, (kernel.Height + 1) / 2, kernel.Width);
        _weight = Parameter("weight", Init.Default.Make(rng, outputs.Length, inputs.Length, _rows, _columns));
        _bias = Parameter("bias", Init.DefaultBias(rng, outputs.Length, (long)inputs.Length * _rows * _columns));

        var open = new float[outputs.Length, inputs.Length, _rows, _columns];
        for (var o = 0; o < outputs.Length; o++)
        {
            for (var i = 0; i < inputs.Length; i++)
            {
                var centre = mask == PixelMask.A ? outputs[o] > inputs[i] : outputs[o] >= inputs[i];
                for (var tap = 0; tap < _rows * _columns; tap++)
                {
                    // Whole rows above, then the row itself from the left.
                    var distance = tap - (((_rows - 1) * _columns) + (_columns / 2));
                    open[o, i, tap / _columns, tap % _columns] = tap / _columns < _rows - 1 || distance < 0 || (distance == 0 && centre) ? 1 : 0;
                }
            }
        }

        _mask = Buffer("mask", Tensor.From<float>([.. open.Cast<float>()], outputs.Length, inputs.Length, _rows, _columns).to(rng.Device));
    }

    /// <summary>The colours of its outputs.</summary>
    public IReadOnlyList<int> Outputs => _outputs;

    /// <summary>The same layer one pixel and colour at a time, over so many images side by side.</summary>
    public MaskedWindow Follow(int count, int width)
    {
        using var scope = torch.NewDisposeScope();
        var weight = (_weight * _mask).detach();
        var seen = PixelFunction.Seen(_rows, _columns == 1 ? 1 : width + _columns - 1, count, _inputs.Length, weight);
        var products = new PixelProducts[_outputs.Max() + 1];
        for (var colour = 0; colour < products.Length; colour++)
        {
            var own = Tensor.From<long>([.. Enumerable.Range(0, _outputs.Length).Where(o => _outputs[o] == colour).Select(o => (long)o)], _outputs.Count(o => o == colour)).to(weight.device);
            var taps = weight.index_select(0, own).flatten(2).transpose(1, 2);
            products[colour] = new(scope.MoveToOuter(PixelFunction.Panel(taps)), scope.MoveToOuter(PixelFunction.Padded(_bias.detach().index_select(0, own))), (int)own.numel());
        }

        return new(scope.MoveToOuter(seen), _columns, count, _inputs, products);
    }

    /// <summary>The layer of the rectified input, plus something [n, height, width, outputs] where there is something to add.</summary>
    public Tensor CallRectified(Tensor x, Tensor? plus = null)
    {
        using var scope = torch.NewDisposeScope();
        return scope.MoveToOuter(CausalConvolutionFunction.Call(x, _weight * _mask, _bias, true, plus));
    }

    protected override Tensor Forward(Tensor x, Rng? rng) => CausalConvolutionFunction.Call(x, _weight * _mask, _bias);
}

/// <summary>
/// A masked convolution at one pixel and colour after the other: the products of that one place, with the last rows of the inputs
/// kept in a tensor that is overwritten in place.
/// </summary>
public sealed class MaskedWindow
{
    private readonly Tensor _seen; // [rows, width with its margins, n, features]; the last row is the walk's own
    private readonly PixelProducts[] _products; // by colour
    private readonly (int First, int Count)[] _inputs;
    private readonly int _rows, _columns, _count;
    private int _row;

    internal MaskedWindow(Tensor seen, int columns, int count, int[] inputs, PixelProducts[] products)
    {
        (_seen, _rows, _columns, _count, _products) = (seen, (int)seen.shape[0], columns, count, products);
        _inputs = Colours.Ranges(inputs);
    }

    /// <summary>Tells the input features of one colour of a pixel [n, features of it].</summary>
    public void Write(Pixel at, Tensor features) => Write(at, features, rectify: false);

    /// <summary>The output features of one colour of a pixel [n, features of it].</summary>
    public Tensor Read(Pixel at) => Read(at, null);

    /// <summary><see cref="Write(Pixel, Tensor)"/>, then <see cref="Read(Pixel)"/>.</summary>
    public Tensor Pass(Pixel at, Tensor features)
    {
        Write(at, features, rectify: false);
        return Read(at, null);
    }

    /// <summary>The same of the rectified features, plus something [n, output features] where there is something to add.</summary>
    public Tensor PassRectified(Pixel at, Tensor features, Tensor? plus = null)
    {
        Write(at, features, rectify: true);
        return Read(at, plus);
    }

    private void Write(Pixel at, Tensor features, bool rectify)
    {
        MoveTo(at.Row);
        PixelFunction.Write(_seen, _rows - 1, _columns == 1 ? 0 : at.Column + (_columns / 2), _inputs[at.Channel].First, features, rectify);
    }

    private Tensor Read(Pixel at, Tensor? plus)
    {
        MoveTo(at.Row);
        var (panel, bias, outputs) = _products[at.Channel];
        return PixelFunction.Read(_seen, _columns == 1 ? 0 : at.Column, _columns, _count, panel, bias, outputs, plus);
    }

    // What was the row itself is now the row above.
    private void MoveTo(int row)
    {
        if (row == _row)
        {
            return;
        }

        using var scope = torch.NewDisposeScope();
        _row = row;
        for (var r = 1; r < _rows; r++)
        {
            _seen.select(0, r - 1).copy_(_seen.select(0, r));
        }

        _seen.select(0, _rows - 1).fill_(0);
    }
}

/// <summary>What makes one colour's outputs: weights and biases as <see cref="PixelFunction"/> takes them, and how many outputs.</summary>
internal readonly record struct PixelProducts(Tensor Panel, Tensor Bias, int Outputs);

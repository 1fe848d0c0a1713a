using Likeness.Torch;

namespace Likeness.Nn;

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
        var weight = (_weight * _mask).detach();
        var (weights, biases) = (new List<Tensor>(), new List<Tensor>());
        for (var colour = 0; colour <= _outputs.Max(); colour++)
        {
            var own = Tensor.From<long>([.. Enumerable.Range(0, _outputs.Length).Where(o => _outputs[o] == colour).Select(o => (long)o)], _outputs.Count(o => o == colour)).to(weight.device);
            weights.Add(weight.index_select(0, own).permute(0, 2, 3, 1).reshape(own.numel(), -1));
            biases.Add(_bias.detach().index_select(0, own));
        }

        var seen = torch.zeros([_rows, _columns == 1 ? 1 : width + _columns - 1, count, _inputs.Length], weight.dtype, weight.device);
        return new(seen, _columns, _inputs, [.. weights], [.. biases]);
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
    private readonly Tensor _here, _byExample; // the same memory: the last row, and with the examples first
    private readonly Tensor[] _weights, _biases; // by colour: [outputs of it, rows·columns·inputs], [outputs of it]
    private readonly (int First, int Count)[] _inputs;
    private readonly int _columns;
    private int _row;

    internal MaskedWindow(Tensor seen, int columns, int[] inputs, Tensor[] weights, Tensor[] biases)
    {
        (_seen, _columns, _weights, _biases) = (seen, columns, weights, biases);
        (_here, _byExample) = (seen.select(0, (int)seen.shape[0] - 1), seen.permute(2, 0, 1, 3));
        _inputs = Colours.Ranges(inputs);
    }

    /// <summary>Tells the input features of one colour of a pixel [n, features of it].</summary>
    public void Write(Pixel at, Tensor features)
    {
        MoveTo(at.Row);
        var (first, count) = _inputs[at.Channel];
        var place = _here.select(0, _columns == 1 ? 0 : at.Column + (_columns / 2));
        (_inputs.Length == 1 ? place : place.narrow(1, first, count)).copy_(features);
    }

    /// <summary>The output features of one colour of a pixel [n, features of it].</summary>
    public Tensor Read(Pixel at)
    {
        MoveTo(at.Row);
        var patch = _byExample.narrow(2, _columns == 1 ? 0 : at.Column, _columns).reshape(_byExample.shape[0], -1);
        return torch.nn.functional.linear(patch, _weights[at.Channel], _biases[at.Channel]);
    }

    /// <summary><see cref="Write"/>, then <see cref="Read"/>.</summary>
    public Tensor Pass(Pixel at, Tensor features)
    {
        // What sees one pixel of one colour has nothing to remember.
        if (_columns == 1 && _seen.shape[0] == 1 && _inputs.Length == 1)
        {
            return torch.nn.functional.linear(features, _weights[0], _biases[0]);
        }

        Write(at, features);
        return Read(at);
    }

    // What was the row itself is now the row above.
    private void MoveTo(int row)
    {
        if (row == _row)
        {
            return;
        }

        _row = row;
        var rows = (int)_seen.shape[0];
        for (var r = 1; r < rows; r++)
        {
            _seen.select(0, r - 1).copy_(_seen.select(0, r));
        }

        _seen.select(0, rows - 1).fill_(0);
    }
}

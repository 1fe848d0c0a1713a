namespace Likeness;

/// <summary>
/// A masked network evaluated variable by variable at the cost of one evaluation in all: a hidden unit of degree m is final once
/// m variables are known, and units sorted by degree see a prefix of the layer before. Without gradients.
/// </summary>
public sealed class MaskedWalk
{
    private readonly Tensor[] _weights, _biases; // rows and columns sorted by degree
    private readonly Tensor? _direct;
    private readonly int[][] _known;             // [layer][i]: units of degree ≤ i
    private readonly Tensor[] _values;           // [layer]: [count, units], sorted; zero where not yet known
    private readonly Func<Tensor, Tensor> _activation;
    private readonly int _outputs;
    private int _place;

    internal MaskedWalk(int count, MaskedShape shape, int[][] degrees, MaskedLinear[] layers, MaskedLinear? direct, Func<Tensor, Tensor> activation)
    {
        (_activation, _outputs) = (activation, shape.OutputsPerVariable);
        var (device, d) = (layers[^1].Weight.device, shape.Orders[0].Length);

        // A stable sort keeps the values of one variable in their order.
        var by = degrees.Select(layer => Tensor.From([.. Enumerable.Range(0, layer.Length).OrderBy(k => layer[k]).Select(k => (long)k)], layer.Length).to(device)).ToArray();
        _weights = [.. layers.Select((w, l) => w.Weight.detach().index_select(0, by[l + 1]).index_select(1, by[l]))];
        _biases = [.. layers.Select((w, l) => w.Bias!.detach().index_select(0, by[l + 1]))];
        _direct = direct?.Weight.detach().index_select(0, by[^1]).index_select(1, by[0]);
        _known = [.. degrees.SkipLast(1).Select(layer => Enumerable.Range(0, d + 1).Select(i => layer.Count(m => m <= i)).ToArray())];
        _values = [.. degrees.SkipLast(1).Select(layer => torch.zeros([count, layer.Length], layers[^1].Weight.dtype, device))];
    }

    /// <summary>The numbers predicted for the next variable, [n, outputs per variable].</summary>
    public Tensor Next()
    {
        var y = Product(_biases[^1].narrow(0, _place * _outputs, _outputs), _weights[^1], _values.Length - 1, _place * _outputs, _outputs);
        return _direct is null ? y : Product(y, _direct, 0, _place * _outputs, _outputs);
    }

    /// <summary>Tells the next variable, [n, inputs per variable].</summary>
    public void Observe(Tensor x)
    {
        var before = _place++;
        var (from, to) = (_known[0][before], _known[0][_place]);
        _values[0].narrow(1, from, to - from).copy_(x);
        for (var l = 1; l < _values.Length; l++)
        {
            (from, to) = (_known[l][before], _known[l][_place]);
            if (to > from)
            {
                var a = Product(_biases[l - 1].narrow(0, from, to - from), _weights[l - 1], l - 1, from, to - from);
                _values[l].narrow(1, from, to - from).copy_(_activation(a));
            }
        }
    }

    // A sum and some rows of a layer's weights times what is known of the layer before, in few operators: each has a single number to find for an example.
    private Tensor Product(Tensor sum, Tensor weight, int layer, int row, int rows)
    {
        var (known, width) = (_known[layer][_place], weight.size(1));
        return torch.addmm(sum, _values[layer].narrow(1, 0, known), weight.as_strided([known, rows], [1, width], row * width), 1, 1);
    }
}

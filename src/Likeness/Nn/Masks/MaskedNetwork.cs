namespace Likeness;

/// <summary>How large a masked network is.</summary>
/// <param name="Orders">For each mask the variables' indices, first predicted first; there are as many masks as orders.</param>
/// <param name="Hidden">Units of each hidden layer.</param>
/// <param name="InputsPerVariable">Values in which a variable is presented: 1, or the levels of a category.</param>
/// <param name="OutputsPerVariable">Numbers that are predicted for each variable.</param>
/// <param name="Direct">Whether outputs also see the inputs before them linearly.</param>
/// <param name="Seed">Seed of the hidden units' degrees.</param>
/// <param name="Sorted">Whether the degrees of several masks are sorted in each; those of one mask always are, which makes no difference to what it can learn.</param>
public sealed record MaskedShape(
    IReadOnlyList<int[]> Orders, IReadOnlyList<int> Hidden, int InputsPerVariable = 1, int OutputsPerVariable = 1, bool Direct = false, int Seed = 0, bool Sorted = false);

/// <summary>
/// A multilayer perceptron of which every connection that would let an output see its own variable or a later one is masked
/// (Germain et al. 2015): with m(k) the degree of unit k and the place in the order as the degree of a variable,
/// <code>
/// h^l = g(b^l + (W^l ⊙ M^l) h^{l−1}),  M^l_{k',k} = 1 where m^l(k') ≥ m^{l−1}(k)      (equations 8 and 12)
/// y   = c + (V ⊙ M^V) h^L + (A ⊙ M^A) x,  M^V_{d,k} = 1 where d > m^L(k)              (equations 9 and 13)
/// </code>
/// Each degree is drawn uniformly between the smallest of the layer before and the number of variables less one. Masks follow
/// from the shape alone and are no state.
/// </summary>
public sealed class MaskedNetwork : Module
{
    private readonly MaskedShape _shape;
    private readonly int[][][] _degrees; // [mask][layer][unit]; layer 0 are the inputs, the last the outputs
    private readonly MaskedLinear[] _layers;
    private readonly MaskedLinear? _direct;
    private readonly Func<Tensor, Tensor>? _activation; // a rectifier where there is none
    private (int Mask, ScalarType Type, Device Device, Tensor[] Masks)? _last;

    public MaskedNetwork(MaskedShape shape, Rng rng, Func<Tensor, Tensor>? activation = null, Init? outputs = null)
    {
        _shape = shape;
        _activation = activation;
        var random = new Random(shape.Seed);
        _degrees = [.. shape.Orders.Select(order => DrawDegrees(shape, order, random))];
        Variables = shape.Orders[0].Length;
        int[] widths = [.. _degrees[0].Select(layer => layer.Length)];
        _layers = [.. Enumerable.Range(0, widths.Length - 1).Select(l => Add($"{l}", l < widths.Length - 2
            ? new MaskedLinear(widths[l], widths[l + 1], rng, Init.Default, true)
            : new MaskedLinear(widths[l], widths[l + 1], rng, outputs ?? Init.Default, true, Init.Zeros)))];
        _direct = shape.Direct ? Add("direct", new MaskedLinear(widths[0], widths[^1], rng, Init.Zeros, false)) : null;
    }

    /// <summary>How many variables there are.</summary>
    public int Variables { get; }

    /// <summary>How many masks there are.</summary>
    public int Masks => _degrees.Length;

    /// <summary>The degrees of a layer's units under a mask; layer 0 are the inputs.</summary>
    internal IReadOnlyList<int> Degrees(int mask, int layer) => _degrees[mask][layer];

    /// <summary>c, [variables · outputs per variable]: what is predicted from nothing.</summary>
    public Tensor OutputBias => _layers[^1].Bias!;

    /// <summary>The numbers predicted for each variable, [n, variables, outputs per variable].</summary>
    /// <param name="x">[n, variables · inputs per variable], in the order of memory.</param>
    /// <param name="mask">Which mask.</param>
    public Tensor Call(Tensor x, int mask = 0)
    {
        using var scope = torch.NewDisposeScope();
        var masks = MasksOf(mask);
        var h = x;
        for (var l = 0; l < _layers.Length - 1; l++)
        {
            h = _activation is null ? _layers[l].Call(h, masks[l], rectified: true) : _activation(_layers[l].Call(h, masks[l]));
        }

        var y = _layers[^1].Call(h, masks[_layers.Length - 1]);
        if (_direct is not null)
        {
            y += _direct.Call(x, masks[^1]);
        }

        return scope.MoveToOuter(y.to(OutputBias.dtype).reshape(x.size(0), Variables, _shape.OutputsPerVariable));
    }

    /// <summary>The same numbers variable by variable, in the order of a mask.</summary>
    public MaskedWalk Walk(int count, int mask = 0) => new(count, _shape, _degrees[mask], _layers, _direct, _activation ?? (x => x.relu()));

    private static int[][] DrawDegrees(MaskedShape shape, int[] order, Random random)
    {
        var d = order.Length;
        var places = new int[d];
        for (var i = 0; i < d; i++)
        {
            places[order[i]] = i + 1;
        }

        int[] Repeated(int times) => [.. places.SelectMany(p => Enumerable.Repeat(p, times))];
        var layers = new List<int[]> { Repeated(shape.InputsPerVariable) };
        foreach (var units in shape.Hidden)
        {
            var lowest = Math.Min(layers[^1].Min(), Math.Max(1, d - 1));
            var drawn = Enumerable.Range(0, units).Select(_ => random.Next(lowest, Math.Max(1, d - 1) + 1));

            // In one mask a unit is known by its degree alone, and sorted ones lie together. Among several a unit is to have another degree in each.
            layers.Add([.. shape.Sorted || shape.Orders.Count == 1 ? drawn.Order() : drawn]);
        }

        layers.Add(Repeated(shape.OutputsPerVariable));
        return [.. layers];
    }

    // The masks of every weight and at last of the direct connections, kept for the next call: with one mask, for ever.
    private Tensor[] MasksOf(int mask)
    {
        var (type, device) = (OutputBias.dtype, OutputBias.device);
        if (_last is { } last)
        {
            if (last.Mask == mask && last.Type == type && last.Device.IsSame(device))
            {
                return last.Masks;
            }

            Array.ForEach(last.Masks, m => m.Dispose());
            _last = null;
        }

        using var noGrad = torch.no_grad();
        var degrees = _degrees[mask];
        Tensor Row(int layer) => Tensor.From(Array.ConvertAll(degrees[layer], m => (float)m), 1, degrees[layer].Length).to(device);
        Tensor Greater(Tensor upper, Tensor lower) => upper.t().gt(lower).to(type).Own();
        var rows = Enumerable.Range(0, degrees.Length).Select(Row).ToArray();
        var masks = new List<Tensor>();
        for (var l = 1; l < rows.Length - 1; l++)
        {
            masks.Add(Greater(rows[l] + 0.5, rows[l - 1]));
        }

        masks.Add(Greater(rows[^1], rows[^2]));
        if (_direct is not null)
        {
            masks.Add(Greater(rows[^1], rows[0]));
        }

        _last = (mask, type, device, [.. masks]);
        return _last.Value.Masks;
    }
}

/// <summary>y = x·(W ⊙ M)ᵀ + b; parameters weight [outputs, inputs] and bias [outputs] as in PyTorch.</summary>
public sealed class MaskedLinear : Module
{
    internal MaskedLinear(int inputs, int outputs, Rng rng, Init weight, bool hasBias, Init? bias = null)
    {
        Weight = Parameter("weight", weight.Make(rng, outputs, inputs));
        Bias = hasBias ? Parameter("bias", bias?.Make(rng, outputs) ?? Init.DefaultBias(rng, outputs, inputs)) : null;
    }

    internal Tensor Weight { get; }

    internal Tensor? Bias { get; }

    /// <param name="x">[n, inputs].</param>
    /// <param name="mask">1 where there is a connection, else 0, [outputs, inputs].</param>
    /// <param name="rectified">Whether what is below 0 becomes 0.</param>
    public Tensor Call(Tensor x, Tensor mask, bool rectified = false) => ExampleGradients.TryMasked(x, Weight, mask, Bias) is { } watched
        ? rectified ? watched.relu() : watched
        : MaskedLinearFunction.Call(x, Weight, mask, Bias, rectified);
}

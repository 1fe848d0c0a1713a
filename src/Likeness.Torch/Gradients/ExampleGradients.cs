namespace Likeness;

/// <summary>
/// The gradients of single examples in one walk. While it is open, layers of this thread that multiply by a weight show it what goes in (a_i) and what comes out; the
/// gradient of the sum of all losses with respect to the outputs (δ_i) then holds that of each example's own loss, which is δ_i a_iᵀ for the weight (Goodfellow 2015):
/// its length follows without the gradient itself, and weighted sums of all are one product (Bu et al. 2023). Where a parameter is used in a way that does not show,
/// it says so, and single examples must go through one by one.
/// </summary>
internal sealed class ExampleGradients : IDisposable
{
    [ThreadStatic]
    private static ExampleGradients? s_current;

    private readonly ExampleGradients? _outer;
    private readonly long _examples;
    private readonly List<Tensor> _watched = [];
    private readonly List<ParameterUse> _uses = [];
    private readonly List<long> _signature = [];

    /// <param name="examples">How many examples go through until it is closed.</param>
    public ExampleGradients(long examples)
    {
        (_outer, _examples) = (s_current, examples);
        s_current = this;
    }

    /// <summary>The one that watches this thread; null where none does.</summary>
    public static ExampleGradients? Current => Autograd.IsRecording ? s_current : null;

    /// <summary>How parameters were used: two calls with any numbers of examples that process each for itself have the same.</summary>
    public IReadOnlyList<long> Signature => _signature;

    /// <summary>y = x·Wᵀ + b over the last dimension.</summary>
    /// <param name="x">[…, inputs].</param>
    /// <param name="weight">[outputs, inputs].</param>
    /// <param name="bias">[outputs], or none.</param>
    public static Tensor Linear(Tensor x, Tensor weight, Tensor? bias) =>
        Current is { } here && here.Watches(x, weight, bias) ? here.Product(x, weight, null, bias) : torch.nn.functional.linear(x, weight, bias);

    /// <summary>The same with W ⊙ M for W; null where nobody watches.</summary>
    public static Tensor? TryMasked(Tensor x, Tensor weight, Tensor mask, Tensor? bias) =>
        Current is { } here && here.Watches(x, weight, bias) ? here.Product(x, weight, mask, bias) : null;

    /// <summary>A convolution without dilation; null where nobody watches.</summary>
    /// <param name="x">[n, inputs, height, width].</param>
    /// <param name="weight">[outputs, inputs, k, k], or where <paramref name="transposed"/> [inputs, outputs, k, k].</param>
    /// <param name="bias">[outputs], or none.</param>
    /// <param name="convolve">Computes it with these weights.</param>
    /// <param name="padding">Zeros around it.</param>
    /// <param name="stride">From one output to the next.</param>
    /// <param name="transposed">Whether it is a transposed one.</param>
    public static Tensor? TryConvolution(Tensor x, Tensor weight, Tensor? bias, Func<Tensor, Tensor?, Tensor> convolve, (long Height, long Width) padding, (long Height, long Width) stride, bool transposed)
    {
        if (Current is not { } here || x.ndim != 4 || x.shape[0] != here._examples || !here.Watches(x, weight, bias))
        {
            return null;
        }

        var output = convolve(weight.detach(), bias?.detach());
        var y = here.Watch(output);
        here.Note(new ConvolutionUse(weight, y, Again(x.detach()), padding, stride, transposed), 1);
        if (bias is not null)
        {
            here.Note(new BiasUse(bias, y, here._examples, OfImages: true), 1);
        }

        return output;
    }

    /// <summary>A parameter as each example sees it, [n, …], where that is watched; else the parameter itself. What is done with it must fit both.</summary>
    public static Tensor Of(Tensor parameter)
    {
        if (Current is not { } here || !IsLearned(parameter))
        {
            return parameter;
        }

        var each = parameter.detach().unsqueeze(0).expand([here._examples, .. parameter.shape]).clone();
        here.Note(new RepeatedUse(parameter, here.Watch(each)), 1);
        return each;
    }

    /// <summary>The gradients of a sum of all losses; null where a parameter was used in a way that did not show.</summary>
    /// <param name="total">The sum over the examples of what is descended.</param>
    /// <param name="parameters">Of the one who descends.</param>
    public Taken? Take(Tensor total, IReadOnlyList<Tensor> parameters)
    {
        var all = Autograd.Grad([total], [.. _watched, .. parameters], default, createGraph: false, retainGraph: false, allowUnused: true, checkedGraph: true);
        if (all.Skip(_watched.Count).Any(g => g is not null))
        {
            return null;
        }

        using var noGrad = torch.no_grad();
        var byParameter = new List<(int Index, GradientPart Part)>();
        for (var i = 0; i < parameters.Count; i++)
        {
            var uses = _uses.Where(u => u.Parameter.Is(parameters[i]) && all[u.Watched] is not null).ToArray();
            if (uses.Length > 0)
            {
                byParameter.Add((i, GradientPart.Of(uses, all)));
            }
        }

        return new(byParameter, parameters.Count);
    }

    public void Dispose()
    {
        s_current = _outer;
        _watched.ForEach(t => t.Dispose());
        _uses.ForEach(u => u.Free());
    }

    private static bool IsLearned(Tensor parameter) => parameter.requires_grad && parameter.is_leaf;

    // The same tensor under a name of its own, whatever scopes end meanwhile.
    private static Tensor Again(Tensor tensor) => StableAbi.Again(tensor).Own();

    // Only rows that divide among the examples, and parameters as they are: a weight that is computed shows its own parameters nothing.
    private bool Watches(Tensor x, Tensor weight, Tensor? bias) =>
        x.ndim >= 2 && _examples > 0 && x.shape[0] % _examples == 0 && x.numel() > 0 && IsLearned(weight) && (bias is null || IsLearned(bias));

    private Tensor Product(Tensor x, Tensor weight, Tensor? mask, Tensor? bias)
    {
        var effective = mask is null ? weight.detach() : weight.detach() * mask;
        var output = torch.nn.functional.linear(x, effective, bias?.detach());
        var y = Watch(output);
        var rows = x.numel() / x.shape[^1] / _examples;
        Note(new ProductUse(weight, y, Again(x.detach()), mask is null ? null : Again(mask), _examples, rows), rows);
        if (bias is not null)
        {
            Note(new BiasUse(bias, y, _examples, OfImages: false), rows);
        }

        return output;
    }

    // What comes out is a leaf of the graph where nothing before it is learned.
    private int Watch(Tensor output)
    {
        if (!output.requires_grad)
        {
            output.requires_grad_(true);
        }

        _watched.Add(Again(output));
        return _watched.Count - 1;
    }

    private void Note(ParameterUse use, long rows)
    {
        _uses.Add(use);
        _signature.Add(rows);
    }

    /// <summary>The gradients of all examples.</summary>
    internal sealed class Taken(List<(int Index, GradientPart Part)> parts, int parameters)
    {
        /// <summary>The length of each example's gradient over all parameters, squared, [n].</summary>
        public Tensor SquaredLengths()
        {
            using var noGrad = torch.no_grad();
            return parts.Select(p => p.Part.SquaredLengths()).Aggregate((a, b) => a + b);
        }

        /// <summary>The sum of the examples' gradients with these weights [n], one for each parameter; null where there is none.</summary>
        public Tensor?[] Sum(Tensor weights)
        {
            using var noGrad = torch.no_grad();
            var sums = new Tensor?[parameters];
            foreach (var (index, part) in parts)
            {
                sums[index] = part.Sum(weights);
            }

            return sums;
        }
    }
}

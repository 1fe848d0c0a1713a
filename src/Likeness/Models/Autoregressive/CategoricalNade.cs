namespace Likeness;

/// <summary>Options of a categorical NADE. The defaults are the binary NADE's.</summary>
public sealed record CategoricalNadeOptions
{
    /// <summary>Hidden units.</summary>
    [AtLeast(1)]
    public int Hidden { get; init; } = 500;

    /// <summary>Order of the variables: raster, or random with a seed.</summary>
    public VariableOrder Order { get; init; } = new VariableOrder.Raster();

    /// <summary>Optimiser of the parameters.</summary>
    public OptimizerOptions Optimizer { get; init; } = new Adam(1e-3) { Schedule = new Schedule.Linear() };
}

/// <summary>
/// The neural autoregressive distribution estimator for values 0 … k − 1 without an order (Uria et al. 2016, section 2.2): NADE
/// with a softmax for each variable, whose inputs are one-hot, so each value has a row of weights of its own.
/// <code>
/// a_1 = c,  h_i = σ(a_i),  p(x_i = v | x_&lt;i) = softmax(b_i + V_i·h_i)_v,  a_{i+1} = a_i + W_{i,x_i}
/// </code>
/// </summary>
/// <remarks>
/// The activations of all variables are the running sums of the chosen rows, so a density is a lookup, a running sum and one
/// product per variable, side by side. That takes n·d·hidden numbers of memory for n examples of d variables.
/// </remarks>
public sealed class CategoricalNade : Model<CategoricalNadeOptions>, IAutoregressive, IStepwise, IGenerative
{
    // Each level has weights of its own: of as many as a byte's, most would never be seen.
    private const int MostLevels = 64;

    private readonly OrderedVariables _variables;
    private readonly int _levels;
    private readonly Tensor W, c, V, b;
    private readonly Tensor _rows; // the first row of W of each variable

    public CategoricalNade(DataSpec spec, CategoricalNadeOptions options, Rng rng)
        : base(spec, options)
    {
        _levels = spec.Domain.LevelCount is { } levels and <= MostLevels
            ? levels
            : throw new UsageException($"A categorical NADE needs discrete values of at most {MostLevels} levels, and the data is {spec}: choose other data or another model.");
        var d = spec.Dimensions;
        var small = new Init.Normal(0.01);
        W = Parameter("W", small.Make(rng, d * _levels, options.Hidden));
        c = Parameter("c", Init.Zeros.Make(rng, options.Hidden));
        V = Parameter("V", small.Make(rng, d, _levels, options.Hidden));
        b = Parameter("b", Init.Zeros.Make(rng, d, _levels));
        _rows = Buffer("rows", torch.arange(0, d, 1, ScalarType.Int64, rng.Device) * _levels);
        _variables = Add("variables", new OrderedVariables(spec, options.Order, rng));
    }

    public static Recipe<CategoricalNadeOptions, CategoricalNade, Batch> Recipe { get; } = new(
        "categorical-nade",
        "Exact density of categorical (unordered) values by the chain rule, with one hidden layer shared by all conditionals.",
        new("uria2016nade", "Neural Autoregressive Distribution Estimation",
            "Uria, Benigno and C{\\^o}t{\\'e}, Marc-Alexandre and Gregor, Karol and Murray, Iain and Larochelle, Hugo", "JMLR", 2016, "17(205):1-37", Publication.Article),
        (model, options, _) => new MaximumLikelihood<CategoricalNade>(model, options.Optimizer, model.SetMarginals),
        new(Steps: 20_000, BatchSize: 100),
        new("discrete values of few levels, such as categories or bits", s => s.Domain.LevelCount <= MostLevels, "threshold"))
    {
        Smallest = new() { Hidden = 12, Optimizer = new Adam(0.02) },
    };

    public IReadOnlyList<int> Order => _variables.Order;

    public Tensor LogProb(Tensor x)
    {
        var v = _variables.Of(x);
        return new Categorical(Logits(v)).LogProb(v).SumEvent();
    }

    /// <summary>The logits of every value of every variable, [n, d, k].</summary>
    public Tensor Conditionals(Tensor x) => _variables.Back(Logits(_variables.Of(x)));

    public IWalk Walk(int count) => new Recurrence(this, count);

    public Tensor Sample(int count, Rng rng) => this.Draw(count, rng).reshape(Spec.BatchShape(count));

    private Tensor Logits(Tensor v)
    {
        var (n, d) = (v.shape[0], v.shape[1]);
        var start = c.reshape(1, 1, -1).expand(n, 1, c.shape[0]);
        var chosen = Embedding.Lookup(W, v.to(ScalarType.Int64) + _rows).narrow(1, 0, d - 1);
        // a_1 … a_d, summed in the order of the recurrence, so a_i does not even in its last bit depend on later values.
        var h = torch.cat([start, chosen], 1).cumsum(1).sigmoid();
        return h.transpose(0, 1).matmul(V.transpose(1, 2)).transpose(0, 1) + b;
    }

    private void SetMarginals(Tensor x)
    {
        var levels = torch.arange(0, _levels, 1, x.dtype, x.device);
        b.copy_(Categorical.MarginalLogits(_variables.Of(x).unsqueeze(2).eq(levels).to(b.dtype), _levels));
    }

    // The equations one variable at a time, without gradients.
    private sealed class Recurrence(CategoricalNade nade, int count) : IWalk
    {
        private readonly Tensor a = nade.c.detach().unsqueeze(0).repeat(count, 1);
        private int i;

        public Density Next() =>
            new Categorical(a.sigmoid().matmul(nade.V.detach().select(0, i).t()) + nade.b.detach().select(0, i));

        public void Observe(Tensor values) => a.add_(nade.W.detach().index_select(0, values.to(ScalarType.Int64) + (nade._levels * i++)));
    }
}

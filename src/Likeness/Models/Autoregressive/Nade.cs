using System.Numerics;

namespace Likeness;

/// <summary>Options of a NADE. The defaults are the paper's, except for Adam in place of plain gradient descent.</summary>
public sealed record NadeOptions
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
/// The neural autoregressive distribution estimator for binary data (Larochelle and Murray 2011): an exact density by the
/// chain rule, whose conditionals share one hidden layer that is updated from variable to variable, so a density and a
/// sample both cost O(d·h).
/// <code>
/// a_1 = c,  h_i = σ(a_i),  p(x_i = 1 | x_&lt;i) = σ(b_i + V_i·h_i),  a_{i+1} = a_i + W_{·,i} x_i      (equations 8–11)
/// </code>
/// </summary>
/// <remarks>The parameter W is stored with one row per variable: row i is the paper's column W_{·,i}.</remarks>
public sealed class Nade : Model<NadeOptions>, IAutoregressive, IStepwise, IGenerative
{
    private readonly OrderedVariables _variables;
    private readonly Tensor W, c, V, b;

    public Nade(DataSpec spec, NadeOptions options, Rng rng)
        : base(spec, options)
    {
        var d = spec.Dimensions;
        var small = new Init.Normal(0.01);
        W = Parameter("W", small.Make(rng, d, options.Hidden));
        c = Parameter("c", Init.Zeros.Make(rng, options.Hidden));
        V = Parameter("V", small.Make(rng, d, options.Hidden));
        b = Parameter("b", Init.Zeros.Make(rng, d));
        // Saved as parts of the model itself, and not of one that is named.
        _variables = new OrderedVariables(spec, options.Order, rng);
        foreach (var (name, value) in _variables.named_buffers())
        {
            Buffer(name, value);
        }
    }

    public static Recipe<NadeOptions, Nade, Batch> Recipe { get; } = new(
        "nade",
        "Exact density of binary data by the chain rule, with one hidden layer shared by all conditionals.",
        new("larochelle2011nade", "The Neural Autoregressive Distribution Estimator", "Larochelle, Hugo and Murray, Iain", "AISTATS", 2011,
            "Proceedings of Machine Learning Research 15:29-37"),
        (model, options, _) => new MaximumLikelihood<Nade>(model, options.Optimizer, model.SetMarginals),
        new(Steps: 20_000, BatchSize: 100),
        DataNeed.Binary)
    {
        Smallest = new() { Hidden = 12, Optimizer = new Adam(0.02) },
        Parameters = (spec, options) => (spec.Dimensions * ((2 * (BigInteger)options.Hidden) + 1)) + options.Hidden, // W and V, b, c
    };

    public IReadOnlyList<int> Order => _variables.Order;

    public Tensor LogProb(Tensor x)
    {
        var v = _variables.Of(x);
        var logits = NadeFunction.Logits(v, W, c, V, b);
        // log p(x) = Σ_i x_i·logit_i − log(1 + exp logit_i)
        return BernoulliFunction.LogProb(v, logits);
    }

    public Tensor Conditionals(Tensor x) =>
        _variables.Back(NadeFunction.Logits(_variables.Of(x), W, c, V, b)).unsqueeze(2);

    public IWalk Walk(int count) => new Recurrence(this, count);

    public Tensor Sample(int count, Rng rng) =>
        _variables.Back(NadeFunction.Sample(rng.PerExample().Uniform(count, Order.Count).to(W.dtype), W, c, V, b)).reshape(Spec.BatchShape(count));

    private void SetMarginals(Tensor x) => b.copy_(Bernoulli.MarginalLogits(_variables.Of(x)));

    // Equations 8 to 11, one variable at a time, without gradients.
    private sealed class Recurrence(Nade nade, int count) : IWalk
    {
        private readonly Tensor a = nade.c.detach().unsqueeze(0).repeat(count, 1);
        private int i;

        public Density Next() => new Bernoulli(a.sigmoid().matmul(nade.V.detach().select(0, i)) + nade.b.detach().select(0, i));

        public void Observe(Tensor values) => a.add_(values.to(a.dtype).unsqueeze(1) * nade.W.detach().select(0, i++));
    }
}

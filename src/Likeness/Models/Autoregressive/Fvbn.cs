using System.Numerics;

namespace Likeness;

/// <summary>Options of a fully visible belief network.</summary>
public sealed record FvbnOptions
{
    /// <summary>Order of the variables: raster, or random with a seed.</summary>
    public VariableOrder Order { get; init; } = new VariableOrder.Raster();

    /// <summary>λ of the weight penalty λ/2·Σ W_ij², useful with few examples; 0 for none.</summary>
    [AtLeast(0)]
    public double Decay { get; init; }

    /// <summary>Optimiser of the parameters.</summary>
    public OptimizerOptions Optimizer { get; init; } = new Adam(1e-2) { Schedule = new Schedule.Linear() };
}

/// <summary>
/// The fully visible sigmoid belief network, or logistic autoregression (Frey, Hinton and Dayan 1996, there "logistic
/// autoregressive"): each bit is a logistic regression on those before it.
/// <code>p(x_i = 1 | x_&lt;i) = σ(b_i + Σ_{j&lt;i} W_ij x_j)</code>
/// The negative log-likelihood is convex in W and b: descent cannot end in a poor minimum. A Gaussian prior on W keeps it so.
/// </summary>
public sealed class Fvbn : Model<FvbnOptions>, IAutoregressive, IStepwise, IGenerative
{
    private readonly OrderedVariables _variables;
    private readonly Tensor W, b, _before;

    public Fvbn(DataSpec spec, FvbnOptions options, Rng rng)
        : base(spec, options)
    {
        var d = spec.Dimensions;
        W = Parameter("W", Init.Zeros.Make(rng, d, d));
        b = Parameter("b", Init.Zeros.Make(rng, d));
        _variables = Add("variables", new OrderedVariables(spec, options.Order, rng));
        // 1 where variable j comes before variable i, [i, j].
        _before = Buffer("before", torch.ones([d, d], ScalarType.Float32, rng.Device).triu(1).t().contiguous());
    }

    public static Recipe<FvbnOptions, Fvbn, Batch> Recipe { get; } = new(
        "fvbn",
        "Exact density of binary data: each variable is a logistic regression on those before it.",
        new("frey1996wakesleep", "Does the Wake-Sleep Algorithm Produce Good Density Estimators?",
            "Frey, Brendan J. and Hinton, Geoffrey E. and Dayan, Peter", "NIPS", 1996, "Advances in Neural Information Processing Systems 8:661-667"),
        (model, options, _) => new MaximumLikelihood<Fvbn>(model, options.Optimizer, model.SetMarginals,
            options.Decay > 0 ? () => model.W.square().sum() * (options.Decay / 2) : null),
        new(Steps: 5_000, BatchSize: 100),
        DataNeed.Binary)
    {
        Smallest = new() { Optimizer = new Adam(0.05) },
        Parameters = (spec, _) => (BigInteger)spec.Dimensions * (spec.Dimensions + 1) / 2, // b, and W below its diagonal
    };

    public IReadOnlyList<int> Order => _variables.Order;

    public Tensor LogProb(Tensor x)
    {
        var v = _variables.Of(x);
        return BernoulliFunction.LogProb(v, Logits(v));
    }

    public Tensor Conditionals(Tensor x) => _variables.Back(Logits(_variables.Of(x))).unsqueeze(2);

    public IWalk Walk(int count) => new Regressions(this, count);

    public Tensor Sample(int count, Rng rng) => this.Draw(count, rng).reshape(Spec.BatchShape(count));

    private Tensor Logits(Tensor v) => v.matmul((W * _before).t()) + b;

    private void SetMarginals(Tensor x) => b.copy_(Bernoulli.MarginalLogits(_variables.Of(x)));

    // One row of W at a time, without gradients.
    private sealed class Regressions(Fvbn fvbn, int count) : IWalk
    {
        private readonly Tensor x = torch.zeros([count, fvbn.b.shape[0]], fvbn.b.dtype, fvbn.b.device);
        private int i;

        public Density Next() =>
            new Bernoulli(x.narrow(1, 0, i).matmul(fvbn.W.detach().select(0, i).narrow(0, 0, i)) + fvbn.b.detach().select(0, i));

        public void Observe(Tensor values) => x.select(1, i++).copy_(values);
    }
}

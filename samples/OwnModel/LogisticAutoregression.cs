using Likeness;

namespace OwnModel;

#region options
/// <summary>Options of a logistic autoregression.</summary>
public sealed record LogisticAutoregressionOptions
{
    /// <summary>How the parameters descend.</summary>
    public OptimizerOptions Optimizer { get; init; } = new Adam(1e-2) { Schedule = new Schedule.Linear() };
}
#endregion

#region model
/// <summary>
/// Every binary variable is a logistic regression on those before it (Frey, Hinton and Dayan 1996):
/// <code>p(x_i = 1 | x_&lt;i) = σ(b_i + Σ_{j&lt;i} W_ij x_j)</code>
/// </summary>
public sealed class LogisticAutoregression : Model<LogisticAutoregressionOptions>, IAutoregressive, IGenerative
{
    private readonly Tensor W, b, _before;

    public LogisticAutoregression(DataSpec spec, LogisticAutoregressionOptions options, Rng rng)
        : base(spec, options)
    {
        var d = spec.Dimensions;
        W = Parameter("W", Init.Zeros.Make(rng, d, d));
        b = Parameter("b", Init.Zeros.Make(rng, d));
        // 1 where variable j comes before variable i, [i, j].
        var before = Enumerable.Range(0, d * d).Select(k => k % d < k / d ? 1f : 0f).ToArray();
        _before = Buffer("before", Tensor.From(before, d, d).to(rng.Device));
        Order = [.. Enumerable.Range(0, d)];
    }

    public IReadOnlyList<int> Order { get; }

    public Tensor LogProb(Tensor x)
    {
        var v = Spec.Flat(x);
        return new Bernoulli(Logits(v)).LogProb(v).SumEvent();
    }

    public Tensor Conditionals(Tensor x) => Logits(Spec.Flat(x)).unsqueeze(2);

    public Tensor Sample(int count, Rng rng)
    {
        var u = rng.Uniform(count, Order.Count).to(W.dtype);
        // One variable after the other, each given those that are drawn already: x grows from [n, 0] to [n, d].
        var x = Chain.Run(u.narrow(1, 0, 0), Order, (x, i) =>
        {
            var logits = (x * W.select(0, i).narrow(0, 0, i)).sum([1], keepdim: true) + b.select(0, i);
            return torch.cat([x, (u.narrow(1, i, 1) - logits.sigmoid()).lt(0).to(x.dtype)], 1);
        });
        return x.reshape(Spec.BatchShape(count));
    }

    // Row i sees only the variables before i.
    private Tensor Logits(Tensor v) => v.matmul((W * _before).t()) + b;
    #endregion

    #region recipe
    public static Recipe<LogisticAutoregressionOptions, LogisticAutoregression, Batch> Recipe { get; } = new(
        "logistic-ar",
        "Exact density of binary data: each variable is a logistic regression on those before it.",
        new("frey1996wakesleep", "Does the Wake-Sleep Algorithm Produce Good Density Estimators?",
            "Frey, Brendan J. and Hinton, Geoffrey E. and Dayan, Peter", "NIPS", 1996, "Advances in Neural Information Processing Systems 8:661-667"),
        (model, options, _) => new MaximumLikelihood<LogisticAutoregression>(model, options.Optimizer),
        new(Steps: 1_000, BatchSize: 100),
        DataNeed.Binary)
    {
        Smallest = new(),
    };
}
#endregion

namespace Likeness;

/// <summary>Options of an orderless NADE. The defaults are the paper's, except for Adam in place of gradient descent with momentum.</summary>
public sealed record OrderlessNadeOptions
{
    /// <summary>Units of each hidden layer.</summary>
    [NotEmpty, AtLeast(1)]
    public IReadOnlyList<int> Hidden { get; init; } = [500];

    /// <summary>Number of orders that the density averages over.</summary>
    [AtLeast(1)]
    public int Orders { get; init; } = 2;

    /// <summary>Seed of those orders.</summary>
    [AtLeast(0)]
    public int Seed { get; init; }

    /// <summary>Optimiser of the parameters.</summary>
    public OptimizerOptions Optimizer { get; init; } = new Adam(1e-3) { Schedule = new Schedule.Linear() };
}

/// <summary>
/// A NADE for every order of the variables at once, shallow or deep (Uria, Murray and Larochelle 2014): one network that predicts
/// each missing bit from those given, and is told which are given:
/// <code>
/// h¹ = g(W (x ⊙ m) + M m + c),  h^l = g(W^l h^{l−1} + c^l),  p(x_i = 1 | x_given) = σ(b_i + V_i·h^L)
/// </code>
/// with m_i = 1 where x_i is given, and g a rectifier. In the order o it is a density p_o(x) = Π_d p(x_{o_d} | x_{o_&lt;d}); the
/// orders agree with each other only as far as training made them. The model's density is the average over a few random orders,
/// p(x) = 1/K Σ_k p_{o_k}(x) (EoNADE).
/// </summary>
public sealed class OrderlessNade : Model<OrderlessNadeOptions>, IDensity, IGenerative, ICompleter
{
    private readonly int[][] _orders;
    private readonly Tensor W, M, c, V, b;
    private readonly Linear[] _deeper;

    public OrderlessNade(DataSpec spec, OrderlessNadeOptions options, Rng rng)
        : base(spec, options)
    {
        var (d, hidden) = (spec.Dimensions, options.Hidden);
        _orders = [.. Enumerable.Range(0, options.Orders).Select(k => new VariableOrder.Random(options.Seed + k).Indices(d))];

        // W and M are the halves of one layer over (x ⊙ m, m); row i belongs to variable i.
        Tensor First() => Init.Default.Make(rng, hidden[0], 2 * d).narrow(1, 0, d).t().contiguous();
        W = Parameter("W", First());
        M = Parameter("M", First());
        c = Parameter("c", Init.DefaultBias(rng, hidden[0], 2 * d));
        _deeper = [.. Enumerable.Range(1, hidden.Count - 1).Select(l => Add($"hidden{l}", new Linear(hidden[l - 1], hidden[l], rng)))];
        V = Parameter("V", Init.Default.Make(rng, d, hidden[^1]));
        b = Parameter("b", Init.Zeros.Make(rng, d));
    }

    public static Recipe<OrderlessNadeOptions, OrderlessNade, Batch> Recipe { get; } = new(
        "orderless-nade",
        "Density of binary data, averaged over orders of the variables: predicts any subset of the variables from any other.",
        new("uria2014deep", "A Deep and Tractable Density Estimator", "Uria, Benigno and Murray, Iain and Larochelle, Hugo", "ICML", 2014,
            "Proceedings of Machine Learning Research 32(1):467-475"),
        (model, options, _) => new OrderlessTraining(model, options.Optimizer),
        new(Steps: 100_000, BatchSize: 100),
        DataNeed.Binary)
    {
        Smallest = new() { Hidden = [24, 16], Orders = 3, Optimizer = new Adam(0.01) },
    };

    /// <summary>The logit of every p(x_i = 1 | x_given), [n, d], for x and given (1 or 0) [n, d].</summary>
    public Tensor Logits(Tensor x, Tensor given)
    {
        var h = (torch.cat([x * given, given], 1).matmul(torch.cat([W, M], 0)) + c).relu();
        return torch.nn.functional.linear(Deeper(h), V, b).to(b.dtype);
    }

    /// <summary>log 1/K Σ_k p_{o_k}(x), nats, [n]. Without gradients: training has an objective of its own.</summary>
    public Tensor LogProb(Tensor x) =>
        Chain.Concat(_orders, order => LogProb(x, order).unsqueeze(0)).logsumexp(0) - Math.Log(_orders.Length);

    /// <summary>log p_o(x), nats, [n], in one order of the variables. Without gradients.</summary>
    /// <param name="x">Examples [n, …].</param>
    /// <param name="order">The variables' indices, first predicted first.</param>
    public Tensor LogProb(Tensor x, IReadOnlyList<int> order)
    {
        var v = Spec.Flat(x);
        var n = v.shape[0];

        // All places of a chunk are evaluated side by side; what they hold should stay in the processor's cache.
        var chunk = (int)Math.Clamp(2048 / Math.Max(1, n), 4, 64);
        var a = c.detach().unsqueeze(0).repeat(n, 1); // before the first place of the chunk
        return Chain.Run(torch.zeros([n], v.dtype, v.device), order.Chunk(chunk), (sum, places) =>
        {
            var k = places.Length;
            var rows = Tensor.From(Array.ConvertAll(places, i => (long)i), k).to(v.device);
            var (now, w, m) = (v.index_select(1, rows), W.index_select(0, rows), M.index_select(0, rows));
            var earlier = torch.ones([k, k], v.dtype, v.device).triu(1).t(); // place i sees those before it

            // a_{i+1} = a_i + x_i W_i + M_i, for the places of the chunk at once
            var seen = (earlier.unsqueeze(1) * now).reshape(k * n, k).matmul(w).reshape(k, n, a.shape[1]);
            var h = Deeper((seen + earlier.matmul(m).unsqueeze(1) + a).relu());
            var logits = h.matmul(V.index_select(0, rows).unsqueeze(2)).squeeze(2).t() + b.index_select(0, rows); // [n, k]
            a.add_(now.matmul(w) + m.sum([0]));
            return sum + BernoulliFunction.LogProb(now, logits);
        });
    }

    /// <summary>New examples: each in one of the orders, which is drawn first.</summary>
    public Tensor Sample(int count, Rng rng) => OrderChoice.Sample(count, Spec.Dimensions, _orders.Length, rng, (order, n, rng) =>
        Fill(torch.zeros([n, Spec.Dimensions], device: rng.Device), _orders[order], 0, rng)).reshape(Spec.BatchShape(count));

    /// <summary>
    /// Draws from p_o(missing | given) for an order o that has the given variables first and the missing ones in random order. That
    /// conditional is exact for that order; under the average over orders it would be another one.
    /// </summary>
    /// <inheritdoc/>
    public Tensor Complete(Tensor x, ReadOnlySpan<bool> given, Rng rng)
    {
        var known = GivenMarks.Of(given, Spec.Dimensions);
        var missing = rng.Permutation(known.Length).ToArray<long>().Select(i => (int)i).Where(i => !known[i]);
        int[] first = [.. Enumerable.Range(0, known.Length).Where(i => known[i])];
        return Fill(Spec.Flat(x).clone(), [.. first, .. missing], first.Length, rng).reshape(x.shape);
    }

    /// <summary>b starts at the logit of each variable's frequency.</summary>
    internal void SetMarginals(Tensor x) => b.copy_(Bernoulli.MarginalLogits(Spec.Flat(x)));

    // Draws the variables from place `from` of the order on, each at the cost of the layers above the first.
    private Tensor Fill(Tensor x, int[] order, int from, Rng rng)
    {
        var a = c.detach().unsqueeze(0).repeat(x.shape[0], 1);
        return Chain.Run(x, Enumerable.Range(0, order.Length), (x, place) =>
        {
            var i = order[place];
            var column = x.select(1, i);
            if (place >= from)
            {
                column.copy_(new Bernoulli(Deeper(a.relu()).matmul(V.select(0, i)) + b.select(0, i)).Sample(rng));
            }

            a.add_(column.to(a.dtype).unsqueeze(1) * W.select(0, i) + M.select(0, i));
            return x;
        });
    }

    private Tensor Deeper(Tensor h) => _deeper.Aggregate(h, (h, layer) => layer.Call(h).relu());
}

/// <summary>
/// Uria, Murray and Larochelle 2014, section 3: a random order and a random place d in it for each example, and as the loss the
/// estimate D/(D − d + 1) · Σ_{i ≥ d} −log p(x_{o_i} | x_{o_&lt;d}) of the negative log-likelihood.
/// </summary>
internal sealed class OrderlessTraining : ExampleObjective<Batch>
{
    private readonly OrderlessNade _model;

    public OrderlessTraining(OrderlessNade model, OptimizerOptions optimizer)
        : base(model, new("model", optimizer, model)) => _model = model;

    public override void Begin(Batch first, IFeed<Batch> feed, Rng rng) => _model.SetMarginals(first.X);

    public override IReadOnlyList<Term> Losses(Batch batch, Rng examples, Rng round) => [("nll", Loss(batch.X.flatten(1), examples))];

    // A variable given with a probability that is itself uniform: the number of given ones is then uniform on 0 … D and every set
    // of so many is equally likely, which is the paper's draw without a sort. All D given leave nothing to predict, and the factor
    // (D + 1)/D makes up for such draws.
    private Tensor Loss(Tensor x, Rng rng)
    {
        var (n, d) = (x.shape[0], x.shape[1]);
        var given = rng.Uniform(n, d).lt(rng.Uniform(n, 1)).to(x.dtype);
        var missing = 1 - given;
        var missingCount = missing.sum([1]);

        // A given variable with the logit 0 in place of its own contributes −log 2, whatever its value.
        var logProb = BernoulliFunction.LogProb(x, _model.Logits(x, given) * missing) + (d - missingCount) * Math.Log(2);
        return -((d + 1.0) * logProb / missingCount.clamp_min(1));
    }
}

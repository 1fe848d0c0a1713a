using System.Numerics;

namespace Likeness;

/// <summary>
/// Discrete variables that each depend on the N before them, by a table of their own for every context:
/// <code>
/// p(x) = Π_i p(x_i | x_{i−N} … x_{i−1})                                       (1)
/// free parameters = k^N − 1 + (d − N)·k^N·(k − 1),  for d ≥ N variables of k values  (2)
/// </code>
/// N = 0 is full independence, N = 1 a Markov chain, N = d − 1 the whole joint distribution. Any part can be summed out by
/// passing messages over the k^N contexts.
/// </summary>
public sealed class AutoregressiveTable : Module, IStepwise, IMarginal, ICompleter, IGenerative, IFreeParameters, ICounted<Batch>
{
    private readonly DataSpec _spec;
    private readonly int _levels, _order;
    private readonly double _prior;
    private readonly long[] _first; // the first row of each variable, and the number of rows
    private readonly Tensor theta;

    /// <param name="spec">Discrete data.</param>
    /// <param name="order">N, how many variables before it each one depends on.</param>
    /// <param name="prior">Pseudo-count of each context, spread evenly over the values.</param>
    /// <param name="rng">Says where the tables live.</param>
    public AutoregressiveTable(DataSpec spec, int order, double prior, Rng rng)
    {
        if (order < 0)
        {
            throw new UsageException($"A variable cannot depend on {order} variables before it: order must be at least 0.");
        }

        if (!(prior > 0 && double.IsFinite(prior)))
        {
            throw new UsageException($"A pseudo-count of {prior} is not allowed: prior must be above 0, for example 1.");
        }

        (_spec, _levels, _prior) = (spec, Levels.Count(spec), prior);
        _order = Math.Min(order, spec.Dimensions - 1);
        Levels.Fit(Parameters(spec, order), spec, $"A table of order {order}", "lower the order or choose smaller data");
        _first = new long[spec.Dimensions + 1];
        for (var i = 0; i < spec.Dimensions; i++)
        {
            _first[i + 1] = _first[i] + Contexts(i);
        }

        theta = Parameter("theta", Init.Zeros.Make(rng, _first[^1], _levels - 1));
        Order = [.. Enumerable.Range(0, spec.Dimensions)];
    }

    /// <summary>The recipe of such a model, which says how much of the past a variable sees.</summary>
    /// <param name="name">On the command line.</param>
    /// <param name="summary">One sentence.</param>
    /// <param name="paper">Its source.</param>
    /// <param name="of">Of its options: N and the prior.</param>
    internal static Recipe<TOptions, AutoregressiveTable, Batch> RecipeOf<TOptions>(string name, string summary, Citation paper, Func<TOptions, (int Order, double Prior)> of)
        where TOptions : class, new() => new(
        name,
        summary,
        paper,
        (model, _, _) => new Counting<AutoregressiveTable, Batch>(model),
        new(Steps: 1, BatchSize: 0),
        DataNeed.Discrete)
    {
        Model = (spec, options, rng) => new(spec, of(options).Order, of(options).Prior, rng),
        Smallest = new(),
        Parameters = (spec, options) => Parameters(spec, of(options).Order),
    };

    public IReadOnlyList<int> Order { get; }

    public BigInteger FreeParameters => Parameters(_spec, _order);

    long ICounted<Batch>.Cells => _first[^1] * _levels;

    // Contexts of a variable that has N others before it.
    private long Most => Contexts(_order);

    /// <summary>Equation 2.</summary>
    public static BigInteger Parameters(DataSpec spec, int order)
    {
        var (d, k) = (spec.Dimensions, Levels.Count(spec));
        var n = Math.Min(order, d);
        var contexts = BigInteger.Pow(k, n);
        return contexts - 1 + ((d - n) * contexts * (k - 1));
    }

    public Tensor LogProb(Tensor x)
    {
        var v = Levels.Read(_spec, x);
        return LogProbs(Rows(v)).gather(2, v.unsqueeze(2)).squeeze(2).sum([1]);
    }

    public Tensor Sample(int count, Rng rng) => this.Draw(count, rng).reshape(_spec.BatchShape(count));

    public IWalk Walk(int count) => new Steps(this, count);

    public Tensor LogMarginal(Tensor x, ReadOnlySpan<bool> given)
    {
        var marks = GivenMarks.Of(given, _spec.Dimensions);
        return Levels.InParts(Levels.Read(_spec, x, marks), PartSize, v => LookAhead(v, marks).select(0, 0).select(1, 0));
    }

    public Tensor Complete(Tensor x, ReadOnlySpan<bool> given, Rng rng)
    {
        var marks = GivenMarks.Of(given, _spec.Dimensions);
        return Levels.InParts(Levels.Read(_spec, x, marks), PartSize, v => Fill(v, marks, rng)).to(x.dtype).reshape(x.shape);
    }

    Tensor ICounted<Batch>.Count(Batch batch)
    {
        var cells = _first[^1] * _levels;
        return Levels.AddParts(Levels.Read(_spec, batch.X), _spec.Dimensions, cells, v => Levels.Histogram((Rows(v) * _levels) + v, cells));
    }

    void ICounted<Batch>.Estimate(Tensor counts) => theta.copy_(LogOdds.FromCounts(counts.reshape(_first[^1], _levels), _prior));

    Tensor ICounted<Batch>.LogLikelihood(Batch batch) => Levels.InParts(batch.X, _spec.Dimensions * _levels, LogProb);

    private long PartSize => (_spec.Dimensions + _levels) * Most;

    private long Contexts(int variable) => (long)BigInteger.Pow(_levels, Math.Min(variable, _order));

    // Log-probabilities [..., k] of the rows [...] of the table.
    private Tensor LogProbs(Tensor rows) => LogOdds.LogProbs(theta.index_select(0, rows.reshape(-1)).reshape([.. rows.shape, _levels - 1]));

    // The row of each variable's context, [n, d]: its first row plus Σ_{a ≥ 1} x_{i−a} k^{a−1}.
    private Tensor Rows(Tensor v)
    {
        var first = Tensor.From<long>(_first.AsSpan(0, _spec.Dimensions), 1, _spec.Dimensions).to(v.device).expand(v.shape);
        return Chain.Run(first, Enumerable.Range(1, _order), (sum, lag) =>
            sum + (torch.nn.functional.pad(v.narrow(1, 0, _spec.Dimensions - lag), [lag, 0]) * Contexts(lag - 1)));
    }

    // The context of the next variable, from contexts and values of this one.
    private Tensor Advance(Tensor contexts, Tensor values) => ((contexts * _levels) + values).remainder(Most);

    // β_i(s) = log p(given values from variable i on | context s), [d + 1, n, k^N], from the last variable to the first:
    // β_i(s) = log Σ_v p(v | s) exp β_{i+1}(s'), s' the context after v, and only the given value where there is one.
    private Tensor LookAhead(Tensor v, bool[] given)
    {
        var (n, d) = (v.shape[0], _spec.Dimensions);
        var beta = torch.zeros([d + 1, n, Most], theta.dtype, v.device);
        return Chain.Run(beta, Enumerable.Range(0, d).Reverse(), (beta, i) =>
        {
            var contexts = Contexts(i);
            var s = Levels.Range(contexts, v.device);
            var next = Advance(s.unsqueeze(1), Levels.Range(_levels, v.device)).reshape(-1);
            var joint = LogProbs(s + _first[i]) + beta.select(0, i + 1).index_select(1, next).reshape(n, contexts, _levels);
            var sum = given[i] ? joint.gather(2, v.select(1, i).reshape(n, 1, 1).expand(n, contexts, 1)).squeeze(2) : joint.logsumexp(2);
            beta.select(0, i).narrow(1, 0, contexts).copy_(sum);
            return beta;
        });
    }

    // p(x_i | before, given) ∝ p(x_i | context) exp β_{i+1}(the context after x_i).
    private Tensor Fill(Tensor v, bool[] given, Rng rng)
    {
        var beta = LookAhead(v, given);
        var context = v.select(1, 0).zeros_like();
        return Chain.Run(v.clone(), Order, (x, i) =>
        {
            var column = x.select(1, i);
            if (!given[i])
            {
                var next = Advance(context.unsqueeze(1), Levels.Range(_levels, v.device));
                column.copy_(new Categorical(LogProbs(context + _first[i]) + beta.select(0, i + 1).gather(1, next)).Sample(rng));
            }

            context.copy_(Advance(context, column));
            return x;
        });
    }

    private sealed class Steps(AutoregressiveTable table, int count) : IWalk
    {
        private readonly Tensor _context = torch.zeros([count], ScalarType.Int64, table.Device);
        private int i;

        public Density Next() => new Categorical(table.LogProbs(_context + table._first[i]).detach());

        public void Observe(Tensor values)
        {
            _context.copy_(table.Advance(_context, values.to(ScalarType.Int64)));
            i++;
        }
    }
}

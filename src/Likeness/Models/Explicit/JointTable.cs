using System.Numerics;

namespace Likeness;

/// <summary>Options of a joint table.</summary>
public sealed record JointTableOptions
{
    /// <summary>Pseudo-count in total, spread evenly over the cells (additive smoothing).</summary>
    [Above(0)]
    public double Prior { get; init; } = 1;
}

/// <summary>
/// The whole joint distribution of d discrete variables of k values, a probability for every cell:
/// <code>
/// p(x) = p_{x_1 … x_d},  k^d − 1 free parameters             (1)
/// p(x_A) = Σ_{x_B} p(x_A, x_B)                               (2, sum rule)
/// p(x_B | x_A) = p(x_A, x_B) / p(x_A)                        (3, product rule)
/// </code>
/// It assumes nothing, answers everything, and is out of reach beyond some twenty bits: what independence is for.
/// </summary>
public sealed class JointTable : Model<JointTableOptions>, IStepwise, IMarginal, ICompleter, IGenerative, IFreeParameters, ICounted<Batch>
{
    private readonly int _levels, _cells;
    private readonly double _prior;
    private readonly Tensor theta;

    public JointTable(DataSpec spec, JointTableOptions options, Rng rng)
        : base(spec, options)
    {
        (_levels, _prior) = (Levels.Count(spec), options.Prior);
        _cells = Levels.Fit(Parameters(spec), spec, "The joint table", "choose data with fewer variables, or a model that assumes some independence") + 1;
        theta = Parameter("theta", Init.Zeros.Make(rng, _cells - 1));
        Order = [.. Enumerable.Range(0, spec.Dimensions)];
    }

    public static Recipe<JointTableOptions, JointTable, Batch> Recipe { get; } = new(
        "joint-table",
        "Exact density of a few discrete variables: the probability of every cell of their joint table.",
        new("perks1947observations", "Some Observations on Inverse Probability Including a New Indifference Rule", "Perks, Wilfred",
            "Journal of the Institute of Actuaries", 1947, "73(2):285-334", Publication.Article),
        (model, _, _) => new Counting<JointTable, Batch>(model),
        new(Steps: 1, BatchSize: 0),
        DataNeed.Discrete)
    {
        Smallest = new(),
        Parameters = (spec, _) => Parameters(spec),
    };

    public IReadOnlyList<int> Order { get; }

    public BigInteger FreeParameters => Parameters(Spec);

    long ICounted<Batch>.Cells => _cells;

    /// <summary>The table in double precision, for the rules of probability.</summary>
    public ProbabilityTable Table() => ProbabilityTable.Normalised(
        [.. Enumerable.Repeat(_levels, Spec.Dimensions)], LogProbs().detach().to(ScalarType.Float64).exp().ToArray<double>());

    public Tensor LogProb(Tensor x) => LogProbs().index_select(0, Cells(Levels.Read(Spec, x), Order));

    public Tensor Sample(int count, Rng rng) => this.Draw(count, rng).reshape(Spec.BatchShape(count));

    public IWalk Walk(int count) => new Prefix(this, Order, count);

    // Equation 2.
    public Tensor LogMarginal(Tensor x, ReadOnlySpan<bool> given)
    {
        var (marks, order) = GivenFirst(given);
        var v = Levels.Read(Spec, x, marks);
        var known = order[..marks.Count(m => m)];
        return Rearranged(order).reshape((long)Math.Pow(_levels, known.Length), -1).logsumexp(1).index_select(0, Cells(v, known));
    }

    // Equation 3: with the given variables first, the rest follows variable by variable.
    public Tensor Complete(Tensor x, ReadOnlySpan<bool> given, Rng rng)
    {
        var (marks, order) = GivenFirst(given);
        var v = Levels.Read(Spec, x, marks);
        var walk = new Prefix(this, order, (int)v.shape[0]);
        var filled = Chain.Run(v.clone(), order, (v, i) =>
        {
            var (column, next) = (v.select(1, i), walk.Next());
            if (!marks[i])
            {
                column.copy_(next.Sample(rng));
            }

            walk.Observe(column);
            return v;
        });
        return filled.to(x.dtype).reshape(x.shape);
    }

    Tensor ICounted<Batch>.Count(Batch batch) => Levels.AddParts(
        Levels.Read(Spec, batch.X), Spec.Dimensions, _cells, v => Levels.Histogram(Cells(v, Order), _cells));

    void ICounted<Batch>.Estimate(Tensor counts) => theta.copy_(LogOdds.FromCounts(counts.unsqueeze(0), _prior).squeeze(0));

    Tensor ICounted<Batch>.LogLikelihood(Batch batch) => LogProb(batch.X);

    private static BigInteger Parameters(DataSpec spec) => BigInteger.Pow(Levels.Count(spec), spec.Dimensions) - 1;

    private Tensor LogProbs() => LogOdds.LogProbs(theta);

    // log p of every cell where the variables stand in another order, the first changing slowest.
    private Tensor Rearranged(int[] order) => LogProbs()
        .reshape([.. order.Select(_ => (long)_levels)]).permute([.. order.Select(i => (long)i)]).reshape(-1);

    // The place of each example among the cells of these variables, the first changing slowest.
    private Tensor Cells(Tensor v, IEnumerable<int> variables) =>
        Chain.Run(v.select(1, 0).zeros_like(), variables, (cell, i) => (cell * _levels) + v.select(1, i));

    private (bool[] Marks, int[] Order) GivenFirst(ReadOnlySpan<bool> given)
    {
        var marks = GivenMarks.Of(given, Spec.Dimensions);
        return (marks, [.. Order.OrderBy(i => marks[i] ? 0 : 1)]);
    }

    // The joint log-probabilities of the first variables of an order: of none, of one, of two, … of all.
    private sealed class Prefix : IWalk
    {
        private readonly Tensor[] _first;
        private readonly Tensor _cell;
        private readonly int _levels;
        private int i;

        public Prefix(JointTable table, IReadOnlyList<int> order, int count)
        {
            _levels = table._levels;
            _first = new Tensor[order.Count + 1];
            _first[^1] = table.Rearranged([.. order]).detach();
            for (var n = order.Count; n > 0; n--)
            {
                _first[n - 1] = _first[n].reshape(-1, _levels).logsumexp(1);
            }

            _cell = torch.zeros([count], ScalarType.Int64, table.Device);
        }

        public Density Next() => new Categorical(_first[i + 1].reshape(-1, _levels).index_select(0, _cell));

        public void Observe(Tensor values)
        {
            _cell.copy_((_cell * _levels) + values.to(ScalarType.Int64));
            i++;
        }
    }
}

using System.Numerics;

namespace Likeness;

/// <summary>Options of a dependence tree.</summary>
public sealed record ChowLiuOptions
{
    /// <summary>Pseudo-count for each value of each variable's parent, spread evenly over the variable's values (additive smoothing).</summary>
    [Above(0)]
    public double Prior { get; init; } = 1;
}

/// <summary>
/// The dependence tree of Chow and Liu (1968): of all distributions in which each variable depends on one other at most, the
/// one of the highest likelihood. Its edges are a spanning tree of the largest total mutual information.
/// <code>
/// p(x) = Π_i p(x_i | x_parent(i))                            (1)
/// I(i, j) = Σ_{u,v} p_ij(u, v) log p_ij(u, v) / (p_i(u) p_j(v)),  p from counts   (2)
/// </code>
/// Any part can be summed out by passing messages from the leaves to the root.
/// </summary>
public sealed class ChowLiu : Model<ChowLiuOptions>, IStepwise, IMarginal, ICompleter, IGenerative, IFreeParameters, ICounted<Batch>
{
    // One-hot columns d·k, whose products are counted: their square is what training keeps.
    private const int MostColumns = 4096;

    private readonly int _levels;
    private readonly double _prior;
    private readonly Tensor theta, _order, _parents;

    public ChowLiu(DataSpec spec, ChowLiuOptions options, Rng rng)
        : base(spec, options)
    {
        var d = spec.Dimensions;
        (_levels, _prior) = (Levels.Count(spec), options.Prior);
        if (d * _levels > MostColumns)
        {
            throw new UsageException($"A tree over {spec} values would compare {d} variables of {_levels} values, and their product can be {MostColumns} at most: choose smaller data.");
        }

        // Row 0 is the root's; each further place of the order has k, one for each value of its parent.
        theta = Parameter("theta", Init.Zeros.Make(rng, 1 + ((d - 1) * _levels), _levels - 1));
        // A chain until there is a better tree: the variable and its parent's place, for each place.
        _order = Buffer("order", Tensor.From<long>([.. Enumerable.Range(0, d)], d).to(rng.Device));
        _parents = Buffer("parents", Tensor.From<long>([.. Enumerable.Range(0, d).Select(i => Math.Max(i - 1, 0))], d).to(rng.Device));
    }

    public static Recipe<ChowLiuOptions, ChowLiu, Batch> Recipe { get; } = new(
        "chow-liu",
        "Exact density of discrete data by the maximum-likelihood tree in which each variable depends on at most one other.",
        new("chow1968approximating", "Approximating Discrete Probability Distributions with Dependence Trees", "Chow, C. K. and Liu, C. N.",
            "IEEE Transactions on Information Theory", 1968, "14(3):462-467", Publication.Article),
        (model, _, _) => new Counting<ChowLiu, Batch>(model),
        new(Steps: 1, BatchSize: 0),
        DataNeed.Discrete)
    {
        Smallest = new(),
        Parameters = (spec, _) => Parameters(spec),
    };

    /// <summary>From the root to the leaves.</summary>
    public IReadOnlyList<int> Order => Numbers(_order);

    /// <summary>For each variable the one that it depends on; −1 for the root.</summary>
    public IReadOnlyList<int> Parents
    {
        get
        {
            var (order, parents, result) = (Numbers(_order), Numbers(_parents), new int[Spec.Dimensions]);
            for (var place = 0; place < result.Length; place++)
            {
                result[order[place]] = place == 0 ? -1 : order[parents[place]];
            }

            return result;
        }
    }

    public BigInteger FreeParameters => Parameters(Spec);

    long ICounted<Batch>.Cells => (long)Columns * Columns;

    private int Columns => Spec.Dimensions * _levels;

    public Tensor LogProb(Tensor x)
    {
        var v = Levels.Read(Spec, x).index_select(1, _order);
        var above = v.index_select(1, _parents);
        var rows = (above + FirstRows(v.device)) * NotRoot(v.device);
        return LogProbs(rows).gather(2, v.unsqueeze(2)).squeeze(2).sum([1]);
    }

    public Tensor Sample(int count, Rng rng) => this.Draw(count, rng).reshape(Spec.BatchShape(count));

    public IWalk Walk(int count) => new Descent(this, count);

    public Tensor LogMarginal(Tensor x, ReadOnlySpan<bool> given)
    {
        var marks = GivenMarks.Of(given, Spec.Dimensions);
        return Levels.InParts(Levels.Read(Spec, x, marks), PartSize,
            v => (Beliefs(v.index_select(1, _order), marks).select(0, 0) + Row(0)).logsumexp(1));
    }

    public Tensor Complete(Tensor x, ReadOnlySpan<bool> given, Rng rng)
    {
        var marks = GivenMarks.Of(given, Spec.Dimensions);
        return Levels.InParts(Levels.Read(Spec, x, marks), PartSize, v => Fill(v, marks, rng)).to(x.dtype).reshape(x.shape);
    }

    // How often each value of each variable meets each value of each other: products of one-hot rows, exact in fp32 up to 2^24 rows.
    Tensor ICounted<Batch>.Count(Batch batch) => Levels.AddParts(Levels.Read(Spec, batch.X), Columns, (long)Columns * Columns, v =>
    {
        var hot = v.unsqueeze(2).eq(Levels.Range(_levels, v.device)).to(ScalarType.Float32).reshape(-1, Columns);
        return hot.t().mm(hot).to(ScalarType.Int64).reshape(-1);
    });

    void ICounted<Batch>.Estimate(Tensor counts)
    {
        var (d, k) = (Spec.Dimensions, _levels);
        // [i, j, u, v]: how often variable i was u while j was v.
        var pairs = counts.reshape(d, k, d, k).permute(0, 2, 1, 3);
        var (order, parents) = DependenceTree.Largest(DependenceTree.MutualInformation(pairs));
        _order.copy_(Tensor.From<long>([.. order], d));
        _parents.copy_(Tensor.From<long>([.. parents], d));

        var root = pairs.select(0, order[0]).select(0, order[0]).sum([0]).unsqueeze(0);
        var edges = Enumerable.Range(1, d - 1).Select(place => ((long)order[parents[place]] * d) + order[place]).ToArray();
        var tables = pairs.reshape(d * d, k, k).index_select(0, Tensor.From<long>(edges, d - 1).to(pairs.device)).reshape(-1, k);
        theta.copy_(LogOdds.FromCounts(torch.cat([root, tables], 0), _prior));
    }

    /// <summary>Sets the whole tree: the variables from the root on, the place of the parent of each, and what each is distributed like.</summary>
    /// <param name="order">The variables.</param>
    /// <param name="parents">For each place that of its parent; of the root its own.</param>
    /// <param name="probabilities">Above 0, [1 + (d − 1)·k, k]: of the root, and for each further place under each value of its parent.</param>
    internal void Set(int[] order, int[] parents, Tensor probabilities)
    {
        _order.copy_(Tensor.From(Array.ConvertAll(order, i => (long)i), order.Length));
        _parents.copy_(Tensor.From(Array.ConvertAll(parents, i => (long)i), parents.Length));
        var log = probabilities.log();
        theta.copy_(log.narrow(1, 1, _levels - 1) - log.narrow(1, 0, 1));
    }

    Tensor ICounted<Batch>.LogLikelihood(Batch batch) => Levels.InParts(batch.X, Columns, LogProb);

    private static BigInteger Parameters(DataSpec spec) => AutoregressiveTable.Parameters(spec, 1);

    private static int[] Numbers(Tensor indices) => Array.ConvertAll(indices.ToArray<long>(), i => (int)i);

    private long PartSize => Columns + (_levels * _levels);

    private Tensor LogProbs(Tensor rows) => LogOdds.LogProbs(theta.index_select(0, rows.reshape(-1)).reshape([.. rows.shape, _levels - 1]));

    // The root's log-probabilities [1, k], or those of a place under each value of its parent, [k, k].
    private Tensor Row(int place) => LogOdds.LogProbs(place == 0 ? theta.narrow(0, 0, 1) : theta.narrow(0, First(place), _levels));

    private long First(int place) => 1 + ((place - 1L) * _levels);

    private Tensor FirstRows(Device device) => Tensor.From<long>([.. Enumerable.Range(0, Spec.Dimensions).Select(First)], Spec.Dimensions).to(device);

    private Tensor NotRoot(Device device) => Tensor.From<long>([.. Enumerable.Range(0, Spec.Dimensions).Select(i => i == 0 ? 0L : 1)], Spec.Dimensions).to(device);

    // For each place [d, n, k] the log-probability of all that is given at it and below it, under each of its values.
    private Tensor Beliefs(Tensor v, bool[] given)
    {
        var (parents, order) = (Numbers(_parents), Numbers(_order));
        var hot = v.t().unsqueeze(2).eq(Levels.Range(_levels, v.device)).to(theta.dtype);
        var known = Tensor.From<float>([.. order.Select(i => given[i] ? 1f : 0)], order.Length, 1, 1).to(v.device).to(theta.dtype);
        var start = hot.zeros_like().masked_fill(((1 - hot) * known).gt(0), double.NegativeInfinity);
        return Chain.Run(start, Enumerable.Range(1, order.Length - 1).Reverse(), (belief, place) =>
        {
            var message = (Row(place).unsqueeze(0) + belief.select(0, place).unsqueeze(1)).logsumexp(2);
            belief.select(0, parents[place]).add_(message);
            return belief;
        });
    }

    // From the root down: p(x_i | parent, given) ∝ p(x_i | parent) · belief.
    private Tensor Fill(Tensor v, bool[] given, Rng rng)
    {
        var (parents, order) = (Numbers(_parents), Numbers(_order));
        var belief = Beliefs(v.index_select(1, _order), given);
        return Chain.Run(v.clone(), Enumerable.Range(0, order.Length), (x, place) =>
        {
            if (!given[order[place]])
            {
                var row = place == 0 ? x.select(1, 0).zeros_like() : x.select(1, order[parents[place]]) + First(place);
                x.select(1, order[place]).copy_(new Categorical(LogProbs(row) + belief.select(0, place)).Sample(rng));
            }

            return x;
        });
    }

    private sealed class Descent(ChowLiu tree, int count) : IWalk
    {
        private readonly int[] _parents = Numbers(tree._parents);
        private readonly Tensor _seen = torch.zeros([tree.Spec.Dimensions, count], ScalarType.Int64, tree.Device);
        private int _place;

        public Density Next() => new Categorical(tree.LogProbs(
            _place == 0 ? _seen.select(0, 0).zeros_like() : _seen.select(0, _parents[_place]) + tree.First(_place)).detach());

        public void Observe(Tensor values) => _seen.select(0, _place++).copy_(values);
    }
}

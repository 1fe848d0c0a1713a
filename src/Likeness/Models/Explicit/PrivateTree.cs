using System.Numerics;

namespace Likeness;

/// <summary>Options of a private dependence tree.</summary>
public sealed record PrivateTreeOptions
{
    /// <summary>ε, the privacy budget of the whole model: 1 is strong privacy, 10 weak.</summary>
    [Above(0)]
    public double Epsilon { get; init; } = 1;

    /// <summary>δ, the probability that the guarantee fails: choose it well below 1/(number of examples).</summary>
    [Above(0, Below = 1)]
    public double Delta { get; init; } = 1e-5;

    /// <summary>Fixes the noise, for tests: whoever knows the seed can remove the noise. Null draws the noise from the system's secret randomness.</summary>
    [AtLeast(0)]
    public int? Seed { get; init; }
}

/// <summary>
/// A dependence tree that is (ε, δ)-differentially private by construction, in the three parts of MST (McKenna, Miklau and Sheldon 2021, algorithm 1), each of which adds
/// Normal noise to a sum over the examples and has a third of the budget:
/// <code>
/// M_i + N(0, z²·d)                                                    every variable's counts
/// ½‖M_ij − M_i M_jᵀ/n‖₁ + N(0, z²·d(d − 1)/8)                         how much every pair differs from independence under these noisy counts
/// M_ij + N(0, z²·(d − 1))                                             the counts of the pairs in the largest spanning tree of these weights
/// </code>
/// An example more changes each entry by 1 (or ½) at most, and so each part by the square root that stands beside z. The paper draws edges by the exponential mechanism;
/// noise on all weights composes exactly with the rest. What is computed from the three, the tree and its tables, costs nothing more.
/// </summary>
public sealed class PrivateTree : Model<PrivateTreeOptions>, IStepwise, IMarginal, ICompleter, IGenerative, IFreeParameters
{
    private readonly int _levels;
    private readonly ChowLiu _tree;

    public PrivateTree(DataSpec spec, PrivateTreeOptions options, Rng rng)
        : base(spec, options)
    {
        _levels = Levels.Count(spec);
        _tree = Add("tree", new ChowLiu(spec, new(), rng));
    }

    public static Recipe<PrivateTreeOptions, PrivateTree, Batch> Recipe { get; } = new(
        "private-tree",
        "Differentially private dependence tree for discrete data, learned from noisy counts.",
        new("mckenna2021winning", "Winning the NIST Contest: A Scalable and General Approach to Differentially Private Synthetic Data",
            "McKenna, Ryan and Miklau, Gerome and Sheldon, Daniel", "Journal of Privacy and Confidentiality", 2021, "11(3)", Publication.Article),
        (model, options, rng) => new NoisyCounting(model, options, rng.Device),
        new(Steps: 1, BatchSize: 0),
        DataNeed.Discrete)
    {
        Smallest = new() { Epsilon = 2000, Seed = 1 },
        Parameters = (spec, options) => ChowLiu.Recipe.Parameters!(spec, new()),
    };

    public IReadOnlyList<int> Order => _tree.Order;

    /// <inheritdoc cref="ChowLiu.Parents"/>
    public IReadOnlyList<int> Parents => _tree.Parents;

    public BigInteger FreeParameters => _tree.FreeParameters;

    public Tensor LogProb(Tensor x) => _tree.LogProb(x);

    public Tensor Sample(int count, Rng rng) => _tree.Sample(count, rng);

    public IWalk Walk(int count) => _tree.Walk(count);

    public Tensor LogMarginal(Tensor x, ReadOnlySpan<bool> given) => _tree.LogMarginal(x, given);

    public Tensor Complete(Tensor x, ReadOnlySpan<bool> given, Rng rng) => _tree.Complete(x, given, rng);

    // The three parts, and what follows from them.
    private void Learn(Tensor x, double z, SecretNoise noise)
    {
        var (d, k) = (Spec.Dimensions, _levels);
        var counts = ((ICounted<Batch>)_tree).Count(new(x)).to(ScalarType.Float64).reshape(d, k, d, k).permute(0, 2, 1, 3); // [i, j, u, v]
        var single = torch.stack([.. Enumerable.Range(0, d).Select(i => counts.select(0, i).select(0, i).diagonal())]); // [i, u]
        Tensor Noisy(Tensor exact, double length) => exact + noise.Draw(exact.shape, z * length).to(ScalarType.Float64).to(exact.device);

        var noisy = Noisy(single, Math.Sqrt(d));
        var total = Math.Max(1, noisy.sum().ToDouble() / d);
        var margins = OnSimplex(noisy, Enumerable.Repeat(total, d).ToArray()); // [i, u], each adds up to the total
        var floor = (margins + (1.0 / k)) / (total + 1);
        if (d == 1)
        {
            _tree.Set([0], [0], floor);
            return;
        }

        var expected = margins.reshape(d, 1, k, 1) * margins.reshape(1, d, 1, k) / total;
        var weights = Noisy((counts - expected).abs().sum([2, 3]) / 2, Math.Sqrt(d * (d - 1) / 8.0)).ToArray<double>();
        var symmetric = new double[d, d];
        for (var i = 0; i < d; i++)
        {
            for (var j = 0; j < i; j++)
            {
                symmetric[i, j] = symmetric[j, i] = weights[(i * d) + j];
            }
        }

        var (order, parents) = DependenceTree.Largest(symmetric);
        var deviation = z * Math.Sqrt(d - 1);
        var rows = new List<Tensor> { floor.narrow(0, order[0], 1) };
        for (var place = 1; place < d; place++)
        {
            var (parent, child) = (order[parents[place]], order[place]);
            var table = OnSimplex(Noisy(counts.select(0, parent).select(0, child), Math.Sqrt(d - 1)), margins.select(0, parent).ToArray<double>());

            // Rows of fewer examples than the noise's deviation say little: they lean on what the variable is like by itself.
            rows.Add((table + deviation * floor.select(0, child)) / (table.sum([1], keepdim: true) + deviation));
        }

        _tree.Set(order, parents, torch.cat([.. rows], 0));
    }

    // The nearest rows of numbers at least 0 that add up to these sums (Held, Wolfe and Crowder 1974): all entries less a threshold, cut at 0.
    private static Tensor OnSimplex(Tensor rows, double[] sums)
    {
        var k = (int)rows.shape[1];
        var values = rows.ToArray<double>();
        for (var row = 0; row < sums.Length; row++)
        {
            var entries = values.AsSpan(row * k, k);
            var sorted = entries.ToArray();
            Array.Sort(sorted, (a, b) => b.CompareTo(a));
            double above = 0, threshold = 0;
            for (var i = 0; i < k; i++)
            {
                above += sorted[i];
                var next = (above - sums[row]) / (i + 1);
                threshold = sorted[i] - next > 0 ? next : threshold;
            }

            for (var i = 0; i < k; i++)
            {
                entries[i] = Math.Max(0, entries[i] - threshold);
            }
        }

        return Tensor.From(values, rows.shape).to(rows.device);
    }

    /// <summary>Learns from the first batch, which is to be all examples, and leaves others as they are: the budget is spent.</summary>
    private sealed class NoisyCounting : Objective<Batch>, ILedgered
    {
        private readonly PrivateTree _model;
        private readonly SecretNoise _noise;
        private readonly Counter _measured;
        private readonly double _delta, _deviation;
        private readonly int _parts;

        public NoisyCounting(PrivateTree model, PrivateTreeOptions options, Device device)
        {
            _model = Add("model", model);
            _noise = Include("noise", new SecretNoise((ulong?)options.Seed, device));
            _measured = Include("measured", new Counter());
            _parts = model.Spec.Dimensions > 1 ? 3 : 1;
            (_delta, _deviation) = (options.Delta, GaussianMechanism.Noise(options.Epsilon, options.Delta, _parts));
        }

        public override IReadOnlyList<Player> Players => [];

        public PrivacyLedger Ledger => new([new(_deviation, 1, _parts * Math.Min(1, _measured.Value))], _delta);

        public override IEnumerable<Turn> Round(IFeed<Batch> feed, Rng rng)
        {
            var batch = feed.Next();
            yield return Turn.Do("model", _ =>
            {
                if (_measured.Next() == 0)
                {
                    _model.Learn(batch.X, _deviation, _noise);
                }

                return [("nll", -Levels.InParts(batch.X, _model.Spec.Dimensions * _model._levels, _model.LogProb).mean())];
            });
        }
    }
}

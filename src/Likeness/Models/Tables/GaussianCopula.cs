using System.Numerics;

namespace Likeness;

/// <summary>Options of a Gaussian copula.</summary>
public sealed record GaussianCopulaOptions
{
    /// <summary>Shrinkage of the correlations towards independence, which keeps their matrix invertible.</summary>
    [AtLeast(0, Below = 1)]
    public double Shrinkage { get; init; } = 1e-3;

    /// <summary>Rounds of stochastic EM, each of which samples the latent scores of categories given the other scores and refits the correlations.</summary>
    [AtLeast(1)]
    public int Sweeps { get; init; } = 12;
}

/// <summary>
/// A Gaussian copula (Sklar 1959; Patki et al. 2016): each column has a distribution of its own, and their Normal scores z are jointly Normal with correlations R:
/// <code>
/// p(x) = ∫ N(z; 0, R) Π_numbers [f_i(x_i)/φ(z_i)] dz over the intervals of the levels,    z_i = Φ⁻¹(F_i(x_i))
/// </code>
/// A number's distribution is a mixture of Normals; a column of levels cuts its score into intervals as likely as the levels, in their order, and where in its interval a score lies is hidden: the
/// correlations are fitted by stochastic EM over it. The baseline of mixed tables.
/// </summary>
public sealed class GaussianCopula : Model<GaussianCopulaOptions>, IGenerative, IImportanceWeighted, ICompleter, IColumnwise, IFreeParameters
{
    // Examples that the correlations are fitted on, at most.
    private const int Enough = 5000;

    // Sweeps over the given levels before the rest is drawn.
    private const int Settling = 12;

    private readonly ColumnLayout _layout;
    private readonly NumberModes _modes;
    private readonly Tensor _correlation, _shares;

    public GaussianCopula(DataSpec spec, GaussianCopulaOptions options, Rng rng)
        : base(spec, options)
    {
        _layout = new(spec);
        _modes = Add("modes", new NumberModes(_layout.Numbers.Length, rng));
        _correlation = Parameter("correlation", torch.eye(spec.Dimensions, dtype: ScalarType.Float64, device: rng.Device));
        _shares = Buffer("shares", torch.cat([.. _layout.Categories.Select(c => torch.full([_layout.Levels[c]], 1.0 / _layout.Levels[c], ScalarType.Float64, rng.Device)), torch.zeros([0], ScalarType.Float64, rng.Device)]));
    }

    public static Recipe<GaussianCopulaOptions, GaussianCopula, Batch> Recipe { get; } = new(
        "gaussian-copula",
        "Baseline for mixed tables: fits each column's distribution and a Gaussian copula of their correlations in closed form; samples, completes and bounds the likelihood.",
        new("patki2016synthetic", "The Synthetic Data Vault", "Patki, Neha and Wedge, Roy and Veeramachaneni, Kalyan", "DSAA", 2016, "410-416"),
        (model, _, _) => new Fitting(model),
        new(Steps: 1, BatchSize: 0),
        DataNeed.Tables)
    {
        Smallest = new() { Sweeps = 2 },
    };

    public BigInteger FreeParameters =>
        ((BigInteger)Spec.Dimensions * (Spec.Dimensions - 1) / 2) + (_layout.Numbers.Length * ((3 * NumberModes.Most) - 1)) + _layout.AllLevels - _layout.Categories.Length;

    public Tensor Sample(int count, Rng rng)
    {
        using var noGrad = torch.no_grad();
        return FromScores(rng.PerExample().Normal(count, Spec.Dimensions).to(ScalarType.Float64).matmul(torch.linalg.cholesky(_correlation).t()));
    }

    public Tensor LogProbBound(Tensor x, Rng rng) => LogWeights(x, 1, rng).squeeze(1);

    /// <summary>With scores drawn within the intervals of the levels, each column for itself.</summary>
    public Tensor LogWeights(Tensor x, int samples, Rng rng)
    {
        var n = x.size(0);
        var rows = Spec.Check(x).repeat_interleave(samples, 0);
        var z = Scores(rows, Bounds(rows), rng);
        var (precision, logDeterminant) = Inverse(_correlation);
        var joint = -0.5 * ((z.matmul(precision - torch.eye(Spec.Dimensions, dtype: ScalarType.Float64, device: z.device)) * z).sum([1]) + logDeterminant);
        var own = _modes.LogProb(_layout.NumbersOf(rows)).to(ScalarType.Float64).sum([1]);
        return (joint + own + LogShares(rows).sum([1])).reshape(n, samples);
    }

    public Tensor ColumnSurprise(Tensor x, Rng rng)
    {
        using var noGrad = torch.no_grad();
        var bounds = Bounds(Spec.Check(x));
        var z = Settled(x, bounds, [.. Enumerable.Range(0, Spec.Dimensions)], rng);
        var (precision, _) = Inverse(_correlation);
        var columns = new Tensor[Spec.Dimensions];
        var own = _modes.LogProb(_layout.NumbersOf(x)).to(ScalarType.Float64);
        for (var j = 0; j < columns.Length; j++)
        {
            var (mean, deviation) = Conditional(z, precision, j);
            var value = z.select(1, j);
            columns[j] = _layout.Levels[j] == 0
                // −log p(x_j | others): the density of the score, and the slope of the score in the number.
                ? (0.5 * ((value - mean) / deviation).square()) + Math.Log(deviation) - (0.5 * value.square()) - own.select(1, Array.IndexOf(_layout.Numbers, j))
                : -(Phi((bounds.High.select(1, j) - mean) / deviation) - Phi((bounds.Low.select(1, j) - mean) / deviation)).clamp(min: 1e-30).log();
        }

        return torch.stack(columns, 1);
    }

    /// <summary>Draws the scores of what is missing from their Normal distribution given those of what is given; where levels are given, their scores are drawn first, by Gibbs sampling.</summary>
    public Tensor Complete(Tensor x, ReadOnlySpan<bool> given, Rng rng)
    {
        using var noGrad = torch.no_grad();
        var marks = GivenMarks.Of(given, Spec.Dimensions);
        rng = rng.PerExample();
        int[] known = [.. Enumerable.Range(0, marks.Length).Where(i => marks[i])];
        int[] missing = [.. Enumerable.Range(0, marks.Length).Where(i => !marks[i])];
        var mask = Tensor.From<bool>(marks, 1, marks.Length).to(x.device);
        var z = Settled(torch.where(mask, x, 0.0), Bounds(torch.where(mask, x, 0.0)), known, rng);
        if (missing.Length == 0)
        {
            return x;
        }

        var (k, m) = (Indices(known), Indices(missing));
        var across = _correlation.index_select(0, m).index_select(1, k);
        var (inverse, _) = Inverse(_correlation.index_select(0, k).index_select(1, k));
        var mean = z.index_select(1, k).matmul(inverse.matmul(across.t()));
        var rest = _correlation.index_select(0, m).index_select(1, m) - across.matmul(inverse).matmul(across.t());
        var factor = torch.linalg.cholesky(rest + (1e-9 * torch.eye(missing.Length, dtype: ScalarType.Float64, device: x.device)));
        var drawn = mean + rng.Normal(x.size(0), missing.Length).to(ScalarType.Float64).matmul(factor.t());
        return torch.where(mask, x, FromScores(z.index_copy(1, m, drawn)).to(x.dtype));
    }

    private Tensor Indices(int[] places) => Tensor.From(Array.ConvertAll(places, i => (long)i), places.Length).to(_correlation.device);

    private static (Tensor Inverse, Tensor LogDeterminant) Inverse(Tensor matrix) => matrix.numel() == 0
        ? (matrix, torch.zeros([], ScalarType.Float64, matrix.device))
        : (torch.linalg.inv(matrix), 2 * torch.linalg.cholesky(matrix).diagonal().log().sum());

    private Tensor FromScores(Tensor z)
    {
        var numbers = _modes.FromScores(_layout.NumbersOf(z));
        var levels = _layout.Categories.Select((c, i) => torch.searchsorted(Edges()[i].narrow(0, 1, _layout.Levels[c] - 1), Phi(z.select(1, c)).contiguous(), right: true)).ToArray();
        return _layout.Rows(numbers, ColumnLayout.Joined(levels, z)).to(ScalarType.Float32);
    }

    // Where the intervals of each column's levels end, in probability, from 0 to 1.
    private Tensor[] Edges() => [.. _layout.Parts(_shares.unsqueeze(0)).Select(p => torch.nn.functional.pad(p.squeeze(0).cumsum(0), [1, 0]).clamp(0, 1))];

    // Between which scores each value lies, [n, d]; a number's are not used.
    private (Tensor Low, Tensor High) Bounds(Tensor x)
    {
        var (levels, edges) = (_layout.LevelsOf(x), Edges());
        var zero = torch.zeros([x.size(0)], ScalarType.Float64, x.device);
        var (low, high) = (Enumerable.Repeat(zero, Spec.Dimensions).ToArray(), Enumerable.Repeat(zero, Spec.Dimensions).ToArray());
        for (var i = 0; i < edges.Length; i++)
        {
            low[_layout.Categories[i]] = Quantile(edges[i].index_select(0, levels.select(1, i)));
            high[_layout.Categories[i]] = Quantile(edges[i].index_select(0, levels.select(1, i) + 1));
        }

        return (torch.stack(low, 1), torch.stack(high, 1));
    }

    private Tensor LogShares(Tensor x)
    {
        var (levels, parts) = (_layout.LevelsOf(x), _layout.Parts(_shares.unsqueeze(0)));
        return parts.Length == 0 ? torch.zeros([x.size(0), 1], ScalarType.Float64, x.device)
            : torch.stack([.. parts.Select((p, i) => p.squeeze(0).clamp(min: 1e-12).log().index_select(0, levels.select(1, i)))], 1);
    }

    // The scores of numbers, and draws within the intervals of levels, [n, d].
    private Tensor Scores(Tensor x, (Tensor Low, Tensor High) bounds, Rng rng)
    {
        var numbers = _modes.Scores(_layout.NumbersOf(x)).to(ScalarType.Float64);
        var columns = new Tensor[Spec.Dimensions];
        for (var i = 0; i < _layout.Numbers.Length; i++)
        {
            columns[_layout.Numbers[i]] = numbers.select(1, i);
        }

        foreach (var c in _layout.Categories)
        {
            columns[c] = Within(bounds.Low.select(1, c), bounds.High.select(1, c), 0, 1, rng);
        }

        return torch.stack(columns, 1);
    }

    // The same where the scores of levels are drawn given those of the other known columns.
    private Tensor Settled(Tensor x, (Tensor Low, Tensor High) bounds, int[] known, Rng rng)
    {
        var z = Scores(x, bounds, rng);
        int[] hidden = [.. _layout.Categories.Where(known.Contains)];
        if (hidden.Length == 0 || known.Length < 2)
        {
            return z;
        }

        var k = Indices(known);
        var (precision, _) = Inverse(_correlation.index_select(0, k).index_select(1, k));
        return Chain.Run(z, Enumerable.Range(0, Settling * hidden.Length), (state, step) => Redrawn(state, bounds, hidden[step % hidden.Length], known, precision, rng));
    }

    private static Tensor Redrawn(Tensor z, (Tensor Low, Tensor High) bounds, int column, int[] known, Tensor precision, Rng rng)
    {
        var place = Array.IndexOf(known, column);
        var (mean, deviation) = Conditional(known.Length == z.size(1) ? z : z.index_select(1, Tensor.From(Array.ConvertAll(known, i => (long)i), known.Length).to(z.device)), precision, place);
        var drawn = Within(bounds.Low.select(1, column), bounds.High.select(1, column), mean, deviation, rng);
        return z.index_copy(1, Tensor.From<long>([column], 1).to(z.device), drawn.unsqueeze(1));
    }

    // z_j given the others is Normal: its precision is P_jj, its mean −Σ_k≠j P_jk z_k / P_jj.
    private static (Tensor Mean, double Deviation) Conditional(Tensor z, Tensor precision, int column)
    {
        var row = precision.select(0, column);
        var own = row[column].ToDouble();
        return (z.select(1, column) - (z.matmul(row) / own), 1 / Math.Sqrt(own));
    }

    // A Normal draw between two bounds.
    private static Tensor Within(Tensor low, Tensor high, Tensor mean, double deviation, Rng rng)
    {
        var (from, to) = (Phi((low - mean) / deviation), Phi((high - mean) / deviation));
        var u = rng.Uniform(low.size(0)).to(ScalarType.Float64).to(low.device);
        // Rounding must not leave the interval.
        return torch.minimum(torch.maximum(mean + (deviation * Quantile(from + (u * (to - from)))), low), high);
    }

    private static Tensor Within(Tensor low, Tensor high, double mean, double deviation, Rng rng) => Within(low, high, torch.full_like(low, mean), deviation, rng);

    private static Tensor Phi(Tensor z) => (-z / Math.Sqrt(2)).erfc() / 2;

    private static Tensor Quantile(Tensor p) => ((p.clamp(1e-13, 1 - 1e-13) * 2) - 1).erfinv() * Math.Sqrt(2);

    // Everything from the whole training split at once.
    private sealed class Fitting : Objective<Batch>
    {
        private readonly GaussianCopula _model;
        private readonly Tensor _nll;

        public Fitting(GaussianCopula model)
        {
            _model = Add("model", model);
            _nll = Buffer("nll", torch.zeros([], ScalarType.Float64, model.Device));
        }

        public override IReadOnlyList<Player> Players => [];

        public override IEnumerable<Turn> Round(IFeed<Batch> feed, Rng rng)
        {
            var x = feed.Next().X;
            yield return Turn.Do("model", () => Fit(x, rng), ("bound", _nll));
        }

        private void Fit(Tensor x, Rng rng)
        {
            var (layout, d) = (_model._layout, _model.Spec.Dimensions);
            _model._modes.Fit(layout.NumbersOf(x.narrow(0, 0, Math.Min(x.size(0), 2 * Enough))));
            var levels = layout.LevelsOf(x);
            if (layout.Categories.Length > 0)
            {
                _model._shares.copy_(torch.cat([.. layout.Categories.Select((c, i) => torch.bincount(levels.select(1, i), minlength: layout.Levels[c]).to(ScalarType.Float64) / x.size(0))]));
            }

            var some = x.narrow(0, 0, Math.Min(x.size(0), Enough));
            var bounds = _model.Bounds(some);
            int[] all = [.. Enumerable.Range(0, d)];
            Correlate(_model.Scores(some, bounds, rng));
            // Stochastic EM: the hidden scores given the correlations, the correlations given the scores; the mean of the later half is kept.
            var sum = torch.zeros_like(_model._correlation);
            var rounds = layout.Categories.Length == 0 ? 1 : _model.Options.Sweeps;
            var z = _model.Scores(some, bounds, rng);
            for (var round = 0; round < rounds; round++)
            {
                var (precision, _) = Inverse(_model._correlation);
                z = Chain.Run(z, layout.Categories, (state, c) => Redrawn(state, bounds, c, all, precision, rng));
                Correlate(z);
                if (round >= rounds / 2)
                {
                    sum.add_(_model._correlation);
                }
            }

            _model._correlation.copy_(sum / (rounds - (rounds / 2)));
            _nll.copy_(-_model.LogProbBound(some, rng).mean());
        }

        private void Correlate(Tensor z)
        {
            var moments = z.t().matmul(z) / z.size(0);
            var scale = moments.diagonal().clamp(min: 1e-12).sqrt();
            var shrunk = moments / scale.unsqueeze(1) / scale * (1 - _model.Options.Shrinkage);
            _model._correlation.copy_(shrunk - torch.diag(shrunk.diagonal()) + torch.eye(z.size(1), dtype: ScalarType.Float64, device: z.device));
        }
    }
}

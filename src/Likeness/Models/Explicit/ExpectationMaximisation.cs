namespace Likeness;

/// <summary>How a mixture is fitted.</summary>
/// <param name="Restarts">Number of restarts, of which the best is kept.</param>
/// <param name="Trial">Number of EM steps after which restarts are compared.</param>
/// <param name="Tolerance">Convergence threshold in nats per example: the fit has converged when a step gains less.</param>
public sealed record EmOptions([property: AtLeast(1)] int Restarts = 3, [property: AtLeast(0)] int Trial = 5, [property: AtLeast(0)] double Tolerance = 1e-6);

/// <summary>
/// Expectation–maximisation (Dempster, Laird and Rubin 1977): each round computes the responsibilities p(k|x) of the components
/// and then the parameters that are best for them, which never lowers the likelihood. The first round also finds the beginning:
/// seeds far from each other (k-means++, Arthur and Vassilvitskii 2007), several times, a few steps each. A component that is left
/// without examples takes over a random half of the largest one's share. After convergence rounds change nothing and cost nothing.
/// </summary>
internal sealed class ExpectationMaximisation<TModel> : Objective<Batch> where TModel : Module, IMixture
{
    // Components with less than this many examples are empty.
    private const double Empty = 1e-3;

    private readonly TModel _model;
    private readonly EmOptions _options;
    private readonly Progress _progress;
    private readonly Tensor _nll, _prior;

    public ExpectationMaximisation(TModel model, EmOptions options)
    {
        _model = Add("model", model);
        _options = options;
        _progress = Include("progress", new Progress());
        _nll = Buffer("nll", torch.zeros([1], ScalarType.Float64));
        _prior = Buffer("prior", torch.zeros([1], ScalarType.Float64));
    }

    public override IReadOnlyList<Player> Players => [];

    public override IEnumerable<Turn> Round(IFeed<Batch> feed, Rng rng)
    {
        if (!_progress.Converged)
        {
            var x = feed.Next().X;
            yield return Turn.Do("model", () => Improve(_model.Rows(x), rng), ("nll", _nll), ("prior", _prior));
        }
        else
        {
            yield return Turn.Do("model", () => { }, ("nll", _nll), ("prior", _prior));
        }
    }

    private void Improve(Tensor x, Rng rng)
    {
        if (x.shape[0] < _model.Components)
        {
            throw new UsageException($"{Counted.Of(_model.Components, "component")} cannot be told apart with {Counted.Of(x.shape[0], "example")}: use fewer components ({new Remedy.Setting("components", x.shape[0])}) or a larger batch (0 is all of the training data).");
        }

        if (_progress.IsFirst)
        {
            Begin(x, rng);
        }

        // The terms, per example, are what the parameters were worth before this step; their sum never rises.
        _prior.copy_(_model.NegativeLogPrior() / x.shape[0]);
        _nll.copy_(Tensor.From<double>([Step(x, rng)], 1));
        _progress.Note(_nll.ToDouble() + _prior.ToDouble(), _options.Tolerance);
    }

    private void Begin(Tensor x, Rng rng)
    {
        var parameters = _model.parameters().ToArray();
        var best = parameters.Select(p => p.clone()).ToArray();
        var least = double.PositiveInfinity;
        // The chain carries nothing: its iterations free what a beginning has made.
        Chain.Run(_nll, Enumerable.Range(0, _options.Restarts), (state, _) =>
        {
            var rows = _model.Comparable(x);
            // Of fewer different rows than components the seeds are copies of each other, and the nearest rows go to the first of them.
            _model.Maximise(x, Filled(KMeans.Nearest(rows, KMeans.Seeds(rows, _model.Components, rng)).to(x.dtype), rng));
            for (var i = 0; i < _options.Trial; i++)
            {
                Step(x, rng);
            }

            var nll = -LogJoint(x).logsumexp(1).mean().ToDouble();
            if (nll < least)
            {
                least = nll;
                Copy(parameters, best);
            }

            return state;
        });
        if (double.IsPositiveInfinity(least))
        {
            throw new TrainingException("No beginning of EM gave a finite likelihood: standardise the data, raise the variance floor or use fewer components.");
        }

        Copy(best, parameters);
    }

    // One E step and one M step; the mean negative log-likelihood of the parameters before them.
    private double Step(Tensor x, Rng rng)
    {
        var nll = 0.0;
        Chain.Run(_nll, [0], (state, _) =>
        {
            var joint = LogJoint(x);
            var evidence = joint.logsumexp(1, keepdim: true);
            nll = -evidence.mean().ToDouble();
            _model.Maximise(x, Filled((joint - evidence).exp(), rng));
            return state;
        });
        return nll;
    }

    private Tensor LogJoint(Tensor x)
    {
        var (count, atOnce) = ((int)x.shape[0], _model.RowsAtOnce);
        return Chain.Concat(Enumerable.Range(0, (count + atOnce - 1) / atOnce), part =>
            _model.LogJoint(x.narrow(0, part * atOnce, Math.Min(atOnce, count - (part * atOnce)))));
    }

    // Responsibilities in which no component is empty.
    private static Tensor Filled(Tensor r, Rng rng)
    {
        var counts = r.sum([0]).ToArray<double>();
        foreach (var empty in Enumerable.Range(0, counts.Length).Where(k => counts[k] < Empty))
        {
            var largest = Array.IndexOf(counts, counts.Max());
            // Most of one half and a little of the other, so neither is left with nothing.
            var half = (rng.Bernoulli(torch.full([r.shape[0]], 0.5, r.dtype, r.device)) * 0.9 + 0.05) * r.select(1, largest);
            r.select(1, empty).copy_(half);
            r.select(1, largest).sub_(half);
            counts = r.sum([0]).ToArray<double>();
        }

        return r;
    }

    private static void Copy(Tensor[] from, Tensor[] to)
    {
        foreach (var (source, target) in from.Zip(to))
        {
            target.copy_(source);
        }
    }

    // Whether the fit has begun and whether it has ended.
    private sealed class Progress : IStateful
    {
        private long _rounds, _converged;
        private double _last;

        public bool IsFirst => _rounds == 0;

        public bool Converged => _converged != 0;

        public void Note(double total, double tolerance)
        {
            _converged = _rounds > 0 && Math.Abs(_last - total) < tolerance ? 1 : 0;
            _last = total;
            _rounds++;
        }

        public void State(IStateCursor cursor)
        {
            cursor.Visit("rounds", ref _rounds);
            cursor.Visit("converged", ref _converged);
            cursor.Visit("last", ref _last);
        }
    }
}

namespace Likeness;

/// <summary>Options of a linear autoregression.</summary>
public sealed record LinearAutoregressionOptions
{
    /// <summary>Number of past steps that each step depends on: the N of AR-N.</summary>
    [AtLeast(1)]
    public int Lags { get; init; } = 4;

    /// <summary>Ridge penalty: added to the squares of every feature, so that a fit to few examples does not follow noise.</summary>
    [AtLeast(0)]
    public double Ridge { get; init; } = 1e-4;
}

/// <summary>
/// AR-N of vectors (Yule 1927; Lütkepohl 2005, chapter 3): every step of a series is linear in the N steps before it and in what is done,
/// with jointly Normal errors.
/// <code>
/// x_t = c + Σ_{k=1..N} A_k x_{t−k} + B u_t + ε_t,   ε_t ~ N(0, Σ)
/// </code>
/// Σ is written by its triangular factor: value j of a step is regressed on those before it as well. The first N steps, which have
/// fewer before them, have coefficients of their own, so the density of a window is a product of conditionals.
/// </summary>
public sealed class LinearAutoregression : Model<LinearAutoregressionOptions>, IStepwise, IGenerative, IForecaster
{
    private readonly Tensor _weight, _logStd;
    private readonly int _lags, _values;

    public LinearAutoregression(DataSpec spec, LinearAutoregressionOptions options, Rng rng)
        : base(spec, options)
    {
        (_lags, _values) = (Math.Min(options.Lags, spec.Shape[0] - 1), spec.Shape[1] - spec.Actions);
        Order = SeriesOrder.Of(spec);
        _weight = Parameter("weight", Init.Zeros.Make(rng, _lags + 1, _values, Features));
        _logStd = Parameter("log_std", Init.Zeros.Make(rng, _lags + 1, _values));
    }

    public static Recipe<LinearAutoregressionOptions, LinearAutoregression, Batch> Recipe { get; } = new(
        "linear-ar",
        "Exact density and forecasts of series: each step is a linear function of the N steps before it, with Normal errors.",
        new("lutkepohl2005", "New Introduction to Multiple Time Series Analysis", "Lütkepohl, Helmut", "Springer", 2005, "Chapter 3, Estimation of Vector Autoregressive Processes", Publication.Book),
        (model, options, _) => new LeastSquares(model, options),
        new(Steps: 1, BatchSize: 0),
        DataNeed.Series)
    {
        Smallest = new() { Lags = 2 },
    };

    public IReadOnlyList<int> Order { get; }

    // One, the steps before (nearest first), the actions of this step, and the values of this step.
    private int Features => 1 + (_lags * _values) + Spec.Actions + _values;

    public Tensor LogProb(Tensor x)
    {
        var features = Described(Spec.Check(x)); // [n, steps, features]
        var total = torch.zeros([x.shape[0]], x.dtype, x.device);
        for (var group = 0; group <= _lags; group++)
        {
            var part = Part(features, group);
            var mean = part.matmul(_weight.select(0, group).t()); // [n, steps, values]
            total += new Normal(mean, _logStd.select(0, group)).LogProb(part.narrow(2, Features - _values, _values)).SumEvent();
        }

        return total;
    }

    public IWalk Walk(int count) => new Steps(this, count);

    public Tensor Sample(int count, Rng rng)
    {
        SeriesOrder.CheckDrawn(Spec);
        return this.Draw(count, rng).reshape(Spec.BatchShape(count));
    }

    public Tensor RollOut(Tensor past, int steps, Rng rng, Tensor? actions = null)
    {
        var all = SeriesOrder.Continued(Spec, past, steps, actions);
        var (n, known, columns) = (past.shape[0], (int)past.shape[1], past.shape[2]);
        Chain.Run(all, Enumerable.Range(known, steps), (series, t) =>
        {
            // As many steps back as there are; those before the past count as zero.
            var from = Math.Max(t - _lags, 0);
            var walk = new Steps(this, (int)n, series.narrow(1, from, t - from));
            for (var i = 0; i < columns; i++)
            {
                SeriesOrder.Go(walk, series.select(1, t), i, Spec.Actions, i >= Spec.Actions ? rng : null);
            }

            return series;
        });
        return all.narrow(1, known, steps).narrow(2, 0, _values);
    }

    // The features of every step, [n, steps, features]; steps before the first are zeros.
    private Tensor Described(Tensor x)
    {
        var (n, steps) = (x.shape[0], x.shape[1]);
        var values = x.narrow(2, 0, _values);
        var earlier = torch.zeros([n, _lags, _values], x.dtype, x.device);
        var longer = torch.cat([earlier, values], 1);
        var lags = Enumerable.Range(1, _lags).Select(k => longer.narrow(1, _lags - k, steps));
        return torch.cat([torch.ones([n, steps, 1], x.dtype, x.device), .. lags, x.narrow(2, _values, Spec.Actions), values], 2);
    }

    // The steps that share coefficients: step `group` alone, or all from the N-th on.
    private Tensor Part(Tensor features, int group) => group < _lags ? features.narrow(1, group, 1) : features.narrow(1, _lags, features.shape[1] - _lags);

    // What value j of a step may depend on: all but itself and the values after it, and no steps before the series began.
    private int[] Before(int group, int j) =>
        [.. Enumerable.Range(0, 1 + (Math.Min(group, _lags) * _values)), .. Enumerable.Range(1 + (_lags * _values), Spec.Actions + j)];

    private sealed class Steps : IWalk
    {
        private readonly LinearAutoregression _model;
        private readonly Tensor _features; // [n, features]
        private int _step, _place;

        public Steps(LinearAutoregression model, int count, Tensor? past = null)
        {
            _model = model;
            _features = torch.zeros([count, model.Features], model.ScalarType, model.Device);
            _features.narrow(1, 0, 1).fill_(1);
            _step = (int)(past?.shape[1] ?? 0);
            for (var k = 1; k <= Math.Min(_step, model._lags); k++)
            {
                Lag(k).copy_(past!.select(1, _step - k).narrow(1, 0, model._values));
            }
        }

        public Density Next()
        {
            var j = _place - _model.Spec.Actions;
            if (j < 0)
            {
                return new Given(_features.select(1, 0).zeros_like());
            }

            var group = Math.Min(_step, _model._lags);
            return new Normal(_features.matmul(_model._weight.detach().select(0, group).select(0, j)), _model._logStd.detach().select(0, group).select(0, j));
        }

        public void Observe(Tensor values)
        {
            _features.select(1, 1 + (_model._lags * _model._values) + _place).copy_(values);
            if (++_place < _model.Spec.Shape[1])
            {
                return;
            }

            (_step, _place) = (_step + 1, 0);
            for (var k = _model._lags; k > 1; k--)
            {
                Lag(k).copy_(Lag(k - 1));
            }

            var own = _features.narrow(1, _model.Features - _model._values, _model._values);
            Lag(1).copy_(own);
            _features.narrow(1, 1 + (_model._lags * _model._values), _model.Spec.Actions + _model._values).fill_(0);
        }

        private Tensor Lag(int k) => _features.narrow(1, 1 + ((k - 1) * _model._values), _model._values);
    }

    // Sums of products over all examples seen so far are all that the least squares need.
    private sealed class LeastSquares : Objective<Batch>
    {
        private readonly LinearAutoregression _model;
        private readonly Tensor _products, _counts;
        private readonly double _ridge;

        public LeastSquares(LinearAutoregression model, LinearAutoregressionOptions options)
        {
            (_model, _ridge) = (Add("model", model), options.Ridge);
            _products = Buffer("products", torch.zeros([model._lags + 1, model.Features, model.Features], ScalarType.Float64));
            _counts = Buffer("counts", torch.zeros([model._lags + 1], ScalarType.Float64));
        }

        public override IReadOnlyList<Player> Players => [];

        public override IEnumerable<Turn> Round(IFeed<Batch> feed, Rng rng)
        {
            var x = feed.Next().X;
            yield return Turn.Do(() => Fit(x));
            yield return Turn.Do("model", () => { }, ("nll", -_model.LogProb(x).mean()));
        }

        private void Fit(Tensor x)
        {
            var features = _model.Described(_model.Spec.Check(x).to(ScalarType.Float64));
            for (var group = _model._lags; group >= 0; group--)
            {
                var rows = _model.Part(features, group).flatten(0, 1);
                _products.select(0, group).add_(rows.t().matmul(rows));
                _counts.select(0, group).add_(rows.shape[0]);
                Solve(group);
            }
        }

        // Each value's normal equations, one after the other.
        private void Solve(int group)
        {
            var (products, count) = (_products.select(0, group), _counts.select(0, group).ToDouble());
            var weight = _model._weight.select(0, group).fill_(0);
            for (var j = 0; j < _model._values; j++)
            {
                var places = _model.Before(group, j);
                var before = Tensor.From(Array.ConvertAll(places, i => (long)i), places.Length);
                var target = _model.Features - _model._values + j;
                var gram = products.index_select(0, before).index_select(1, before);
                var moment = products.select(0, target).index_select(0, before);
                var ridge = torch.eye(places.Length, dtype: ScalarType.Float64) * ((_ridge * count) + 1e-9);
                var solution = torch.linalg.solve(gram + ridge, moment);
                weight.select(0, j).index_copy_(0, before, solution.to(weight.dtype));
                var squares = products.select(0, target).select(0, target).ToDouble() - (2 * (solution * moment).sum().ToDouble()) + solution.matmul(gram).matmul(solution).ToDouble();
                // Who sees fewer steps before cannot know better than who sees N of them. Without that floor a start that is the same in every training
                // window, which happens, is a variance of zero, and a window that starts otherwise is all but impossible.
                var floor = group == _model._lags ? 1e-8 : Math.Exp(2 * _model._logStd.select(0, _model._lags).select(0, j).ToDouble());
                _model._logStd.select(0, group).select(0, j).fill_(0.5 * Math.Log(Math.Max(squares / count, floor)));
            }
        }
    }
}

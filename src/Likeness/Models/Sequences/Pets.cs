namespace Likeness;

/// <summary>Options of a probabilistic ensemble.</summary>
public sealed record PetsOptions
{
    /// <summary>Number of networks in the ensemble.</summary>
    [AtLeast(1)]
    public int Members { get; init; } = 5;

    /// <summary>Hidden units of each layer.</summary>
    [AtLeast(1)]
    public int Hidden { get; init; } = 200;

    /// <summary>Number of hidden layers.</summary>
    [AtLeast(1)]
    public int Layers { get; init; } = 3;

    /// <summary>How particles move through the ensemble: ts1 (a new member at every step) or ts-inf (the same member throughout).</summary>
    public Propagation Propagation { get; init; } = Propagation.Ts1;

    /// <summary>Whether each member learns from its own bootstrap sample. Identical transitions, common in worlds with few states, are in or out of a sample together.</summary>
    public bool Bootstrap { get; init; } = true;

    /// <summary>Weight of the loss term that pulls the upper and lower bounds of the variances together.</summary>
    [AtLeast(0)]
    public double BoundWeight { get; init; } = 0.01;

    /// <summary>Optimiser of the parameters; the authors' code uses different weight decays for different layers, 2.5e-5 to 1e-4.</summary>
    public OptimizerOptions Optimizer { get; init; } = new Adam(1e-3, WeightDecay: 5e-5);
}

/// <summary>
/// The probabilistic ensemble of PETS (Chua et al. 2018, section 4): each member is a network that tells mean and variance of the next state, and of the
/// reward, from state and action, and learns from a bootstrap sample of its own; particles go through the members by trajectory sampling (section 5).
/// <code>
/// f_θb(s_t, a_t) = N(s_t + μ_b(s_t, a_t), Σ_b(s_t, a_t)),   p(s_{t+1}, r | s_t, a_t) = 1/B Σ_b f_θb                                       TS1
/// p(s_1, …, s_T | s_0, a) = 1/B Σ_b Π_t f_θb                                                                                          TS∞
/// </code>
/// Rows are [state, reward, action]: the action of a row leads to its state. Inputs are standardised, the target is the difference s' − s in units of its
/// own deviation (the paper leaves it as it is, which asks larger steps of a world than a cart's), and log variances are bounded softly from both sides
/// (appendix A.1). The first state has a Normal distribution of its own, so a whole series has a density.
/// </summary>
public sealed class Pets : Model<PetsOptions>, IStepwise, IGenerative, IForecaster
{
    // Batches that are measured before the first step.
    private const int Measured = 32;

    private readonly Tensor[] _weights, _biases;
    private readonly Tensor _most, _least, _startMean, _startLogStd, _inputMean, _inputStd, _mean, _std, _bootstrap;
    private readonly int _values, _states, _members;
    private readonly bool _kept;

    public Pets(DataSpec spec, PetsOptions options, Rng rng)
        : base(spec, options)
    {
        (_values, _members, _kept) = (spec.Shape[1] - spec.Actions, options.Members, options.Propagation == Propagation.TsInfinity);
        _states = _values - spec.Rewards;
        Order = SeriesOrder.Of(spec);
        int[] sizes = [_states + spec.Actions, .. Enumerable.Repeat(options.Hidden, options.Layers), 2 * _values];
        // The start of the paper's program: N(0, 1/(4·inputs)).
        _weights = [.. Enumerable.Range(0, sizes.Length - 1).Select(k => Parameter($"weight_{k}", rng.Normal(_members, sizes[k], sizes[k + 1]).mul_(0.5 / Math.Sqrt(sizes[k]))))];
        _biases = [.. Enumerable.Range(0, sizes.Length - 1).Select(k => Parameter($"bias_{k}", Init.Zeros.Make(rng, _members, 1, sizes[k + 1])))];
        (_most, _least) = (Parameter("max_logvar", new Init.Constant(0.5).Make(rng, _values)), Parameter("min_logvar", new Init.Constant(-10).Make(rng, _values)));
        (_startMean, _startLogStd) = (Parameter("start_mean", Init.Zeros.Make(rng, _values)), Parameter("start_log_std", Init.Zeros.Make(rng, _values)));
        (_inputMean, _inputStd) = (Buffer("input_mean", Init.Zeros.Make(rng, sizes[0])), Buffer("input_std", Init.Ones.Make(rng, sizes[0])));
        (_mean, _std) = (Buffer("target_mean", Init.Zeros.Make(rng, _values)), Buffer("target_std", Init.Ones.Make(rng, _values)));
        _bootstrap = Buffer("bootstrap", BootstrapShare.Directions(sizes[0], _members, rng));
    }

    public static Recipe<PetsOptions, Pets, Batch> Recipe { get; } = new(
        "pets",
        "Learned world model p(s', r | s, a) for planning and simulation: an ensemble of networks that predict mean and variance.",
        new("chua2018pets", "Deep Reinforcement Learning in a Handful of Trials using Probabilistic Dynamics Models",
            "Chua, Kurtland and Calandra, Roberto and McAllister, Rowan and Levine, Sergey", "NeurIPS", 2018, "arXiv:1805.12114"),
        (model, options, _) => new Learning(model, options),
        new(Steps: 5_000, BatchSize: 64),
        new("series of numbers of at least two steps [steps, values]", s => s.IsSeries && s.Domain is Domain.Real && s.Shape[0] > 1 && s.Shape[1] > s.Actions + s.Rewards, "windows"))
    {
        Smallest = new() { Members = 2, Hidden = 8, Layers = 1, Optimizer = new Adam(0.02) },
    };

    public IReadOnlyList<int> Order { get; }

    public Tensor LogProb(Tensor x)
    {
        var (before, values) = (Before(Spec.Check(x)), x.narrow(2, 0, _values));
        var first = new Normal(_startMean, _startLogStd).LogProb(values.select(1, 0)).SumEvent();
        var each = LogProbs(before, values.narrow(1, 1, x.shape[1] - 1).flatten(0, 1)).reshape(_members, x.shape[0], -1); // [members, n, steps − 1]
        var rest = _kept ? each.sum([2]).logsumexp(0) - Math.Log(_members) : (each.logsumexp(0) - Math.Log(_members)).sum([1]);
        return first + rest;
    }

    public IWalk Walk(int count) => new Steps(this, count);

    public Tensor Sample(int count, Rng rng)
    {
        SeriesOrder.CheckDrawn(Spec);
        return this.Draw(count, rng).reshape(Spec.BatchShape(count));
    }

    public Tensor RollOut(Tensor past, int steps, Rng rng, Tensor? actions = null)
    {
        actions = SeriesOrder.Actions(Spec, past, steps, actions);
        using var noGrad = torch.no_grad();
        var n = past.shape[0];
        var all = torch.zeros([n, steps, _values], past.dtype, past.device);
        var (shuffled, members) = (_kept ? Shuffled(n, rng) : null, _kept && past.shape[1] > 1 ? Likely(past, rng) : null);
        Chain.Run(past.select(1, -1).narrow(1, 0, _states), Enumerable.Range(0, steps), (state, t) =>
        {
            var row = all.select(1, t);
            row.copy_(Next(state, actions.select(1, t), shuffled ?? Shuffled(n, rng), members).Sample(rng));
            return row.narrow(1, 0, _states);
        });
        return all;
    }

    // What enters the networks for every step but the first: the state before and the action of the step, [n · (steps − 1), inputs].
    private Tensor Before(Tensor x) =>
        torch.cat([x.narrow(2, 0, _states).narrow(1, 0, x.shape[1] - 1), x.narrow(2, _values, Spec.Actions).narrow(1, 1, x.shape[1] - 1)], 2).flatten(0, 1);

    // log f_θb of every row, [members, n], from inputs [n, inputs] and values [n, values].
    private Tensor LogProbs(Tensor before, Tensor values)
    {
        var each = Predict(before, before.unsqueeze(0).expand(_members, before.shape[0], before.shape[1]));
        return each.LogProb(values).sum([2]);
    }

    // Mean and deviation in the values' units, [members, m, values], of inputs [members, m, inputs]; the states before stand in `before`, which is broadcast to them.
    private Normal Predict(Tensor before, Tensor inputs)
    {
        var h = (inputs - _inputMean) / _inputStd;
        for (var k = 0; k < _weights.Length; k++)
        {
            h = (k == 0 ? h : h.silu()).bmm(_weights[k]) + _biases[k];
        }

        var logVariance = h.narrow(2, _values, _values);
        logVariance = _most - (_most - logVariance).softplus();
        logVariance = _least + (logVariance - _least).softplus();
        var state = torch.nn.functional.pad(before.narrow(-1, 0, _states), [0, Spec.Rewards]);
        return new(state + _mean + _std * h.narrow(2, 0, _values), 0.5 * logVariance + _std.log());
    }

    // The next row of every particle [n, values]: each by one member. Particles in random order, cut into equal parts, one for each member.
    private Normal Next(Tensor state, Tensor action, Tensor order, Tensor? members)
    {
        var before = torch.cat([state, action], 1);
        var n = before.shape[0];
        if (members is not null)
        {
            var all = Predict(before, before.unsqueeze(0).expand(_members, n, before.shape[1]));
            var place = members.reshape(1, n, 1).expand(1, n, _values);
            return new(all.Mean.gather(0, place).squeeze(0), all.LogStd.gather(0, place).squeeze(0));
        }

        var grouped = before.index_select(0, order.remainder(n)).reshape(_members, -1, before.shape[1]);
        var next = Predict(grouped, grouped);
        return new(Back(next.Mean), Back(next.LogStd));

        Tensor Back(Tensor parts) => torch.empty_like(parts).flatten(0, 1).index_copy(0, order, parts.flatten(0, 1)).narrow(0, 0, n);
    }

    // As many places as every member has equally many of; those from n on stand for rows that are there already.
    private Tensor Shuffled(long n, Rng rng) => rng.Permutation((n + _members - 1) / _members * _members);

    // A member for each particle, as likely as it made the particle's past.
    private Tensor Likely(Tensor past, Rng rng)
    {
        var (before, values) = (Before(past), past.narrow(2, 0, _values).narrow(1, 1, past.shape[1] - 1).flatten(0, 1));
        return rng.Choice(LogProbs(before, values).reshape(_members, past.shape[0], -1).sum([2]).softmax(0).t());
    }

    private sealed class Steps : IWalk
    {
        private readonly Pets _model;
        private readonly Tensor _before, _row, _means, _logStds, _weights;
        private int _place;
        private bool _begun;

        public Steps(Pets model, int count)
        {
            _model = model;
            var (type, device, values) = (model.ScalarType, model.Device, model._values);
            _before = torch.zeros([count, model._states + model.Spec.Actions], type, device);
            _row = torch.zeros([count, values], type, device);
            _means = torch.zeros([count, model._members, values], type, device);
            _logStds = torch.zeros([count, model._members, values], type, device);
            _weights = torch.zeros([count, model._members], type, device);
        }

        public Density Next()
        {
            var j = _place - _model.Spec.Actions;
            if (j < 0)
            {
                return new Given(_row.select(1, 0).zeros_like());
            }

            if (j == 0)
            {
                Predict();
            }

            return new MixtureOfNormals(_weights, _means.select(2, j), _logStds.select(2, j));
        }

        public void Observe(Tensor values)
        {
            using var noGrad = torch.no_grad();
            var (j, states) = (_place - _model.Spec.Actions, _model._states);
            if (j < 0)
            {
                _before.select(1, states + _place).copy_(values);
            }
            else
            {
                _weights.add_(new Normal(_means.select(2, j), _logStds.select(2, j)).LogProb(values.unsqueeze(1)));
                _row.select(1, j).copy_(values);
            }

            if (++_place == _model.Spec.Shape[1])
            {
                (_place, _begun) = (0, true);
                _before.narrow(1, 0, states).copy_(_row.narrow(1, 0, states));
            }
        }

        // A member is met anew at each step, or kept for all of them.
        private void Predict()
        {
            using var noGrad = torch.no_grad();
            if (!_model._kept)
            {
                _weights.fill_(0);
            }

            var next = _begun ? _model.Predict(_before, _before.unsqueeze(0).expand(_model._members, _before.shape[0], _before.shape[1])) : null;
            _means.copy_(next?.Mean.transpose(0, 1) ?? _model._startMean);
            _logStds.copy_(next?.LogStd.transpose(0, 1) ?? _model._startLogStd);
        }
    }

    private sealed class Learning : Objective<Batch>
    {
        private readonly Pets _model;
        private readonly Player _player;
        private readonly PetsOptions _options;

        public Learning(Pets model, PetsOptions options)
        {
            (_model, _options) = (Add("model", model), options);
            _player = new Player("model", options.Optimizer, model);
        }

        public override IReadOnlyList<Player> Players => [_player];

        public override void Begin(Batch first, IFeed<Batch> feed, Rng rng)
        {
            var x = torch.cat([first.X, .. Enumerable.Range(0, Measured - 1).Select(_ => feed.Next().X)]);
            var (before, values, states) = (_model.Before(x), x.narrow(2, 0, _model._values), _model._states);
            var state = torch.nn.functional.pad(before.narrow(1, 0, states), [0, _model.Spec.Rewards]);
            Set(before, _model._inputMean, _model._inputStd);
            Set(values.narrow(1, 1, x.shape[1] - 1).flatten(0, 1) - state, _model._mean, _model._std);
            var start = values.select(1, 0);
            _model._startMean.copy_(start.mean([0]));
            _model._startLogStd.copy_(Deviation(start).log());
        }

        public override IEnumerable<Turn> Round(IFeed<Batch> feed, Rng rng)
        {
            var x = feed.Next().X;
            var (before, values) = (_model.Before(x), x.narrow(2, 0, _model._values));
            var each = _model.LogProbs(before, values.narrow(1, 1, x.shape[1] - 1).flatten(0, 1)); // [members, n · (steps − 1)]
            var start = new Normal(_model._startMean, _model._startLogStd).LogProb(values.select(1, 0)).SumEvent();
            yield return _player.Minimise(
                ("nll", -(!_options.Bootstrap || _model._members == 1 ? each : each * BootstrapShare.Of((before - _model._inputMean) / _model._inputStd, _model._bootstrap)).mean()),
                ("start", -start.mean()),
                ("bounds", _options.BoundWeight * (_model._most.sum() - _model._least.sum())));
        }

        private static void Set(Tensor rows, Tensor mean, Tensor deviation)
        {
            mean.copy_(rows.mean([0]));
            deviation.copy_(Deviation(rows));
        }

        // What never changes keeps its unit.
        private static Tensor Deviation(Tensor rows) => rows.std([0], false) is var d ? torch.where(d > 1e-6, d, torch.ones_like(d)) : d;
    }
}

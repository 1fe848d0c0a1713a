namespace Likeness;

/// <summary>Options of a recurrent density.</summary>
public sealed record RecurrentDensityOptions
{
    /// <summary>The recurrent unit: lstm or gru.</summary>
    public RecurrentUnit Unit { get; init; } = RecurrentUnit.Lstm;

    /// <summary>Hidden units of each layer.</summary>
    [AtLeast(1)]
    public int Hidden { get; init; } = 64;

    /// <summary>Number of stacked recurrent layers.</summary>
    [AtLeast(1)]
    public int Layers { get; init; } = 1;

    /// <summary>Number of Normals in the mixture that predicts a step, for real values.</summary>
    [AtLeast(1)]
    public int Components { get; init; } = 5;

    /// <summary>Whether the network predicts how a step differs from the one before it instead of its values, for series of real values that change little from step to step.</summary>
    public bool Differences { get; init; }

    /// <summary>Optimiser of the parameters.</summary>
    public OptimizerOptions Optimizer { get; init; } = new Adam(2e-3) { Schedule = new Schedule.Linear(), ClipNorm = 1 };
}

/// <summary>
/// An autoregressive recurrent network for series (Graves 2013): its state sums up all steps so far, and a step follows from it
/// by a mixture of Normal distributions (of vectors, with diagonal covariances), or for discrete values by a softmax each.
/// <code>
/// h_t = RNN(h_{t−1}, [x_{t−1}, u_t]),   p(x_t | x_&lt;t, u_≤t) = Σ_k π_k(h_t) Π_j N(x_tj; μ_kj(h_t), σ_kj(h_t)²)      (equations 18–23)
/// </code>
/// u are actions, where the series has them: they are given, and steer what follows.
/// </summary>
public sealed class RecurrentDensity : Model<RecurrentDensityOptions>, IStepwise, IGenerative, IForecaster
{
    private readonly RecurrentNetwork _network;
    private readonly Linear _head;
    private readonly IStepHead _form;
    private readonly int _values;

    public RecurrentDensity(DataSpec spec, RecurrentDensityOptions options, Rng rng)
        : base(spec, options)
    {
        _values = spec.Shape[1] - spec.Actions;
        if (options.Differences && spec.Domain.LevelCount is not null)
        {
            throw new UsageException($"Values of {spec} have no differences: leave differences out, or learn real values.");
        }

        Order = SeriesOrder.Of(spec);
        _form = spec.Domain.LevelCount is { } levels ? new LevelsHead(_values, levels) : new NormalsHead(_values, options.Components);
        // One more input says that the series begins.
        _network = Add("network", new RecurrentNetwork(options.Unit, _form.Inputs + spec.Actions + 1, options.Hidden, options.Layers, rng));
        _head = Add("head", new Linear(options.Hidden, _form.Outputs, rng));
    }

    public static Recipe<RecurrentDensityOptions, RecurrentDensity, Batch> Recipe { get; } = new(
        "recurrent",
        "Exact density and forecasts of series: an LSTM or GRU summarises the past and a mixture predicts each step.",
        new("graves2013generating", "Generating Sequences With Recurrent Neural Networks", "Graves, Alex", "arXiv", 2013, "arXiv:1308.0850", Publication.Preprint),
        (model, options, _) => new MaximumLikelihood<RecurrentDensity>(model, options.Optimizer),
        new(Steps: 3_000, BatchSize: 64),
        new("series [steps, values]", s => s.IsSeries, "windows"))
    {
        Smallest = new() { Hidden = 8, Components = 2, Optimizer = new Adam(0.02) },
    };

    public IReadOnlyList<int> Order { get; }

    public Tensor LogProb(Tensor x)
    {
        var (inputs, values) = (Inputs(Spec.Check(x)), x.narrow(2, 0, _values));
        var (state, steps) = (_network.Start(x.shape[0]), new Tensor[x.shape[1]]);
        for (var t = 0; t < steps.Length; t++)
        {
            state = _network.Next(inputs.select(1, t), state);
            steps[t] = _network.Output(state);
        }

        return _form.LogProb(Describe(torch.stack(steps, 1), inputs), values).sum([1]); // [n, steps] → [n]
    }

    public IWalk Walk(int count) => new Steps(this, count);

    public Tensor Sample(int count, Rng rng)
    {
        SeriesOrder.CheckDrawn(Spec);
        return this.Draw(count, rng).reshape(Spec.BatchShape(count));
    }

    public Tensor RollOut(Tensor past, int steps, Rng rng, Tensor? actions = null)
    {
        using var noGrad = torch.no_grad();
        var all = SeriesOrder.Continued(Spec, past, steps, actions);
        var (n, known, columns) = ((int)past.shape[0], (int)past.shape[1], (int)past.shape[2]);
        var walk = new Steps(this, n);
        Chain.Run(all, Enumerable.Range(0, (known + steps) * columns), (series, place) =>
        {
            var (t, i) = Math.DivRem(place, columns);
            SeriesOrder.Go(walk, series.select(1, t), i, Spec.Actions, t >= known && i >= Spec.Actions ? rng : null);
            return series;
        });
        return all.narrow(1, known, steps).narrow(2, 0, _values);
    }

    // The outputs that describe a step, from the network's state and what entered it.
    private Tensor Describe(Tensor state, Tensor inputs)
    {
        var outputs = _head.Call(state);
        return Options.Differences && _form is NormalsHead normals ? normals.Around(outputs, inputs.narrow(-1, 0, _values)) : outputs;
    }

    // What enters each step: the values of the step before, the actions of this one, and whether it is the first; [n, steps, inputs].
    private Tensor Inputs(Tensor x)
    {
        var (n, steps) = (x.shape[0], x.shape[1]);
        var shown = _form.Shown(x.narrow(2, 0, _values).narrow(1, 0, steps - 1));
        var before = torch.cat([torch.zeros([n, 1, _form.Inputs], shown.dtype, x.device), shown], 1);
        var first = torch.cat([torch.ones([n, 1, 1], shown.dtype, x.device), torch.zeros([n, steps - 1, 1], shown.dtype, x.device)], 1);
        return torch.cat([before, x.narrow(2, _values, Spec.Actions), first], 2);
    }

    private sealed class Steps : IWalk
    {
        private readonly RecurrentDensity _model;
        private readonly Tensor _state, _output, _input, _row, _weights;
        private int _place;

        public Steps(RecurrentDensity model, int count)
        {
            _model = model;
            var (type, device) = (model.ScalarType, model.Device);
            _state = model._network.Start(count);
            _output = torch.zeros([count, model._form.Outputs], type, device);
            _input = torch.zeros([count, model._form.Inputs + model.Spec.Actions + 1], type, device);
            _input.select(1, -1).fill_(1);
            _row = torch.zeros([count, model._values], type, device);
            _weights = torch.zeros([count, model._form.Weights], type, device);
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
                using var noGrad = torch.no_grad();
                _state.copy_(_model._network.Next(_input, _state));
                _output.copy_(_model.Describe(_model._network.Output(_state), _input));
                _weights.fill_(0);
            }

            return _model._form.Value(_output, j, _weights);
        }

        public void Observe(Tensor values)
        {
            var (j, inputs) = (_place - _model.Spec.Actions, _model._form.Inputs);
            if (j < 0)
            {
                _input.select(1, inputs + _place).copy_(values);
            }
            else
            {
                _model._form.Weigh(_output, j, values, _weights);
                _row.select(1, j).copy_(values);
            }

            if (++_place == _model.Spec.Shape[1])
            {
                _place = 0;
                _input.narrow(1, 0, inputs).copy_(_model._form.Shown(_row.unsqueeze(1)).squeeze(1));
                _input.select(1, -1).fill_(0);
            }
        }
    }
}

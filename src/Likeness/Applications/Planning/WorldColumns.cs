namespace Likeness;

/// <summary>Which columns of a model's rows [states, reward, actions] are what in a world, and their units.</summary>
internal sealed class WorldColumns
{
    private readonly DataFit _fit;
    private readonly int _values, _width;
    private int[] _states = [], _actions = [];

    public WorldColumns(DataSpec spec, DataFit fit)
    {
        (_fit, _width, _values) = (fit.Columns.Count > 0 ? fit : DataFit.Of(null, spec.Shape[^1]), spec.Shape[^1], spec.Shape[^1] - spec.Actions);
        Reward = spec.Rewards > 0 ? _values - spec.Rewards : null;
    }

    /// <summary>The column of the reward; null where the model has learned none.</summary>
    public int? Reward { get; }

    /// <summary>Checks that they are those of a world.</summary>
    /// <exception cref="UsageException">They are not.</exception>
    public void Check(IEnvironment world)
    {
        var names = _fit.Columns.Select(c => c.Name).ToList();
        (_states, _actions) = ([.. world.States.Select(s => names.IndexOf(s))], [.. world.Actions.Select(a => names.IndexOf(a.Name))]);
        var rewards = Reward is null ? 0 : 1;
        if (_states.Any(i => i < 0 || i >= _values - rewards) || _actions.Any(i => i < _values) || _states.Length + rewards != _values || _actions.Length != _width - _values)
        {
            throw new UsageException($"The model knows the columns {string.Join(", ", names.Take(_values))}{(_width > _values ? $" and the actions {string.Join(", ", names.Skip(_values))}" : " and no actions")}, and the world '{world.Name}' has {string.Join(", ", world.States)} and the actions {string.Join(", ", world.Actions.Select(a => a.Name))}: train on transitions of that world.");
        }
    }

    /// <summary>The last rows of an episode in the model's units, [1, rows, columns]. What came before the first state is taken to be as at the first step.</summary>
    public Tensor Past(IEnvironment world, IReadOnlyList<double[]> states, IReadOnlyList<double[]> actions, int rows)
    {
        var from = Math.Max(0, states.Count - rows);
        var past = new float[(states.Count - from) * _width];
        for (var t = from; t < states.Count; t++)
        {
            var row = past.AsSpan((t - from) * _width, _width);
            for (var i = 0; i < _states.Length; i++)
            {
                row[_states[i]] = _fit.Columns[_states[i]].ToModel(states[t][i]);
            }

            for (var i = 0; i < _actions.Length && actions.Count > 0; i++)
            {
                row[_actions[i]] = _fit.Columns[_actions[i]].ToModel(actions[Math.Max(t - 1, 0)][i]);
            }

            if (Reward is { } reward && actions.Count > 0)
            {
                row[reward] = _fit.Columns[reward].ToModel(world.Reward(states[Math.Max(t - 1, 0)], actions[Math.Max(t - 1, 0)], states[Math.Max(t, 1)]));
            }
        }

        return Tensor.From(past, 1, states.Count - from, _width);
    }

    /// <summary>Plans in the model's units, [count, horizon, actions].</summary>
    public Tensor Actions(IEnvironment world, double[] plans, int count, int horizon)
    {
        var width = world.Actions.Count;
        var values = new float[plans.Length];
        for (var i = 0; i < plans.Length; i++)
        {
            var column = _actions[i % width];
            values[(i / width * width) + column - _values] = _fit.Columns[column].ToModel(plans[i]);
        }

        return Tensor.From(values, count, horizon, width);
    }

    /// <summary>Values [..., values] of the model in the data's units.</summary>
    public Tensor ToData(Tensor values)
    {
        if (_fit.Columns.Take(_values).Any(c => c.Bends))
        {
            return _fit.First(_values).ToData(values);
        }

        Tensor Of(Func<DataColumn, double> what) => Tensor.From(_fit.Columns.Take(_values).Select(c => (float)what(c)).ToArray(), _values).to(values.device);
        return values * Of(c => c.Scale) + Of(c => c.Shift);
    }

    /// <summary>The world's state of a row of values.</summary>
    public void Read(ReadOnlySpan<float> row, Span<double> state)
    {
        for (var i = 0; i < state.Length; i++)
        {
            state[i] = row[_states[i]];
        }
    }
}

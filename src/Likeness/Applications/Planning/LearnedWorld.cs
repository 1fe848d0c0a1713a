namespace Likeness;

/// <summary>Foresight by a model: particles of all sequences side by side, in one roll-out. Where episodes end is asked of the world, and rewards where the model has not learned them.</summary>
internal sealed class LearnedWorld : IForesight
{
    private readonly IForecaster _model;
    private readonly IEnvironment _world;
    private readonly WorldColumns _columns;
    private readonly PlannerOptions _options;
    private readonly bool _learned;

    public LearnedWorld(IForecaster model, DataSpec spec, DataFit fit, IEnvironment world, PlannerOptions options)
    {
        (_model, _world, _options, _columns) = (model, world, options, new(spec, fit));
        _columns.Check(world);
        _learned = _columns.Reward is not null && !options.KnowsReward;
    }

    public double[] Returns(IReadOnlyList<double[]> states, IReadOnlyList<double[]> actions, double[] plans, int count, Func<double> uniform)
    {
        var (particles, horizon) = (_options.Particles, plans.Length / count / _world.Actions.Count);
        var seed = (ulong)(uniform() * (1UL << 53));
        var futures = Chain.Value(() =>
        {
            var device = ((Module)_model).Device;
            var past = _columns.Past(_world, states, actions, _options.Memory).to(device);
            var done = _columns.Actions(_world, plans, count, horizon).to(device).repeat_interleave(particles, 0);
            var drawn = _model.RollOut(past.expand(count * particles, past.shape[1], past.shape[2]), horizon, new Rng(seed, device), done);
            return _columns.ToData(drawn).ToArray<float>();
        });
        var values = futures.Length / (count * particles * horizon);
        var returns = new double[count];
        double[] before = new double[_world.States.Count], next = new double[before.Length];
        for (var n = 0; n < count * particles; n++)
        {
            states[^1].CopyTo(before, 0);
            for (var t = 0; t < horizon; t++)
            {
                var row = futures.AsSpan(((n * horizon) + t) * values, values);
                _columns.Read(row, next);
                var action = plans.AsSpan(((n / particles * horizon) + t) * _world.Actions.Count, _world.Actions.Count);
                var reward = _learned ? row[_columns.Reward!.Value] : _world.Reward(before, action, next);
                returns[n / particles] += double.IsFinite(reward) ? reward + _world.Guide(next) : double.NegativeInfinity;
                if (_world.Ends(next))
                {
                    break;
                }

                (before, next) = (next, before);
            }
        }

        return Array.ConvertAll(returns, r => r / particles);
    }
}

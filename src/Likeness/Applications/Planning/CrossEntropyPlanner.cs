namespace Likeness;

/// <summary>How actions are planned.</summary>
public sealed record PlannerOptions
{
    /// <summary>Number of action sequences sampled per iteration.</summary>
    [AtLeast(2)]
    public int Population { get; init; } = 400;

    /// <summary>Number of best sequences (elites) to which the sampling distribution is refitted.</summary>
    [AtLeast(1)]
    public int Elites { get; init; } = 40;

    /// <summary>Number of iterations per step.</summary>
    [AtLeast(1)]
    public int Iterations { get; init; } = 5;

    /// <summary>Planning horizon: number of steps to look ahead.</summary>
    [AtLeast(1)]
    public int Horizon { get; init; } = 25;

    /// <summary>Number of futures sampled from a learned world model for each sequence.</summary>
    [AtLeast(1)]
    public int Particles { get; init; } = 20;

    /// <summary>Number of past steps given to a learned world model.</summary>
    [AtLeast(1)]
    public int Memory { get; init; } = 1;

    /// <summary>Whether rewards are computed by the environment's formula from the states, even if the model has learned them.</summary>
    public bool KnowsReward { get; init; }
}

/// <summary>Tells what sequences of actions would earn.</summary>
internal interface IForesight
{
    /// <summary>The return of each sequence.</summary>
    /// <param name="states">All states of the episode.</param>
    /// <param name="actions">All actions so far.</param>
    /// <param name="plans">Sequences of allowed actions [count, horizon, actions].</param>
    /// <param name="count">How many.</param>
    /// <param name="uniform">Where randomness comes from.</param>
    double[] Returns(IReadOnlyList<double[]> states, IReadOnlyList<double[]> actions, double[] plans, int count, Func<double> uniform);
}

/// <summary>
/// Model-predictive control by the cross-entropy method, as PETS has it (Chua et al. 2018, section 5 and their program): sequences of actions are drawn from
/// Normal distributions cut at two deviations, whose mean and variance move nine tenths of the way to those of the elites; the first action of the last mean
/// is done, and the next step begins from the others.
/// </summary>
public sealed class CrossEntropyPlanner : IPolicy
{
    private const double Kept = 0.1, SmallestVariance = 1e-3;

    private readonly IEnvironment _world;
    private readonly IForesight _foresight;
    private readonly PlannerOptions _options;
    private SplitMix64 _random;
    private double[] _mean = [];

    internal CrossEntropyPlanner(IEnvironment world, IForesight foresight, PlannerOptions options)
    {
        (_world, _foresight, _options) = (world, foresight, options);
        if (options.Elites > options.Population || Math.Min(options.Elites, Math.Min(options.Iterations, Math.Min(options.Horizon, Math.Min(options.Particles, options.Memory)))) < 1)
        {
            throw new UsageException($"{options.Elites} elites cannot be chosen from {options.Population}, or a number is below 1: give fewer elites than there are sequences, and at least one of everything.");
        }
    }

    /// <summary>Plans by what a model has learned.</summary>
    /// <exception cref="UsageException">The model cannot be rolled out, or knows another world.</exception>
    public static CrossEntropyPlanner By(TrainedModel trained, IEnvironment world, PlannerOptions? options = null) =>
        new(world, new LearnedWorld(trained.Require<IForecaster>(), trained.Spec, trained.Fit, world, options ?? new()), options ?? new());

    /// <summary>Plans by the true equations: how well the planner itself can do.</summary>
    public static CrossEntropyPlanner ByEquations(IEnvironment world, PlannerOptions? options = null) => new(world, new TrueWorld(world), options ?? new());

    public void Begin(ulong seed)
    {
        _random = new(SplitMix64.Key(seed, 2));
        _mean = [.. Enumerable.Range(0, _options.Horizon).SelectMany(_ => _world.Actions.Select(a => (a.Low + a.High) / 2))];
    }

    public double[] Act(IReadOnlyList<double[]> states, IReadOnlyList<double[]> actions)
    {
        if (_mean.Length == 0)
        {
            Begin(0);
        }

        var (width, length, count) = (_world.Actions.Count, _mean.Length, _options.Population);
        double[] variance = [.. Enumerable.Range(0, length).Select(i => Math.Pow((_world.Actions[i % width].High - _world.Actions[i % width].Low) / 4, 2))];
        for (var iteration = 0; iteration < _options.Iterations && variance.Max() > SmallestVariance; iteration++)
        {
            var drawn = new double[count * length];
            for (var i = 0; i < drawn.Length; i++)
            {
                var (range, mean) = (_world.Actions[i % width], _mean[i % length]);
                // So that two deviations stay in the range.
                var deviation = Math.Min(Math.Sqrt(variance[i % length]), Math.Min(mean - range.Low, range.High - mean) / 2);
                drawn[i] = mean + (deviation * Cut());
            }

            double[] plans = [.. drawn];
            for (var i = 0; i < plans.Length; i += width)
            {
                _world.Allow(plans.AsSpan(i, width));
            }

            var returns = _foresight.Returns(states, actions, plans, count, Uniform);
            var elites = Enumerable.Range(0, count).OrderByDescending(i => returns[i]).Take(_options.Elites).ToArray();
            for (var i = 0; i < length; i++)
            {
                var mean = elites.Average(e => drawn[(e * length) + i]);
                var spread = elites.Average(e => Math.Pow(drawn[(e * length) + i] - mean, 2));
                (_mean[i], variance[i]) = ((Kept * _mean[i]) + ((1 - Kept) * mean), (Kept * variance[i]) + ((1 - Kept) * spread));
            }
        }

        double[] action = [.. _mean.Take(width)];
        _mean = [.. _mean.Skip(width), .. _world.Actions.Select(a => (a.Low + a.High) / 2)];
        return action;
    }

    private double Uniform() => _random.Uniform();

    private double Cut()
    {
        while (true)
        {
            if (_random.Normal() is var z && Math.Abs(z) <= 2)
            {
                return z;
            }
        }
    }
}

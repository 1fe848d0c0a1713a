namespace Likeness;

/// <summary>
/// The best that can be had in a world whose states can be listed (Bellman 1957), by the sweeps of Gauss and Seidel:
/// <code>V(s) = max_a Σ_s' p(s' | s, a) (r + V(s')),   V = 0 where the episode ends</code>
/// </summary>
public sealed class ValueIteration : IPolicy
{
    private const int MostSweeps = 100_000;

    private readonly ITabularWorld _world;
    private readonly int[] _best;

    /// <param name="world">Whose states, choices and ends are meant, and what they lead to.</param>
    /// <exception cref="UsageException">The values grow without an end, because an episode need not end.</exception>
    public ValueIteration(ITabularWorld world)
        : this(world, world.After)
    {
    }

    private ValueIteration(ITabularWorld world, Func<int, int, IEnumerable<(int State, double Probability, double Reward)>> after)
    {
        _world = world;
        var values = new double[world.StateCount];
        _best = new int[values.Length];
        var sweeps = 0;
        double change;
        do
        {
            change = 0;
            for (var s = 0; s < values.Length; s++)
            {
                if (world.Ends(s))
                {
                    continue;
                }

                var before = values[s];
                (values[s], _best[s]) = Enumerable.Range(0, world.Choices.Count).Select(a => (Value: after(s, a).Sum(o => o.Probability * (o.Reward + values[o.State])), a)).MaxBy(o => o.Value);
                // What cannot reach an end loses for ever; it is worth what a whole episode costs.
                values[s] = Math.Max(values[s], -1e6);
                change = Math.Max(change, Math.Abs(values[s] - before));
            }
        }
        while (change > 1e-12 && ++sweeps < MostSweeps && values.Max() < 1e9);
        Values = change <= 1e-12 || values.Max() < 1e9 ? values
            : throw new UsageException($"The values of '{world.Name}' grow without an end: let its episodes end, or its steps cost.");
    }

    /// <summary>The best by what a model has learned: what each choice leads to is the shares of the states nearest to its draws.</summary>
    /// <param name="trained">A model of the world's transitions.</param>
    /// <param name="world">The world, whose own table is not looked at.</param>
    /// <param name="draws">Of each choice in each state.</param>
    /// <param name="rng">Where they come from.</param>
    /// <exception cref="UsageException">The model cannot be rolled out, or knows another world.</exception>
    public static ValueIteration By(TrainedModel trained, ITabularWorld world, int draws, Rng rng)
    {
        var (model, columns, choices) = (trained.Require<IForecaster>(), new WorldColumns(trained.Spec, trained.Fit), world.Choices.Count);
        columns.Check(world);
        var table = new List<(int, double, double)>[world.StateCount * choices];
        Chain.Each(Enumerable.Range(0, world.StateCount), s =>
        {
            double[] state = world.State(s), next = new double[state.Length];
            var past = columns.Past(world, [state], [], 1).to(rng.Device);
            var actions = columns.Actions(world, [.. world.Choices.SelectMany(c => c)], choices, 1).to(rng.Device).repeat_interleave(draws, 0);
            var drawn = columns.ToData(model.RollOut(past.expand(choices * draws, 1, past.shape[2]), 1, rng, actions)).ToArray<float>();
            var values = drawn.Length / (choices * draws);
            for (var a = 0; a < choices; a++)
            {
                var found = new Dictionary<int, (int Count, double Sum)>();
                for (var i = a * draws; i < (a + 1) * draws; i++)
                {
                    var row = drawn.AsSpan(i * values, values);
                    columns.Read(row, next);
                    var (number, reward) = (world.Number(next), columns.Reward is { } place ? row[place] : world.Reward(state, world.Choices[a], next));
                    found[number] = found.GetValueOrDefault(number) is var (count, sum) ? (count + 1, sum + reward) : default;
                }

                table[(s * choices) + a] = [.. found.Select(f => (f.Key, (double)f.Value.Count / draws, f.Value.Sum / f.Value.Count))];
            }
        });
        return new(world, (s, a) => table[(s * choices) + a]);
    }

    /// <summary>The expected return from each state.</summary>
    public IReadOnlyList<double> Values { get; }

    /// <summary>The expected return from a state.</summary>
    public double From(ReadOnlySpan<double> state) => Values[_world.Number(state)];

    public void Begin(ulong seed)
    {
    }

    public double[] Act(IReadOnlyList<double[]> states, IReadOnlyList<double[]> actions) => _world.Choices[_best[_world.Number(states[^1])]];
}

namespace Likeness;

/// <summary>Episodes of actions at random in the worlds that have a name: rows [states, reward, actions], whose action leads to their state.</summary>
internal static class Experience
{
    private const int Held = 20;

    public static IReadOnlyList<DatasetEntry> Entries { get; } = [Entry(new CartPole(), 10, 31), Entry(new Pendulum(), 10, 32), Entry(new GridWorld(slip: 0), 100, 33)];

    private static DatasetEntry Entry(IEnvironment world, int episodes, ulong seed) => new(
        world.Name,
        $"{episodes} episodes of actions at random, computed: {world.Summary}; the size is the length of a window (default 2, a transition).",
        "computed, free of rights",
        Protocols.OfSignedSeries,
        (_, options) => Open(world, episodes, seed, options));

    private static MemoryDataset Open(IEnvironment world, int episodes, ulong seed, DataOptions options)
    {
        var (rows, ranges) = (new List<double>(), new List<SeriesRange>());
        var drawn = Enumerable.Range(0, episodes + (2 * Held)).Select(i =>
        {
            var random = new SplitMix64(SplitMix64.Key(seed, (ulong)i));
            return Episode.AtRandom(world, () => random.Uniform());
        }).ToArray();
        // What every step earns alike says nothing of the world.
        var rewards = drawn.SelectMany(e => e.Rewards).Distinct().Take(2).Count() > 1 ? 1 : 0;
        var width = world.States.Count + rewards + world.Actions.Count;
        for (var i = 0; i < drawn.Length; i++)
        {
            var from = rows.Count / width;
            for (var t = 0; t < drawn[i].States.Count; t++)
            {
                // What came before the first state is taken to be as at the first step.
                var step = Math.Max(t - 1, 0);
                rows.AddRange([.. drawn[i].States[t], .. drawn[i].Rewards.Skip(step).Take(rewards), .. drawn[i].Actions[step]]);
            }

            ranges.Add(new(from, rows.Count / width, Part: i < episodes ? Split.Train : i < episodes + Held ? Split.Validation : Split.Test));
        }

        string[] names = [.. world.States, .. Enumerable.Repeat("reward", rewards), .. world.Actions.Select(a => a.Name)];
        var series = new SeriesRows(world.Name, new(rows.ToArray(), [rows.Count / width, width]), names, ranges);
        return Windows.Of(series, options with { Size = options.Size ?? options.For?.Spec.Shape[0] ?? 2 }, world.Actions.Count, rewards);
    }
}

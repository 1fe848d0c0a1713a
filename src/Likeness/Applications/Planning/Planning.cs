using System.Globalization;

namespace Likeness;

/// <summary>Episodes of somebody who acts in a world.</summary>
public static class Planning
{
    /// <summary>Episodes one after the other. Their starts depend on the seed and on nothing else, so policies can be compared.</summary>
    public static IEnumerable<Episode> Act(IEnvironment world, IPolicy policy, int episodes, ulong seed)
    {
        for (var i = 0; i < episodes; i++)
        {
            var random = new SplitMix64(SplitMix64.Key(seed, (ulong)i, 3));
            policy.Begin(SplitMix64.Key(seed, (ulong)i));
            yield return Episode.In(world, policy.Act, () => random.Uniform());
        }
    }

    /// <summary>Writes what was done to a table with a row for each step: state, action, reward and the next state, whose names begin with next_. Where the file exists, rows are added to it.</summary>
    /// <exception cref="DataException">The file has other columns.</exception>
    public static void Log(string path, IEnvironment world, IReadOnlyList<Episode> episodes)
    {
        var header = string.Join(',', ["episode", .. world.States, .. world.Actions.Select(a => a.Name), "reward", .. world.States.Select(s => $"next_{s}")]);
        var first = 0;
        if (File.Exists(path))
        {
            var lines = File.ReadAllLines(path);
            if (lines is not [var found, ..] || found != header)
            {
                throw new DataException($"'{path}' does not begin with the line '{header}': give the name of a new file, or of one with transitions of that world.");
            }

            first = lines.Length < 2 ? 0 : 1 + int.Parse(lines[^1].Split(',')[0], NumberStyles.None, CultureInfo.InvariantCulture);
        }

        using var file = new StreamWriter(path, append: true);
        if (first == 0 && file.BaseStream.Length == 0)
        {
            file.WriteLine(header);
        }

        for (var i = 0; i < episodes.Count; i++)
        {
            var (states, actions, rewards) = episodes[i];
            for (var t = 0; t < actions.Count; t++)
            {
                double[] row = [.. states[t], .. actions[t], rewards[t], .. states[t + 1]];
                file.WriteLine($"{first + i},{string.Join(',', row.Select(v => v.ToString("R", CultureInfo.InvariantCulture)))}");
            }
        }
    }
}

namespace Likeness;

/// <summary>
/// How user files without splits of their own are divided: example i goes where a hash of i sends it, about 80 % to training,
/// 10 % to validation and 10 % to test. The same file is always divided in the same way, and adding rows at its end moves none.
/// </summary>
internal static class Allotment
{
    /// <summary>The indices of each split: training, validation, test.</summary>
    /// <param name="count">Examples in all.</param>
    /// <param name="options">Which may ask for all of them as the test split.</param>
    public static int[][] Of(int count, DataOptions options)
    {
        if (options.Whole)
        {
            return [[], [], [.. Enumerable.Range(0, count)]];
        }

        var splits = Enumerable.Range(0, count).ToLookup(Place);
        return [[.. splits[0]], [.. splits[1]], [.. splits[2]]];
    }

    /// <summary>The same by what each example shows, so that data sets of the same things are divided alike, whatever else they have.</summary>
    public static int[][] ByName(IReadOnlyList<string> names, DataOptions options)
    {
        if (options.Whole)
        {
            return Of(names.Count, options);
        }

        var subjects = Subjects(names);
        var splits = Enumerable.Range(0, names.Count).ToLookup(i => Place(Number(subjects[i])));
        return [[.. splits[0]], [.. splits[1]], [.. splits[2]]];
    }

    /// <summary>Which of so many domains a thing is learned from in, where each is to be seen in one only.</summary>
    public static int Domain(string subject, int domains) => new SplitMix64(SplitMix64.Key(1, Number(subject))).Below(domains);

    /// <summary>What each name is a variant of: the images in a folder X beside an image X show X once more, such as an emoji in other skin tones.</summary>
    public static string[] Subjects(IReadOnlyList<string> names)
    {
        var all = names.ToHashSet(StringComparer.Ordinal);
        return [.. names.Select(name =>
        {
            for (var end = name.IndexOf('/', StringComparison.Ordinal); end >= 0; end = name.IndexOf('/', end + 1))
            {
                if (all.Contains(name[..end]))
                {
                    return name[..end];
                }
            }

            return name;
        })];
    }

    // Fowler, Noll and Vo's hash, 64 bits.
    private static ulong Number(string name) => System.Text.Encoding.UTF8.GetBytes(name).Aggregate(14695981039346656037, (hash, b) => unchecked((hash ^ b) * 1099511628211));

    private static int Place(int index) => Place((ulong)index);

    private static int Place(ulong number) => new SplitMix64(SplitMix64.Key(0, number)).Below(10) switch
    {
        < 8 => 0,
        8 => 1,
        _ => 2,
    };
}

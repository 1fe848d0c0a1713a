namespace Likeness;

/// <summary>
/// How user files without splits of their own are divided: of every ten examples that follow each other, eight go to training, one to validation
/// and one to test; a hash says which. The same file is always divided in the same way, and adding rows at its end moves none.
/// </summary>
internal static class Allotment
{
    private const int Block = 10;

    // Of one row nothing can be learned, and of so many two are for training.
    private const int LeastTraining = 2;
    private const int LeastRows = 4;

    /// <summary>The indices of each split: training, validation, test.</summary>
    /// <param name="count">Examples in all.</param>
    /// <param name="options">Which may ask for all of them as the test split.</param>
    public static int[][] Of(int count, DataOptions options)
    {
        if (options.Whole)
        {
            return [[], [], [.. Enumerable.Range(0, count)]];
        }

        var splits = new List<int>[] { [], [], [] };
        var order = new int[Block];
        for (var i = 0; i < count; i++)
        {
            if (i % Block == 0)
            {
                new SplitMix64(SplitMix64.Key(0, (ulong)(i / Block))).Permute(order);
            }

            // Of three or more examples every part has one: the first block is in a fixed order.
            var place = i < Block ? i switch { 1 => 9, 2 => 8, 8 => 1, 9 => 2, _ => i } : order[i % Block];
            splits[place switch { < 8 => 0, 8 => 1, _ => 2 }].Add(i);
        }

        return Array.ConvertAll(splits, s => s.ToArray());
    }

    /// <summary>The same where some are divided already.</summary>
    public static int[][] Of(int count, IReadOnlyList<Split>? parts, DataOptions options) =>
        parts is null ? Of(count, options) : Array.ConvertAll(Enum.GetValues<Split>(), split => Enumerable.Range(0, count).Where(i => parts[i] == split).ToArray());

    /// <summary>What is wrong with a table that has too few rows to learn from; null where it has enough.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="rows">In all parts.</param>
    /// <param name="training">Those of the training part.</param>
    public static DataException? TooFew(string name, int rows, int training) => training >= LeastTraining ? null
        : new(rows < LeastRows ? $"'{name}' has {Counted.Of(rows, "row")}, too few to learn from: give at least {LeastRows}, of which {LeastTraining} are then for training."
            : $"'{name}' has {Counted.Of(rows, "row")}, and {(training == 0 ? "none" : "only one")} of them for training: give at least {LeastTraining} to learn from.")
        {
            IsOfRows = true,
        };

    /// <summary>The same by what each example shows, so data sets of the same things are divided alike, whatever else they have.</summary>
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

    private static int Place(ulong number) => new SplitMix64(SplitMix64.Key(0, number)).Below(10) switch
    {
        < 8 => 0,
        8 => 1,
        _ => 2,
    };
}

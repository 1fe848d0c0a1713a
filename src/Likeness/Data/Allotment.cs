namespace Likeness.Data;

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

    private static int Place(int index) => new SplitMix64(SplitMix64.Key(0, (ulong)index)).Below(10) switch
    {
        < 8 => 0,
        8 => 1,
        _ => 2,
    };
}

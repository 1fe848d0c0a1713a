namespace Likeness;

/// <summary>Parts of data sets as people write them.</summary>
public static class SplitWords
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Enum.GetValues<Split>().Select(s => s.Word())];

    /// <exception cref="UsageException">There is no such part.</exception>
    public static Split Parse(string word) => All.Contains(word)
        ? Enum.GetValues<Split>().First(s => s.Word() == word)
        : throw UsageException.Unknown("split", word, All);

    /// <summary>For example "train".</summary>
    public static string Word(this Split split) => split switch
    {
        Split.Train => "train",
        Split.Validation => "validation",
        _ => "test",
    };
}

namespace Likeness;

/// <summary>The files that examples were read from, where each has one of its own: the pictures of a folder or an archive.</summary>
/// <param name="Names">Below the folder or the archive; one per example.</param>
public sealed record ExampleFiles(IReadOnlyList<string> Names)
{
    public string this[int example] => Names[example];

    /// <summary>The first examples' of a split; null where examples are rows of one file.</summary>
    /// <param name="data">Whose examples.</param>
    /// <param name="split">Which of them.</param>
    /// <param name="limit">At most so many.</param>
    public static ExampleFiles? Of(IDataset data, Split split, int limit = int.MaxValue)
    {
        var names = Enumerable.Range(0, Math.Min(limit, data.Count(split))).Select(i => data.FileOf(split, i)).ToList();
        return names.Count > 0 && names.TrueForAll(n => n is not null) ? new([.. names.Select(n => n!)]) : null;
    }

    /// <summary>A name as a cell of a table, ready to be joined to others by a comma.</summary>
    public string Cell(int example) => CsvText.Quoted(Names[example]);
}

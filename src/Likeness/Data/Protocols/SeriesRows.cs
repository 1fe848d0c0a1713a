namespace Likeness;

/// <summary>One series among others: rows that follow each other in time.</summary>
/// <param name="From">Its first row.</param>
/// <param name="To">The row behind its last.</param>
/// <param name="Class">The number of its class; −1 for none.</param>
/// <param name="Part">The split that its file puts it in; null where it is to be divided.</param>
internal readonly record struct SeriesRange(int From, int To, int Class = -1, Split? Part = null)
{
    public int Length => To - From;
}

/// <summary>Series below each other, each in the order of time.</summary>
/// <param name="Name">What messages call them.</param>
/// <param name="Values">[rows, columns]; NaN where a value is missing.</param>
/// <param name="Names">Of the columns; null where there are none.</param>
/// <param name="Series">Where each begins and ends.</param>
internal sealed record SeriesRows(string Name, NumericArray Values, IReadOnlyList<string>? Names, IReadOnlyList<SeriesRange> Series)
{
    /// <summary>The names of the classes; null where there are none.</summary>
    public IReadOnlyList<string>? Classes { get; init; }

    /// <summary>What the user should know about how they were read, a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Where a row stands, for messages.</summary>
    public Func<int, string> Place { get; init; } = row => $"row {row} (counted from 0)";

    /// <summary>One series of which nothing else is known.</summary>
    public static SeriesRows Of(string name, NumericArray values, IReadOnlyList<string>? names) => new(name, values, names, [new(0, values.Rows)]);

    /// <summary>How long the series are, for messages.</summary>
    public string Lengths => Series.Min(s => s.Length) is var shortest && Series.Max(s => s.Length) is var longest && shortest == longest ? $"{longest}" : $"{shortest} to {longest}";

    /// <summary>Rows in which a value is missing.</summary>
    public bool[] Gaps()
    {
        var gaps = new bool[Values.Rows];
        foreach (var i in Values.NotFinite())
        {
            gaps[i / Values.RowLength] = true;
        }

        return gaps;
    }
}

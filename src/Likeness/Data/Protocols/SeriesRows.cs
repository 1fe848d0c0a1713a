namespace Likeness;

/// <summary>One series among others: rows that follow each other in time.</summary>
/// <param name="From">Its first row.</param>
/// <param name="To">The row behind its last.</param>
/// <param name="Class">The number of its class; −1 for none.</param>
/// <param name="Part">The split that its file puts it in; null where it is to be divided.</param>
/// <param name="Name">What its file calls it; null where it has no name.</param>
internal readonly record struct SeriesRange(int From, int To, int Class = -1, Split? Part = null, SeriesName? Name = null)
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
    // The cells of Dates, of which parts are handed out.
    private string[]? _dates;

    /// <summary>The names of the classes; null where there are none.</summary>
    public IReadOnlyList<string>? Classes { get; init; }

    /// <summary>The static features whose channels are the last columns; null where there are none.</summary>
    public IReadOnlyList<DataStatic>? Statics { get; init; }

    /// <summary>How many of the last columns these are.</summary>
    public int StaticChannels => Statics?.Sum(s => s.Channels) ?? 0;

    /// <summary>The dates of the rows; null where there are none.</summary>
    public StepDates? Dates { get; init; }

    /// <summary>What the user should know about how they were read, a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Where a row stands, for messages.</summary>
    public Func<int, string> Place { get; init; } = row => $"row {row} (counted from 0)";

    /// <summary>One series of which nothing else is known.</summary>
    public static SeriesRows Of(string name, NumericArray values, IReadOnlyList<string>? names) => new(name, values, names, [new(0, values.Rows)]);

    /// <summary>How long the series are, for messages.</summary>
    public string Lengths => Series.Min(s => s.Length) is var shortest && Series.Max(s => s.Length) is var longest && shortest == longest ? $"{longest}" : $"{shortest} to {longest}";

    /// <summary>The series that a row is of.</summary>
    public SeriesRange At(int row)
    {
        var (low, high) = (0, Series.Count - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = row < Series[middle].To ? (low, middle) : (middle + 1, high);
        }

        return Series[low];
    }

    /// <summary>The dates of a series up to the row before this one.</summary>
    public StepDates DatesTo(int end)
    {
        var first = At(end - 1).From;
        return Dates! with { Cells = new ArraySegment<string>(_dates ??= [.. Dates!.Cells], first, end - first) };
    }

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

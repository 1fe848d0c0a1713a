namespace Likeness;

/// <summary>Rows of numbers of a user's own, with what their file says about each.</summary>
/// <param name="Name">What messages call it: the file.</param>
/// <param name="Values">The first dimension counts the rows.</param>
/// <param name="Columns">Their names; null where the file has none.</param>
internal sealed record Sheet(string Name, NumericArray Values, IReadOnlyList<string>? Columns)
{
    /// <summary>The class of each row, "" for none; null where there are no classes.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>Of an image [channels, height, width]; null where the file does not say.</summary>
    public IReadOnlyList<int>? Shape { get; init; }

    /// <summary>What the values are; null where the file does not say.</summary>
    public Domain? Domain { get; init; }

    /// <summary>The series of each row; null where all are of one.</summary>
    public IReadOnlyList<string>? Series { get; init; }

    /// <summary>The column that names the series; null where their file does not name them.</summary>
    public string? SeriesColumn { get; init; }

    /// <summary>The columns that are the same in all rows of a series, as they are written.</summary>
    public IReadOnlyList<StaticCells> StaticCells { get; init; } = [];

    /// <summary>The static features whose channels are the last columns of the values.</summary>
    public IReadOnlyList<DataStatic>? Statics { get; init; }

    /// <summary>The dates of the rows; null where there are none.</summary>
    public StepDates? Dates { get; init; }

    /// <summary>Whether the rows are steps of series, whatever the protocol.</summary>
    public bool IsSeries { get; init; }

    /// <summary>The split of each row; null where they are to be divided.</summary>
    public IReadOnlyList<Split>? Parts { get; init; }

    /// <summary>The line of each row, counted from 1; none where there are no lines.</summary>
    public IReadOnlyList<int> Lines { get; init; } = [];

    /// <summary>What the user should know about how it was read, a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    // Between the number of a file and the name of a series in it; no name has it.
    private const char OfFile = '\u001F';

    public int Rows => Values.Rows;

    /// <summary>The name of a row's series as its file has it; null where the file does not name it.</summary>
    public string? SeriesName(int row) => SeriesColumn is null ? null : Series?[row] is { } name ? name[(name.IndexOf(OfFile) + 1)..] : null;

    /// <summary>The rows of a text.</summary>
    /// <param name="path">The file.</param>
    /// <param name="table">Its content.</param>
    /// <param name="only">COLUMN=VALUE that the rows must have; null for all rows.</param>
    public static Sheet Of(string path, TextTable table, string? only)
    {
        var sheet = new Sheet(path, table.Values, table.Columns)
        {
            Labels = table.Labels is null ? null : ClassLabels.Cells(path, table.Labels, table.Lines),
            Series = table.Series,
            SeriesColumn = table.SeriesColumn,
            Dates = table.Dates,
            StaticCells = table.Statics,
            Lines = table.Lines,
            Notes = table.Notes,
        };
        sheet = sheet with { Parts = table.Splits?.Select((word, row) => SplitOf(word, sheet, row)).ToArray() };
        if (table.Only is not { } cells || only?.Split('=', 2) is not [var column, var value])
        {
            return sheet;
        }

        var rows = Enumerable.Range(0, sheet.Rows).Where(i => ClassLabels.IsSame(cells[i], value)).ToArray();
        return rows.Length > 0 ? sheet.Choose(rows) : throw new DataException(
            $"No row of '{path}' has '{value}' in its column '{column}': it holds {string.Join(", ", cells.Distinct().Take(8).Select(c => $"'{c}'"))}; choose one of its values.");
    }

    /// <summary>Where a row stands, for messages.</summary>
    public string Place(int row) => Lines.Count > row ? $"line {Lines[row]}" : $"row {row} (counted from 0)";

    public Sheet Choose(IReadOnlyList<int> rows) => this with
    {
        Values = Values.Choose(rows),
        Labels = OfRows(Labels, rows),
        Series = OfRows(Series, rows),
        StaticCells = [.. StaticCells.Select(s => s with { Cells = OfRows(s.Cells, rows)! })],
        Dates = Dates is { } dates ? dates with { Cells = OfRows(dates.Cells, rows)! } : null,
        Parts = Parts is { } parts ? [.. rows.Select(i => parts[i])] : null,
        Lines = Lines.Count > 0 ? [.. rows.Select(i => Lines[i])] : [],
    };

    /// <summary>Several files as one data set of three splits.</summary>
    /// <exception cref="DataException">Their columns differ.</exception>
    public static Sheet Joined(IReadOnlyList<(Split Split, Sheet Sheet)> files)
    {
        var first = files[0].Sheet;
        var known = first.Values.Shape.Count <= 2 ? DataFit.Of(first.Columns, first.Values.RowLength) : DataFit.None;
        var parts = files.Select(f => known.Columns.Count == 0 ? f.Sheet.Values
            : f.Sheet.Values.Columns(KnownColumns.Places(f.Sheet.Name, f.Sheet.Columns, f.Sheet.Values.RowLength, known))).ToArray();
        return first with
        {
            Values = NumericCells.Joined(first.Name, parts),
            Labels = files.All(f => f.Sheet.Labels is null) ? null : [.. files.SelectMany(f => f.Sheet.Labels ?? Enumerable.Repeat("", f.Sheet.Rows))],
            // A series ends with its file.
            Series = [.. files.SelectMany((f, i) => f.Sheet.Series?.Select(s => $"{i}{OfFile}{s}") ?? Enumerable.Repeat($"{i}", f.Sheet.Rows))],
            StaticCells = [.. first.StaticCells.Select(s => s with { Cells = [.. files.SelectMany(f => f.Sheet.StaticCells.First(o => o.Name == s.Name).Cells)] })],
            Dates = files.All(f => f.Sheet.Dates?.Name == first.Dates?.Name) && first.Dates is { } dates ? dates with { Cells = [.. files.SelectMany(f => f.Sheet.Dates!.Cells)] } : null,
            Parts = [.. files.SelectMany(f => Enumerable.Repeat(f.Split, f.Sheet.Rows))],
            Lines = [],
            Notes = [.. files.SelectMany(f => f.Sheet.Notes)],
        };
    }

    /// <summary>The part that a word names; null for other words.</summary>
    public static Split? SplitOf(string word) => word.ToLowerInvariant() switch
    {
        "train" or "training" => Split.Train,
        "validation" or "valid" or "val" or "dev" => Split.Validation,
        "test" or "testing" => Split.Test,
        _ => null,
    };

    private static Split SplitOf(string word, Sheet sheet, int row) => SplitOf(word) ?? throw new DataException(
        $"'{sheet.Name}' has '{word}' for a split in {sheet.Place(row)}: write train, validation or test.");

    private static IReadOnlyList<string>? OfRows(IReadOnlyList<string>? cells, IReadOnlyList<int> rows) => cells is null ? null : [.. rows.Select(i => cells[i])];
}

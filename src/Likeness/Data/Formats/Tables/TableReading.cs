namespace Likeness;

/// <summary>How the text of a table is read.</summary>
internal sealed record TableReading
{
    /// <summary>What the user says about the columns.</summary>
    public TableOptions Options { get; init; } = new();

    /// <summary>Whether cells of numbers may be missing, and become NaN.</summary>
    public bool Missing { get; init; }

    /// <summary>Whether rows follow each other in time, so a blank line is a row in which all is missing.</summary>
    public bool Steps { get; init; }

    /// <summary>The columns of the model that the table is for; null where it is for none, or they have no names.</summary>
    public IReadOnlyList<string>? Known { get; init; }

    /// <summary>Whether the table is for a model: then columns that the user named for its training need not be there.</summary>
    public bool IsOther { get; init; }

    /// <summary>Whether every column is one of numbers, whatever it is called.</summary>
    public bool NumbersOnly { get; init; }

    /// <summary>How a user's file is read.</summary>
    public static TableReading Of(DataOptions options) => new()
    {
        Options = options.Table ?? new(),
        Missing = IsSeries(options) || options.Table is { RowsAreSeries: true } or { OfWorld: true },
        Steps = IsSeries(options),
        Known = options.For?.Fit is { Named: true } fit ? [.. fit.Moving.Names] : null,
        IsOther = options.For is not null,
    };

    private static bool IsSeries(DataOptions options) => options.Protocol is { } protocol && Protocols.OfSeries.Contains(protocol);
}

/// <summary>What each column of a table is.</summary>
internal sealed class TableColumns
{
    private static readonly string[] s_labels = ["label", "class"];

    private readonly int[] _words;
    private readonly bool[] _values;

    /// <param name="file">What messages call it.</param>
    /// <param name="names">Of the columns, as they are or x1, x2, …</param>
    /// <param name="named">Whether the file names them.</param>
    /// <param name="reading">What the user says about them.</param>
    /// <param name="row">The first row, where it is known.</param>
    /// <exception cref="UsageException">A column that is named is not there, or none is left.</exception>
    public TableColumns(string file, IReadOnlyList<string> names, bool named, TableReading reading, IReadOnlyList<string>? row)
    {
        Names = names;
        var options = reading.Options;
        _words = [Find(options.LabelColumn), Find(options.SplitColumn), Find(options.SeriesColumn), Find(options.Only?.Split('=', 2)[0])];
        if (_words[0] < 0 && options.LabelColumn is null && named && names.Count > 1 && !reading.NumbersOnly)
        {
            _words[0] = Array.FindIndex([.. names], n => !_words.Contains(names.ToList().IndexOf(n)) && s_labels.Contains(n.ToLowerInvariant()) && reading.Known?.Contains(n) != true && !options.Drop.Contains(n));
        }

        var (chosen, dropped) = (options.Columns.Select(Find).ToHashSet(), options.Drop.Select(Find).ToHashSet());
        int[] statics = [.. options.Static.Select(Static)];
        var time = reading.Steps && row is not null ? TimeStamps.Column(row) : -1;
        _words = [.. _words, _words.Contains(time) || dropped.Contains(time) || chosen.Contains(time) ? -1 : time, .. statics];
        _values = [.. names.Select((_, i) => !_words.Contains(i) && !dropped.Contains(i) && (options.Columns.Count == 0 || chosen.Contains(i)))];
        Values = _values.Count(v => v);
        if (Values == 0)
        {
            throw new UsageException($"No column of numbers is left of '{file}' ({string.Join(", ", names.Take(20))}): choose or leave out fewer columns.");
        }

        int Static(string name) => Find(name) is >= 0 and var place ? place : throw new DataException(
            $"'{file}' has no column '{name}' (it has {string.Join(", ", names.Take(20))}), and the model is told this static feature of each series: add the column.");

        int Find(string? name)
        {
            var place = name is null ? -1 : names.ToList().IndexOf(name);
            return place >= 0 || name is null || reading.IsOther ? place : throw UsageException.Unknown($"column of '{file}'", name, names);
        }
    }

    public IReadOnlyList<string> Names { get; }

    /// <summary>How many columns hold values.</summary>
    public int Values { get; }

    /// <summary>Whether every column holds values.</summary>
    public bool AllValues => Values == Names.Count;

    public IReadOnlyList<string> ValueNames => [.. Names.Where((_, i) => _values[i])];

    public bool IsValue(int column) => _values[column];

    /// <summary>How their cells stand in a line.</summary>
    public TableLayout Layout(char separator) => new(separator, Names.Count, [.. Enumerable.Range(0, Names.Count).Where(IsValue)]);

    /// <summary>Whether the words of a column are kept.</summary>
    public bool IsWord(int column) => _words.Contains(column);

    /// <summary>The columns of static features, and the place of each among these and the values.</summary>
    public IReadOnlyList<(int Column, int Place)> Statics => [.. _words.Skip(5).Select(c => (c, Enumerable.Range(0, c).Count(i => _values[i] || _words.Skip(5).Contains(i))))];

    /// <summary>The columns of labels, splits, series, the one that chooses rows, and that of time stamps; −1 where there is none.</summary>
    public (int Label, int Split, int Series, int Only, int Time) Words => (_words[0], _words[1], _words[2], _words[3], _words[4]);
}

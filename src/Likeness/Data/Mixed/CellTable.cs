using System.Data;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Likeness;

/// <summary>A table as its cells are written, whatever they hold.</summary>
/// <param name="Name">What messages call it.</param>
/// <param name="Columns">Their names, or x1, x2, …</param>
/// <param name="Named">Whether the file names them.</param>
/// <param name="Rows">One cell for each column.</param>
internal sealed record CellTable(string Name, IReadOnlyList<string> Columns, bool Named, IReadOnlyList<string[]> Rows)
{
    private const int MostColumns = 4096;

    /// <summary>The line of each row, counted from 1; none where there are no lines.</summary>
    public IReadOnlyList<int> Lines { get; init; } = [];

    /// <summary>The split of each row; null where they are to be divided.</summary>
    public IReadOnlyList<Split>? Parts { get; init; }

    /// <summary>Whether it is what a database was asked: its file then says little about the rows.</summary>
    public bool IsAsked { get; init; }

    /// <summary>The columns that a model knows and the file does not have, in whose place cells are empty.</summary>
    public IReadOnlyList<string> Lacking { get; private init; } = [];

    /// <summary>The columns that the file has, where those of a model were chosen among them.</summary>
    public IReadOnlyList<string> Found { get; private init; } = [];

    /// <summary>Where a row stands, for messages.</summary>
    public string Place(int row) => Lines.Count > row ? $"line {Lines[row]}" : $"row {row + 1}";

    /// <summary>Reads a table of any kind, or what is asked of a database, and chooses columns and rows.</summary>
    /// <inheritdoc cref="Choose"/>
    public static CellTable Read(string path, TableOptions options, IReadOnlyList<string>? known, bool? header) =>
        (SqliteCells.Reads(path) ? SqliteCells.Read(path, options.Query, c => known?.Contains(c) ?? (!options.Drop.Contains(c) && (options.Columns.Count == 0 || options.Columns.Contains(c)))) : Read(path, header)).Choose(options, known);

    /// <summary>Whether a file is a table that such cells are read from.</summary>
    public static bool Reads(string path) => SheetFiles.Ending(path) is ".csv" or ".tsv" or ".txt" or ".data" or ".parquet" || SqliteCells.Reads(path);

    /// <summary>Reads a text table or a Parquet file.</summary>
    /// <exception cref="DataException">It is damaged, or its rows differ in length.</exception>
    public static CellTable Read(string path, bool? header)
    {
        if (SheetFiles.Ending(path) == ".parquet")
        {
            return ParquetCells.Read(path);
        }

        using var file = BoundedReader.Open(path);
        var (rows, lines, separator) = (new List<string[]>(), new List<int>(), '\0');
        new TextLines(file).Each((bytes, line) =>
        {
            var text = Encoding.UTF8.GetString(bytes).TrimEnd('\r');
            if (text.Trim().Length == 0 && (rows.Count == 0 || rows[0].Length > 1))
            {
                return;
            }

            separator = separator != '\0' ? separator : Separator(text);
            string[] cells = [.. CsvText.Cells(text, separator).Select(c => c.Trim())];
            if (cells.Length > MostColumns || (rows.Count > 0 && cells.Length != rows[0].Length))
            {
                throw new DataException(cells.Length > MostColumns ? $"'{path}' has {Counted.Of(cells.Length, "column")} in line {line}, more than the {MostColumns} that a table may have: it is no table, or its separator is none of , ; tab |."
                    : $"'{path}' cannot be read as a table: line {line} has {Counted.Of(cells.Length, "cell")} and the first one {rows[0].Length}; give every row as many.");
            }

            rows.Add(cells);
            lines.Add(line);
        });
        if (rows.Count == 0)
        {
            throw new DataException($"'{path}' is empty: a table needs at least one row.") { IsOfRows = true };
        }

        var named = header ?? IsHeader(rows);
        return named && rows.Count == 1 ? throw new DataException($"'{path}' has a header and no rows: give at least one row below it.") { IsOfRows = true }
            : named ? Of(path, rows[0], [.. rows.Skip(1)], [.. lines.Skip(1)])
            : new(path, [.. rows[0].Select((_, i) => $"x{i + 1}")], Named: false, rows) { Lines = lines };
    }

    /// <summary>The rows that a query of a database returns.</summary>
    public static CellTable Of(string name, IDataReader reader)
    {
        string[] columns = [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)];
        var rows = new List<string[]>();
        while (reader.Read())
        {
            rows.Add([.. columns.Select((_, i) => reader.IsDBNull(i) ? "" : Cell(reader.GetValue(i)))]);
        }

        return rows.Count > 0 ? Of(name, columns, rows, []) : throw new DataException($"The query '{name}' returns no rows: a table needs at least one.");
    }

    /// <summary>A value as a cell.</summary>
    public static string Cell(object? value) => value switch
    {
        null or DBNull => "",
        bool b => b ? "true" : "false",
        DateTimeOffset d => Cell(d.UtcDateTime),
        DateTime d => d.ToString(d.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture),
        DateOnly d => d.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        float f => f.ToString("R", CultureInfo.InvariantCulture),
        double f => f.ToString("R", CultureInfo.InvariantCulture),
        byte[] bytes => Convert.ToHexString(bytes),
        _ => (Convert.ToString(value, CultureInfo.InvariantCulture) ?? "").Trim(),
    };

    /// <summary>Rows under these names, which must differ.</summary>
    public static CellTable Of(string name, IReadOnlyList<string> columns, IReadOnlyList<string[]> rows, IReadOnlyList<int> lines) =>
        columns.GroupBy(c => c).FirstOrDefault(g => g.Skip(1).Any()) is { } twice
            ? throw new DataException($"'{name}' has {Counted.Of(twice.Count(), "column")} called '{twice.Key}': name each once.")
            : new(name, [.. columns.Select((c, i) => c.Length == 0 ? $"x{i + 1}" : c)], Named: true, rows) { Lines = lines };

    /// <summary>Only some of the columns and rows, as the user says.</summary>
    /// <param name="options">What is said about columns and rows.</param>
    /// <param name="known">The columns that a model knows, which alone are kept, in its order; null where the table is for none.</param>
    /// <exception cref="LikenessException">A column is not there.</exception>
    public CellTable Choose(TableOptions options, IReadOnlyList<string>? known)
    {
        var table = this;
        if (options.SplitColumn is { } split && (known is null || Columns.Contains(split)))
        {
            var place = Find(split);
            table = table with { Parts = [.. Rows.Select((r, i) => Sheet.SplitOf(r[place]) ?? throw new DataException($"'{Name}' has '{r[place]}' for a split in {Place(i)}: write train, validation or test."))] };
        }

        if (known is null && options.Only?.Split('=', 2) is [var column, var value])
        {
            var place = Find(column);
            var rows = Enumerable.Range(0, Rows.Count).Where(i => Rows[i][place] == value).ToArray();
            table = rows.Length > 0 ? table.Keep(rows) : throw new DataException(
                $"No row of '{Name}' has '{value}' in its column '{column}': it holds {string.Join(", ", Rows.Select(r => r[place]).Distinct().Take(8).Select(c => $"'{c}'"))}; choose one of its values.");
            options = options with { Drop = [.. options.Drop, column] };
        }

        var kept = known is not null ? [.. known.Select(Known)]
            : Enumerable.Range(0, Columns.Count).Where(i => Columns[i] != options.SplitColumn && !options.Drop.Select(Find).Contains(i) && (options.Columns.Count == 0 || options.Columns.Select(Find).Contains(i))).ToArray();
        return kept.Length == 0 ? throw new UsageException($"No column is left of '{Name}' ({string.Join(", ", Columns.Take(20))}): choose or leave out fewer columns.")
            : table with { Lacking = [.. kept.Zip(known ?? []).Where(p => p.First < 0).Select(p => p.Second)], Found = known is null ? [] : Columns, Columns = [.. kept.Select(i => i < 0 ? known![Array.IndexOf(kept, i)] : Columns[i])], Rows = [.. table.Rows.Select(r => kept.Select(i => i < 0 ? "" : r[i]).ToArray())] };

        // Columns that a model does not see may be missing; the coding tells which matter.
        int Known(string name) => Named ? Columns.ToList().IndexOf(name) : int.TryParse(name.AsSpan(1), out var place) && place <= Columns.Count ? place - 1 : known.ToList().IndexOf(name) is var same && same < Columns.Count ? same : -1;
    }

    /// <summary>Refuses a table without columns that a model sees; others do not matter.</summary>
    /// <param name="schema">The model's columns.</param>
    /// <param name="own">The data that they are of; null where that is not known.</param>
    /// <param name="fills">Whether empty cells are to be filled.</param>
    /// <exception cref="DataException">One is missing.</exception>
    public CellTable WithAllOf(TableSchema schema, string? own, bool fills = false)
    {
        var seen = new TableCoding(schema).Owners.Distinct().ToList();
        var missing = Lacking.Intersect(seen).ToList();
        return missing.Count == 0 ? this : throw new DataException(
            $"'{Name}' lacks {missing.Count} of the {Counted.Of(seen.Count, "column")} {(own is null ? "that the model knows" : own == Name ? "that it had when the model learned from it" : $"of '{own}'")} ({Listed(missing)}): "
            + $"it has {Listed(Found)}, and needed are {Listed(seen)}; {(fills ? "name its columns so, and add those that are to be completed with empty cells" : "give a table with these columns, in any order")}.");

        static string Listed(IReadOnlyList<string> names) => string.Join(", ", names.Take(8)) + (names.Count > 8 ? ", …" : "");
    }

    /// <summary>What tells the rows from changed ones: a hash of all cells.</summary>
    public string Print()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var row in Rows.Prepend([.. Columns]))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{string.Join('\u001f', row)}\u001e"));
        }

        return $"rows:{Convert.ToHexStringLower(hash.GetHashAndReset())}";
    }

    private int Find(string name) => Columns.ToList().IndexOf(name) is >= 0 and var place ? place : throw UsageException.Unknown($"column of '{Name}'", name, Columns);

    private CellTable Keep(IReadOnlyList<int> rows) => this with
    {
        Rows = [.. rows.Select(i => Rows[i])], Lines = Lines.Count > 0 ? [.. rows.Select(i => Lines[i])] : [], Parts = Parts is { } parts ? [.. rows.Select(i => parts[i])] : null,
    };

    // What most of the first line is separated by.
    private static char Separator(string line) => ",;\t|".MaxBy(c => CsvText.Cells(line, c).Count);

    // A first line without numbers whose words are not those of the rows below.
    private static bool IsHeader(List<string[]> rows)
    {
        var first = rows[0];
        if (first.Distinct().Count() < first.Length || Array.Exists(first, c => c.Length == 0 || double.TryParse(c, NumberStyles.Float, CultureInfo.InvariantCulture, out _)))
        {
            return false;
        }

        var below = rows.Skip(1).Take(1000).ToArray();
        return below.Length == 0 || !Enumerable.Range(0, first.Length).Any(c => Array.Exists(below, r => r[c] == first[c]));
    }
}

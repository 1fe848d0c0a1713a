namespace Likeness;

/// <summary>
/// The table beside a folder of images (`metadata.csv`, or `metadata.jsonl` with a JSON object on each line): column `file_name`, and any of `text` (a caption), `label`, `split`
/// (train, validation, test) and further columns, which are attributes.
/// </summary>
/// <param name="Columns">All column names, in order.</param>
/// <param name="Rows">The cells of each row, as many as there are columns.</param>
public sealed record Metadata(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    private const int LongestCell = 1 << 20;

    /// <summary>Reads a metadata table, gzipped or not.</summary>
    /// <exception cref="DataException">The table has no file_name column, is damaged, or its rows differ in length.</exception>
    public static Metadata Read(Stream stream, string name, long limit = BoundedReader.DefaultLimit)
    {
        using var file = new BoundedReader(stream, name, limit);
        return Read(file);
    }

    /// <inheritdoc cref="Read(Stream, string, long)"/>
    public static Metadata Read(string path)
    {
        using var file = BoundedReader.Open(path);
        return Read(file);
    }

    /// <summary>The cells of a column; null where there is none of that name.</summary>
    public IReadOnlyList<string>? Column(string name)
    {
        for (var i = 0; i < Columns.Count; i++)
        {
            if (Columns[i] == name)
            {
                return [.. Rows.Select(row => row[i])];
            }
        }

        return null;
    }

    private static Metadata Read(BoundedReader file)
    {
        if (file.Name.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase))
        {
            return MetadataLines.Read(file);
        }

        var rows = new List<IReadOnlyList<string>>();
        IReadOnlyList<string>? columns = null;
        foreach (var (line, cells) in CsvText.Rows(file))
        {
            if (cells.Any(c => c.Length > LongestCell))
            {
                throw new DataException($"'{file.Name}' is damaged near line {line}: it is not a CSV table with cells of at most {LongestCell} characters.");
            }

            if (columns is null)
            {
                columns = cells;
            }
            else if (cells.Count == columns.Count)
            {
                rows.Add(cells);
            }
            else
            {
                throw file.Damaged($"line {line} has {Counted.Of(cells.Count, "column")} and the header {columns.Count}", "make the lines agree");
            }
        }

        return columns?.Contains("file_name") == true
            ? new(columns, rows)
            : throw new DataException($"'{file.Name}' has no column 'file_name' (it has {string.Join(", ", columns ?? ["nothing"])}): name each row's image there.");
    }
}

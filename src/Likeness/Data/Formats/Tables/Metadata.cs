using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace Likeness;

/// <summary>
/// The table beside a folder of images (`metadata.csv`): column `file_name`, and any of `text` (a caption), `label`, `split`
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
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            BadDataFound = null,
            MaxFieldSize = LongestCell,
            TrimOptions = TrimOptions.Trim,
        };
        using var text = new StreamReader(new BoundedStream(file));
        using var parser = new CsvParser(text, configuration);
        var rows = new List<IReadOnlyList<string>>();
        string[]? columns = null;
        try
        {
            while (parser.Read())
            {
                var cells = parser.Record!;
                if (columns is null)
                {
                    columns = cells;
                }
                else if (cells.Length == columns.Length)
                {
                    rows.Add(cells);
                }
                else
                {
                    throw file.Damaged($"line {parser.RawRow} has {cells.Length} columns and the header {columns.Length}", "make the lines agree");
                }
            }
        }
        catch (CsvHelperException e)
        {
            throw new DataException($"'{file.Name}' is damaged near line {parser.RawRow}: it is not a CSV table with cells of at most {LongestCell} characters.", e);
        }

        return columns?.Contains("file_name") == true
            ? new(columns, rows)
            : throw new DataException($"'{file.Name}' has no column 'file_name' (it has {string.Join(", ", columns ?? ["nothing"])}): name each row's image there.");
    }
}

/// <summary>A bounded reader as the stream that text readers want.</summary>
internal sealed class BoundedStream(BoundedReader file) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer) => file.Read(buffer);

    public override int Read(byte[] buffer, int offset, int count) => file.Read(buffer.AsSpan(offset, count));

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

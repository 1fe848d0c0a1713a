using System.Globalization;
using System.Text;

namespace Likeness;

/// <summary>
/// Numbers in text, one row a line: CSV (commas, semicolons or tabs, with or without a header line), `.data` and `.amat`
/// (blanks). The separator is the first of comma, semicolon, tab and blank that the first line has. Lines that begin with # before the table are
/// comments. The first line is a header when its cells are words; when only some are, and a number stands below one of them; and when it counts up in
/// whole numbers, such as years, while no row below is all of whole numbers.
/// </summary>
/// <param name="Columns">The header, where there is one.</param>
/// <param name="Values">[rows, columns]; stored as bytes when every value is an integer 0 … 255, else in double precision.</param>
public sealed record TextTable(IReadOnlyList<string>? Columns, NumericArray Values)
{
    /// <summary>The cells of the column of classes; null where there is none.</summary>
    internal IReadOnlyList<string>? Labels { get; init; }

    /// <summary>The cells of the column that divides the rows.</summary>
    internal IReadOnlyList<string>? Splits { get; init; }

    /// <summary>The cells of the column that tells series apart.</summary>
    internal IReadOnlyList<string>? Series { get; init; }

    /// <summary>The name of that column; null where there is none.</summary>
    internal string? SeriesColumn { get; init; }

    /// <summary>The cells of the columns of static features.</summary>
    internal IReadOnlyList<StaticCells> Statics { get; init; } = [];

    /// <summary>The column of dates beside the steps of series.</summary>
    internal StepDates? Dates { get; init; }

    /// <summary>The cells of the column that rows are chosen by.</summary>
    internal IReadOnlyList<string>? Only { get; init; }

    /// <summary>How its cells stand in the lines.</summary>
    internal TableLayout? Layout { get; init; }

    /// <summary>The line of each row, counted from 1.</summary>
    internal IReadOnlyList<int> Lines { get; init; } = [];

    /// <summary>What the user should know about how it was read, a sentence each.</summary>
    internal IReadOnlyList<string> Notes { get; init; } = [];

    /// <inheritdoc cref="Read(Stream, string, long)"/>
    public static TextTable Read(string path) => Read(path, new TableReading { NumbersOnly = true });

    /// <summary>Reads a table in which cells may be missing: empty, ?, NA or NaN. They become NaN.</summary>
    /// <inheritdoc cref="Read(Stream, string, long)"/>
    public static TextTable ReadIncomplete(string path) => Read(path, new TableReading { NumbersOnly = true, Missing = true });

    /// <summary>Reads a table whose columns need not all be numbers.</summary>
    internal static TextTable Read(string path, TableReading reading)
    {
        using var file = BoundedReader.Open(path);
        return new TextTableParser(file, reading).Parse();
    }

    /// <summary>Reads a table.</summary>
    /// <param name="stream">The file's content, gzipped or not.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="limit">Most bytes that it may unpack to.</param>
    /// <exception cref="DataException">A cell is missing, not a number or not finite, or rows differ in length.</exception>
    public static TextTable Read(Stream stream, string name, long limit = BoundedReader.DefaultLimit)
    {
        using var file = new BoundedReader(stream, name, limit);
        return new TextTableParser(file, new() { NumbersOnly = true }).Parse();
    }

    /// <summary>Writes a CSV file with a header, all or nothing; every value reads back to the same single-precision number.</summary>
    /// <exception cref="ArgumentException">The values do not fill whole rows.</exception>
    public static void Write(string path, IReadOnlyList<string> columns, ReadOnlyMemory<float> values)
    {
        if (columns.Count == 0 || values.Length % columns.Count != 0)
        {
            throw new ArgumentException($"{Counted.Of(values.Length, "value")} do not fill rows of {Counted.Of(columns.Count, "column")}.", nameof(values));
        }

        WholeFile.Write(path, stream =>
        {
            using var text = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 16, leaveOpen: true);
            text.NewLine = "\n";
            text.WriteLine(string.Join(',', columns.Select(CsvText.Quoted)));
            for (var row = 0; row < values.Length; row += columns.Count)
            {
                var cells = values.Span.Slice(row, columns.Count);
                for (var c = 0; c < cells.Length; c++)
                {
                    if (c > 0)
                    {
                        text.Write(',');
                    }

                    text.Write(cells[c].ToString("R", CultureInfo.InvariantCulture));
                }

                text.WriteLine();
            }
        });
    }
}

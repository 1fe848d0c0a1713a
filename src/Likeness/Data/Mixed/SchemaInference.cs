using System.Globalization;
using System.Text.RegularExpressions;

namespace Likeness;

/// <summary>What the columns of a table hold, as far as its training rows show.</summary>
internal static partial class SchemaInference
{
    // Ranges of a number that is made discrete, at most.
    private const int MostRanges = 24;

    // Decimals beyond these are taken for those of a real number.
    private const int MostDecimals = 6;

    // Where so many rows all differ, a column tells rows apart and nothing else.
    private const int ManyRows = 20;

    // More words than this are no categories.
    private const int MostCategories = 1000;

    // Words at most so long can be names of categories.
    private const int LongestWord = 64;

    // Of a column in which so many cells are numbers, the others are errors.
    private const double MostlyNumbers = 0.8;

    private static readonly string[] s_dates =
    [
        "yyyy-MM-dd", "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-ddTHH:mm:ssZ", "yyyy-MM-dd HH:mm", "yyyy-MM-ddTHH:mm", "yyyy/MM/dd", "yyyy-MM", "dd.MM.yyyy", "dd.MM.yyyy HH:mm", "d.M.yyyy",
        "MM/dd/yyyy", "M/d/yyyy", "dd/MM/yyyy", "d/M/yyyy", "MM/dd/yyyy HH:mm", "yyyy.MM.dd", "HH:mm", "HH:mm:ss",
    ];

    private static readonly string[][] s_booleans = [["true", "false"], ["yes", "no"], ["y", "n"], ["t", "f"]];
    private static readonly string[] s_targets = ["label", "class", "target"];

    /// <summary>The schema of a table.</summary>
    /// <param name="table">All its rows.</param>
    /// <param name="training">Those that are learned from.</param>
    /// <param name="notes">What the user should know, a sentence each.</param>
    /// <exception cref="DataException">A column of numbers has cells that are none.</exception>
    public static TableSchema Of(CellTable table, IReadOnlyList<int> training, List<string> notes)
    {
        var columns = table.Columns.Select((name, c) => Column(table, c, training, notes)).ToArray();
        return new(columns, columns.FirstOrDefault(c => table.Named && c.IsCategory && s_targets.Contains(c.Name.ToLowerInvariant()))?.Name);
    }

    /// <summary>The schema with its numbers as ranges of about as many training rows each.</summary>
    public static TableSchema Discretised(TableSchema schema, CellTable table, IReadOnlyList<int> training) => schema with
    {
        Columns = [.. schema.Columns.Select((column, c) =>
        {
            if (!column.IsNumber || column.Low is not { } low || column.High is not { } high)
            {
                return column;
            }

            double[] values = [.. training.Select(i => column.Parse(table.Rows[i][c])).OfType<double>().Order()];
            double[] distinct = [.. values.Distinct()];
            var step = column.Step ?? ((high - low) / 1e6);
            // Above the last value, so it lies in the last range like others in theirs.
            var end = column.Step is { } grid ? high + grid : high;
            double[] edges = distinct.Length == 1 ? [low, Math.Max(end, low + step)]
                : distinct.Length <= MostRanges && column.Step is not null ? [.. distinct, end]
                : [.. Enumerable.Range(0, MostRanges).Select(i => values[i * values.Length / MostRanges]).Append(end).Distinct()];
            return column with { Edges = edges };
        })],
    };

    private static SchemaColumn Column(CellTable table, int c, IReadOnlyList<int> training, List<string> notes)
    {
        var name = table.Columns[c];
        var cells = training.Select(i => table.Rows[i][c]).ToArray();
        var missing = cells.Where(SchemaColumn.IsMissing).GroupBy(x => x).MaxBy(g => g.Count())?.Key;
        string[] there = [.. cells.Where(x => !SchemaColumn.IsMissing(x))];
        if (there.Length == 0)
        {
            return new(name, ColumnKind.Category) { Missing = missing ?? "" };
        }

        var distinct = there.Distinct().Order(StringComparer.Ordinal).ToArray();
        var allDiffer = there.Length >= ManyRows && distinct.Length == there.Length && missing is null;
        var numbers = there.Count(x => Number(x) is not null);
        if (numbers == there.Length)
        {
            return OfNumbers(name, there, distinct, allDiffer, missing);
        }

        if (numbers >= MostlyNumbers * there.Length)
        {
            var row = training.First(i => !SchemaColumn.IsMissing(table.Rows[i][c]) && Number(table.Rows[i][c]) is null);
            throw new DataException($"'{table.Name}' holds '{table.Rows[row][c]}' in {table.Place(row)}, column '{name}', where nearly all other cells are numbers: correct or empty it, or leave the column out ({new Remedy.Option("Drop", name)}).");
        }

        if (Date(name, there, notes) is { } format)
        {
            return OfDates(name, there, format) with { Missing = missing };
        }

        if (there.Count(x => Number(x) is not null || OtherNumber().IsMatch(x)) >= MostlyNumbers * there.Length)
        {
            var row = training.First(i => OtherNumber().IsMatch(table.Rows[i][c]));
            throw new DataException(
                $"'{table.Name}' holds '{table.Rows[row][c]}' in {table.Place(row)}, column '{name}', a number with commas or blanks in it: write numbers with a decimal point and without separators of thousands, or, if these are names, make the column a category in the schema.");
        }

        if (s_booleans.Any(pair => distinct.All(d => pair.Contains(d.ToLowerInvariant()))))
        {
            return new(name, ColumnKind.Boolean) { Values = distinct, Missing = missing };
        }

        if (allDiffer || distinct.Length > MostCategories || distinct.Max(d => d.Length) > LongestWord)
        {
            var isText = distinct.Average(d => d.Length) > 24 || distinct.Count(d => d.Contains(' ', StringComparison.Ordinal)) > distinct.Length / 2;
            notes.Add(isText ? $"The column '{name}' holds free text ('{Short(distinct[0])}'): models of tables do not learn it, and what they make lacks it."
                : $"The column '{name}' tells rows apart ('{Short(distinct[0])}'): models do not learn it, and what they make is numbered anew.");
            return new(name, isText ? ColumnKind.Text : ColumnKind.Identifier);
        }

        return new(name, ColumnKind.Category) { Values = distinct, Missing = missing };
    }

    private static SchemaColumn OfNumbers(string name, string[] cells, string[] distinct, bool allDiffer, string? missing)
    {
        double[] values = [.. cells.Select(x => Number(x)!.Value)];
        var (low, high) = (values.Min(), values.Max());
        var whole = Array.TrueForAll(values, v => v == Math.Floor(v)) && !Array.Exists(cells, x => x.Contains('.', StringComparison.Ordinal) || x.Contains('e', StringComparison.OrdinalIgnoreCase));
        if (whole && allDiffer && (IsIdentifier(name) || values.Zip(values.Skip(1)).All(p => p.Second == p.First + 1)))
        {
            return new(name, ColumnKind.Identifier) { Low = low, High = high };
        }

        if (whole && distinct is ["0", "1"])
        {
            return new(name, ColumnKind.Boolean) { Values = distinct, Missing = missing };
        }

        // Such as 0501: codes, which as numbers would lose their zeros.
        if (whole && distinct.Length <= MostCategories && distinct.Any(d => d.Length > 1 && d[0] == '0'))
        {
            return new(name, ColumnKind.Category) { Values = distinct, Missing = missing };
        }

        var decimals = Decimals(cells);
        return new(name, whole ? ColumnKind.Integer : ColumnKind.Number)
        {
            Low = low,
            High = high,
            Decimals = whole ? 0 : decimals,
            Step = whole && Math.Max(Math.Abs(low), Math.Abs(high)) < 1e15 ? Grid(values, low, 1) : decimals is { } digits && Math.Max(Math.Abs(low), Math.Abs(high)) < 1e9 ? Grid(values, low, Math.Pow(10, -digits)) : null,
            Missing = missing,
        };
    }

    private static SchemaColumn OfDates(string name, string[] cells, string format)
    {
        double[] seconds = [.. cells.Select(x => SchemaColumn.ParseDate(x, format)!.Value)];
        return new(name, ColumnKind.Date) { Low = seconds.Min(), High = seconds.Max(), Format = format, Step = Grid(seconds, seconds.Min(), 1) };
    }

    private static string? Date(string name, string[] cells, List<string> notes)
    {
        var fits = DateFormats(cells);
        var first = fits.FirstOrDefault();
        if (first is "MM/dd/yyyy" or "M/d/yyyy" && fits.Any(f => f is "dd/MM/yyyy" or "d/M/yyyy"))
        {
            notes.Add($"Warning: the dates of the column '{name}' ('{cells[0]}') can be read with the day or the month first: they are read as {first}; another format can be named in the schema.");
        }

        return first;
    }

    /// <summary>The format of dates; null where they have none in common.</summary>
    public static string? DateFormat(string[] cells) => DateFormats(cells).FirstOrDefault();

    /// <summary>All formats that these dates can be read in, the likeliest first.</summary>
    public static string[] DateFormats(string[] cells) => [.. s_dates.Where(f => Array.TrueForAll(cells, x => SchemaColumn.ParseDate(x, f) is not null))];

    // Digits after the point where all have few of them and are written without an exponent; null where not.
    private static int? Decimals(string[] cells)
    {
        var most = 0;
        foreach (var cell in cells)
        {
            if (cell.Contains('e', StringComparison.OrdinalIgnoreCase))
            {
                return null;
            }

            most = Math.Max(most, cell.IndexOf('.', StringComparison.Ordinal) is >= 0 and var point ? cell.Length - point - 1 : 0);
        }

        return most <= MostDecimals ? most : null;
    }

    // The largest step on which all values lie: the greatest common divisor of their distances from the least, in units.
    private static double? Grid(double[] values, double low, double unit)
    {
        long common = 0;
        foreach (var value in values)
        {
            var distance = Math.Round((value - low) / unit);
            if (distance > 9e15)
            {
                return null;
            }

            for (var (a, b) = ((long)distance, common); ; (a, b) = (b, a % b))
            {
                if (b == 0)
                {
                    common = a;
                    break;
                }
            }
        }

        return Math.Max(1, common) * unit;
    }

    private static bool IsIdentifier(string name) => name.ToLowerInvariant() is "id" or "index" or "key" or "uuid" or "rownum" or "no" or "nr" || name.EndsWith("_id", StringComparison.OrdinalIgnoreCase) || name.EndsWith("Id", StringComparison.Ordinal) || name.EndsWith("ID", StringComparison.Ordinal);

    private static double? Number(string cell) => double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;

    private static string Short(string text) => text.Length > 40 ? $"{text[..40]}…" : text;

    // Such as 1,5, 1,234.5 or 1.234,5: as words they would be categories, and nothing would be learned of their order.
    [GeneratedRegex(@"^[+-]?(?:\d+,\d+|\d{1,3}(?:[,'\u00A0\u202F ]\d{3})+(?:[.,]\d+)?|\d{1,3}(?:\.\d{3})+,\d+)$", RegexOptions.CultureInvariant)]
    private static partial Regex OtherNumber();
}

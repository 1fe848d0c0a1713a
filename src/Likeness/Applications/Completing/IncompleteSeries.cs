using System.Globalization;
using System.Text;

namespace Likeness;

/// <summary>Series of a user's text table in which values are missing, with its lines, so that whatever is given can be written again as it was.</summary>
public sealed class IncompleteSeries
{
    private readonly SeriesRows _rows;
    private readonly string[] _lines;
    private readonly int[] _lineOf, _cellOf;
    private readonly TableLayout _layout;
    private readonly string _ending;

    private IncompleteSeries(SeriesRows rows, float[] values, string[] lines, int[] lineOf, int[] cellOf, TableLayout layout, string ending) =>
        (_rows, Values, _lines, _lineOf, _cellOf, _layout, _ending) = (rows, values, lines, lineOf, cellOf, layout, ending);

    /// <summary>[rows · columns] in the model's units, a series after the other; NaN where a value is missing.</summary>
    public float[] Values { get; }

    /// <summary>Where each series begins and ends.</summary>
    internal IReadOnlyList<SeriesRange> Series => _rows.Series;

    internal string Name => _rows.Name;

    internal string Place(int row) => _rows.Place(row);

    /// <summary>Reads a file, if it is a text table with a row for each step.</summary>
    /// <param name="path">A .csv, .tsv, .txt or .data file whose missing cells are empty, ?, NA or NaN.</param>
    /// <param name="trained">A model of series.</param>
    /// <param name="whole">Whether it is read where nothing is missing, too.</param>
    /// <returns>Null where the source is no such file.</returns>
    /// <exception cref="DataException">It has other columns than the model knows.</exception>
    public static IncompleteSeries? Read(string path, TrainedModel trained, bool whole = false)
    {
        var (fit, options) = (trained.Fit, trained.Folder.Record.Data.Table?.ForOthers ?? new());
        if (!File.Exists(path) || SheetFiles.Ending(path) is not (".csv" or ".tsv" or ".txt" or ".data"))
        {
            return null;
        }

        var table = TextTable.Read(path, new TableReading { Missing = true, Steps = true, IsOther = true, Options = options, Known = fit.Named ? [.. fit.Moving.Names] : null });
        if (options.RowsAreSeries || (!whole && !table.Values.NotFinite().Any()))
        {
            return null;
        }

        var sheet = StaticFeatures.Told(Sheet.Of(path, table, null), fit);
        var rows = UserSeries.Arranged(sheet, out _, out var order);
        var places = KnownColumns.Places(path, rows.Names, rows.Values.RowLength, fit);
        rows = rows with { Values = rows.Values.Columns(places) };
        var (lines, ending) = (new List<string>(), "");
        using (var file = BoundedReader.Open(path))
        {
            new TextLines(file).Each((text, line) =>
            {
                // A row between quotes may have several lines.
                while (lines.Count < line - 1)
                {
                    lines.Add("");
                }

                var read = Encoding.UTF8.GetString(text);
                lines.Add(read.TrimEnd('\r'));
                ending = read.EndsWith('\r') ? "\r" : ending;
            });
        }

        lines[0] = lines[0].TrimStart(' ');
        var cells = places.Take(places.Length - fit.StaticChannels).Select(p => table.Layout!.Values[p]).ToArray();
        return new(rows, Standardisation.Applied(rows.Values, fit), [.. lines], Array.ConvertAll(order, i => table.Lines[i] - 1), cells, table.Layout!, ending);
    }

    /// <summary>The lines of the file with what was missing filled in, once for each draw.</summary>
    /// <param name="filled">[draws][rows · columns] in the data's units.</param>
    internal IEnumerable<string> Filled(IReadOnlyList<float[]> filled)
    {
        var (width, separator) = (Values.Length / _rows.Values.Rows, _layout.Separator);
        var rowAt = new Dictionary<int, int>();
        for (var row = 0; row < _lineOf.Length; row++)
        {
            rowAt[_lineOf[row]] = row;
        }

        var decimals = Array.ConvertAll(_cellOf, cell => _lineOf.Select(l => Raw(_lines[l], separator)).Where(c => cell < c.Count).Select(c => Decimals(c[cell])).DefaultIfEmpty(0).Max());
        for (var draw = 0; draw < filled.Count; draw++)
        {
            for (var line = 0; line < _lines.Length; line++)
            {
                if (rowAt.TryGetValue(line, out var row))
                {
                    yield return $"{(filled.Count > 1 ? $"{draw}{separator}" : "")}{Line(row, filled[draw])}{_ending}";
                }
                else if (draw == 0 && (_lines[line].Length > 0 || filled.Count == 1))
                {
                    // The header, and comments before it.
                    yield return filled.Count > 1 && !_lines[line].StartsWith('#') ? $"draw{separator}{_lines[line]}{_ending}" : _lines[line] + _ending;
                }
            }
        }

        string Line(int row, float[] values)
        {
            var missing = Enumerable.Range(0, _cellOf.Length).Where(c => float.IsNaN(Values[(row * width) + c])).ToArray();
            if (missing.Length == 0)
            {
                return _lines[_lineOf[row]];
            }

            var cells = Raw(_lines[_lineOf[row]], separator);
            while (cells.Count < _layout.Cells)
            {
                cells.Add("");
            }

            foreach (var c in missing)
            {
                cells[_cellOf[c]] = Text(values[(row * width) + c], decimals[c]);
            }

            return string.Join(separator, cells);
        }
    }

    // As many decimals as the column has, and none that single precision does not know.
    private static string Text(float value, int decimals)
    {
        var whole = value == 0 ? 1 : (int)Math.Floor(Math.Log10(Math.Abs(value))) + 1;
        var text = ((double)value).ToString($"F{Math.Clamp(decimals, 0, Math.Max(0, 7 - whole))}", CultureInfo.InvariantCulture);
        return text.AsSpan().ContainsAnyInRange('1', '9') ? text : text.TrimStart('-');
    }

    private static int Decimals(string cell)
    {
        var number = cell.Trim(' ', '"');
        var (point, exponent) = (number.IndexOf('.', StringComparison.Ordinal), number.IndexOfAny(['e', 'E']));
        var mantissa = exponent < 0 ? number : number[..exponent];
        var power = exponent >= 0 && int.TryParse(number.AsSpan(exponent + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var shift) ? shift : 0;
        return Math.Max(0, (point < 0 ? 0 : mantissa.Length - point - 1) - power);
    }

    // The cells as they stand, with their quotes.
    private static List<string> Raw(string line, char separator)
    {
        if (separator == ' ')
        {
            return [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        }

        var (cells, from, quoted) = (new List<string>(), 0, false);
        for (var i = 0; i < line.Length; i++)
        {
            quoted ^= line[i] == '"';
            if (!quoted && line[i] == separator)
            {
                cells.Add(line[from..i]);
                from = i + 1;
            }
        }

        cells.Add(line[from..]);
        return cells;
    }
}

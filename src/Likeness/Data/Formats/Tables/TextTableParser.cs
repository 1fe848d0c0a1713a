using System.Globalization;
using System.Text;

namespace Likeness;

/// <summary>One pass over the text of a table.</summary>
/// <param name="file">The text.</param>
/// <param name="reading">What its columns are, and whether cells may be missing.</param>
internal sealed class TextTableParser(BoundedReader file, TableReading reading)
{
    private readonly CellGrid _cells = new();
    private readonly List<string> _notes = [];
    private readonly List<int> _lines = [];

    // The cells of a first line of which only the second can say whether it is a header.
    private (byte[] Text, List<string> Cells, int Line)? _undecided;
    private List<string>? _header; // whose columns are known once there is a row
    private (int Count, string First) _comments;
    private (int Count, int First) _blanks;
    private byte _separator;
    private bool _named;

    // Whether the first row is the kind of numbers that a header may be made of.
    private bool _headerLike;
    private TableColumns? _columns;
    private List<string>?[] _words = [];

    public TextTable Parse()
    {
        new TextLines(file).Each(Line);
        if (_header is not null && _columns is null)
        {
            Begin(_header, _header);
        }
        else if (_undecided is { } alone)
        {
            Begin(null, alone.Cells);
            Row(alone.Text, alone.Line);
        }

        if (_columns is null || _lines.Count == 0)
        {
            throw new DataException($"'{file.Name}' {(_columns is not null ? "has a header and no rows: give at least one row below it" : _comments.Count > 0 ? "has comments (lines that begin with #) and no rows: give at least one row" : "is empty: a table needs at least one row")}.");
        }

        if (_comments.Count > 0)
        {
            _notes.Add($"{(_comments.Count == 1 ? "The line" : $"{_comments.Count} lines, the first")} '{_comments.First}' before the table of '{file.Name}' {(_comments.Count == 1 ? "is" : "are")} left out as a comment.");
        }

        var header = DecideHeader();
        var (skip, width) = (header is null ? 0 : 1, _columns.Values);
        var words = _words.Select(w => w is null ? null : (IReadOnlyList<string>)[.. w.Skip(skip)]).ToArray();
        if (Of(_columns.Words.Time) is { } times)
        {
            _notes.Add(TimeStamps.Note(file.Name, _columns.Names[_columns.Words.Time], times, Of(_columns.Words.Series), [.. _lines.Skip(skip)]));
        }
        return new(header ?? (_named || _columns.Statics.Count > 0 ? _columns.ValueNames : null), new(_cells.From(skip * width), [(_cells.Count / width) - skip, width]))
        {
            Labels = Of(_columns.Words.Label),
            Splits = Of(_columns.Words.Split),
            Series = Of(_columns.Words.Series), SeriesColumn = _columns.Words.Series < 0 ? null : _columns.Names[_columns.Words.Series],
            Only = Of(_columns.Words.Only),
            Dates = Of(_columns.Words.Time) is { } dates ? new(_columns.Names[_columns.Words.Time], dates) : null,
            Statics = [.. _columns.Statics.Select(s => new StaticCells(_columns.Names[s.Column], s.Place, Of(s.Column)!))],
            Layout = _columns.Layout((char)_separator),
            Lines = [.. _lines.Skip(skip)],
            Notes = _notes,
        };

        IReadOnlyList<string>? Of(int column) => column < 0 ? null : words[column];
    }

    private void Line(ReadOnlySpan<byte> text, int line)
    {
        // Where tabs separate, one at an end stands for an empty cell.
        text = text.Trim(_separator == '\t' ? " \r"u8 : " \r\t"u8);
        if (text.IsEmpty)
        {
            _blanks = _columns is null ? default : (_blanks.Count + 1, _blanks.Count == 0 ? line : _blanks.First);
            return;
        }

        if (_separator == 0)
        {
            if (text[0] == '#')
            {
                var shown = Encoding.UTF8.GetString(text);
                _comments = (_comments.Count + 1, _comments.Count > 0 ? _comments.First : shown.Length > 40 ? $"{shown[..40]}…" : shown);
                return;
            }

            _separator = ",;\t "u8[Math.Max(0, FirstSeparator(text))];
            First(text, Cells(text), line);
            return;
        }

        if (_header is not null && _columns is null)
        {
            Begin(_header, _header, Cells(text));
        }
        else if (_undecided is { } first)
        {
            _undecided = null;
            var second = Cells(text);
            var at = second.Count != first.Cells.Count ? -1
                : Enumerable.Range(0, second.Count).FirstOrDefault(i => IsWord(first.Cells[i]) && Number(second[i]) is not null, -1);
            Begin(at >= 0 ? first.Cells : null, first.Cells, at >= 0 ? second : first.Cells);
            if (at < 0)
            {
                Row(first.Text, first.Line);
            }
            else if (first.Cells.Exists(c => Number(c) is not null))
            {
                _notes.Add(Taken("the header", first.Cells, $"'{first.Cells[at]}' in it stands over a number", "no header"));
            }
        }

        // A blank line inside a table of one column is a row whose cell is empty; among steps of time it is a gap.
        for (var i = 0; i < _blanks.Count && (_columns!.Names.Count == 1 || reading.Steps); i++)
        {
            Row([], _blanks.First + i);
        }

        _blanks = default;
        Row(text, line);
    }

    private void First(ReadOnlySpan<byte> text, List<string> cells, int line)
    {
        var named = reading.Options.Header ?? (reading.Known is { Count: > 0 } known && known.All(cells.Contains) ? true
            : !cells.Exists(IsWord) ? Names(cells) ? true : false
            : !cells.Exists(c => Number(c) is not null) ? true : null);
        if (named is null)
        {
            _undecided = (text.ToArray(), cells, line);
            return;
        }

        if (named.Value && reading.Steps)
        {
            _header = cells;
            return;
        }

        Begin(named.Value ? cells : null, cells, named.Value ? null : cells);
        if (!named.Value)
        {
            // Consecutive whole numbers, such as years.
            _headerLike = reading.Options.Header is null && cells.Count > 1 && _columns!.AllValues
                && cells.Select((c, i) => Number(c) is { } v && v == Math.Floor(v) && v == Number(cells[0]) + i).All(rises => rises);
            Row(text, line);
        }

        // Numbers that the user calls columns by are a header.
        bool Names(List<string> numbers) =>
            reading.Options.Columns.Concat(reading.Options.Drop).Concat(reading.Options.Static).Concat([reading.Options.LabelColumn!, reading.Options.SplitColumn!, reading.Options.SeriesColumn!]).Any(numbers.Contains);
    }

    // The names of a first row of numbers that turns out to be a header, once all rows are known.
    private string[]? DecideHeader()
    {
        var width = _columns!.Values;
        if (!_headerLike || _cells.Count == width)
        {
            return null;
        }

        var (whole, outside) = NumberedHeader.Compare(_cells, width);
        string[] names = [.. Enumerable.Range(0, width).Select(c => _cells[c].ToString(CultureInfo.InvariantCulture))];
        if (!whole)
        {
            _notes.Add(Taken("the header", names, "it counts up in whole numbers, and no row below is all of whole numbers", "no header"));
            return names;
        }

        if (outside)
        {
            _notes.Add(Taken("a row", names, "rows below are of whole numbers, too", "a header"));
        }

        return null;
    }

    private string Taken(string what, IReadOnlyList<string> cells, string why, string otherwise) =>
        $"The first line of '{file.Name}' ({string.Join(", ", cells.Take(6))}{(cells.Count > 6 ? ", …" : "")}) is taken for {what}, because {why}; if that is wrong, say that the file has {otherwise}.";

    private void Begin(List<string>? header, List<string> cells, List<string>? row = null)
    {
        _named = header is not null;
        _columns = new(file.Name, [.. cells.Select((c, i) => header is null || c.Length == 0 ? $"x{i + 1}" : c)], _named, reading, row);
        _words = [.. cells.Select((_, i) => _columns.IsWord(i) ? new List<string>() : null)];
    }

    private void Row(ReadOnlySpan<byte> text, int line)
    {
        if (!_cells.Reserve(_columns!.Names.Count))
        {
            throw Refused($"it has more than {Array.MaxLength} values", "divide it");
        }

        _lines.Add(line);
        var (column, width, blank) = (0, _columns.Names.Count, text.IsEmpty);
        if (text.Contains((byte)'"'))
        {
            foreach (var cell in Cells(text))
            {
                Cell(Encoding.UTF8.GetBytes(cell), column++, line);
            }
        }
        else
        {
            while (true)
            {
                // Most cells of binary data are one digit and a separator.
                if (_cells.IsBytes && column < width && text.Length > 1 && text[1] == _separator && (uint)(text[0] - '0') <= 9 && _columns.IsValue(column))
                {
                    _cells.AddDigit((byte)(text[0] - '0'));
                    text = text[2..];
                    column++;
                }
                else if (text.IndexOf(_separator) is >= 0 and var end)
                {
                    Cell(text[..end].Trim((byte)' '), column++, line);
                    text = text[(end + 1)..];
                }
                else
                {
                    Cell(text.Trim((byte)' '), column++, line);
                    break;
                }

                if (_separator == ' ')
                {
                    text = text.TrimStart((byte)' ');
                }
            }
        }

        // A blank line that is a row misses all of its cells.
        while (blank && column < width)
        {
            Cell([], column++, line);
        }

        if (column != width)
        {
            throw Refused($"line {line} has {Counted.Of(column, "column")} and the first line {width}", "all rows must be of the same length");
        }
    }

    private void Cell(ReadOnlySpan<byte> text, int column, int line)
    {
        if (column >= _columns!.Names.Count)
        {
            throw Refused($"line {line} has more columns than the first line's {_columns.Names.Count}", "all rows must be of the same length");
        }

        if (!_columns.IsValue(column))
        {
            _words[column]?.Add(Encoding.UTF8.GetString(text));
        }
        else if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && float.IsFinite((float)value))
        {
            _cells.Add(value);
        }
        else if (Encoding.UTF8.GetString(text[..Math.Min(text.Length, 40)]) is var shown && reading.Missing && (double.IsNaN(value) || IsMissing(shown)))
        {
            _cells.Add(double.NaN);
        }
        else
        {
            throw new DataException(CellComplaint.Of(file.Name, line, column, _columns.Names[column], _named, shown, _columns.Names.Count == 1, reading.Steps)) { IsOfCell = true };
        }
    }

    private List<string> Cells(ReadOnlySpan<byte> text) => CsvText.Cells(Encoding.UTF8.GetString(text), (char)_separator);

    private bool IsWord(string cell) => Number(cell) is null && !IsMissing(cell);

    private static double? Number(string cell) => double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;

    private bool IsMissing(string cell) => cell is "" or "?" || (reading.Missing && cell is "NA");

    private static int FirstSeparator(ReadOnlySpan<byte> text)
    {
        var found = -1;
        var quoted = false;
        foreach (var b in text)
        {
            quoted ^= b == '"';
            var rank = quoted ? -1 : ",;\t "u8.IndexOf(b);
            found = rank >= 0 && (found < 0 || rank < found) ? rank : found;
        }

        return found;
    }

    private DataException Refused(string what, string allowed) => new($"'{file.Name}' cannot be read as a table of numbers: {what}; {allowed}.");
}

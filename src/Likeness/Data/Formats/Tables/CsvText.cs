namespace Likeness;

/// <summary>
/// Rows of cells with a separator between them (RFC 4180): quotes around a cell hide separators and line ends in it, and a quote among them is
/// doubled. Blanks around cells do not count, so where blanks separate, several are as good as one.
/// </summary>
internal static class CsvText
{
    /// <summary>The rows of a file that are not blank, each with the number of its last line, counted from 1 as editors do.</summary>
    /// <exception cref="DataException">A quote hides all that follows, because none closes it.</exception>
    public static IEnumerable<(int Line, IReadOnlyList<string> Cells)> Rows(BoundedReader file)
    {
        var (text, line) = (file.ReadText(), 1);
        for (var at = 0; at < text.Length; line++)
        {
            var (cells, end) = Row(text, at, ',');
            if (end == text.Length && cells[^1] is ['"', ..] && text.AsSpan(at).Count('"') % 2 == 1)
            {
                throw file.Damaged($"a quote in the row that begins in line {line} has no end", "close it, or double it where it belongs to the cell");
            }

            line += text.AsSpan(at, end - at).Count('\n');
            if (cells is not [""])
            {
                yield return (line, cells);
            }

            at = end + (text.AsSpan(end).StartsWith("\r\n") ? 2 : 1);
        }
    }

    /// <summary>The cells of the row that begins a text.</summary>
    public static List<string> Cells(string text, char separator) => Row(text, 0, separator).Cells;

    /// <summary>A cell as it stands in a row.</summary>
    public static string Quoted(string cell) => cell.AsSpan().ContainsAny(",\"\r\n") || cell is [' ', ..] or [.., ' ']
        ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
        : cell;

    // The cells from a place on, and where the row ends: at a line end or behind the text.
    private static (List<string> Cells, int End) Row(string text, int at, char separator)
    {
        var cells = new List<string>();
        while (true)
        {
            var end = EndOfCell(text, at, separator);
            var cell = text.AsSpan(at, end - at).Trim(' ');
            cells.Add(cell is ['"', .. var inner, '"'] ? inner.ToString().Replace("\"\"", "\"", StringComparison.Ordinal) : cell.ToString());
            if (end == text.Length || text[end] != separator)
            {
                return (cells, end);
            }

            at = end + 1;
        }
    }

    private static int EndOfCell(string text, int at, char separator)
    {
        while (at < text.Length && text[at] == ' ')
        {
            at++;
        }

        var quotes = at < text.Length && text[at] == '"';
        for (var hidden = false; at < text.Length && (hidden || (text[at] != separator && text[at] is not ('\r' or '\n'))); at++)
        {
            hidden ^= quotes && text[at] == '"';
        }

        return at;
    }
}

namespace Likeness.Cli.Lines;

/// <summary>Rows of cells in aligned columns that fit a width: what is longer goes on below, in its own column.</summary>
internal static class PlainTable
{
    // Between two columns.
    private const string Gap = "  ";

    // A word of so many characters is never broken, and a number never is.
    private const int Whole = 10;

    /// <param name="rows">The names of the columns, and the rows below them.</param>
    /// <param name="width">Characters of a line at most, as long as there is room for a word in each column.</param>
    public static IEnumerable<string> Lines(IReadOnlyList<IReadOnlyList<string>> rows, int width)
    {
        var widths = Widths(rows, width);
        foreach (var row in rows)
        {
            var cells = row.Select((cell, c) => Broken(cell, widths[c]).ToList()).ToList();
            for (var line = 0; line < cells.Max(c => c.Count); line++)
            {
                yield return string.Join(Gap, cells.Select((cell, c) => (line < cell.Count ? cell[line] : "").PadRight(widths[c]))).TrimEnd();
            }
        }
    }

    private static int[] Widths(IReadOnlyList<IReadOnlyList<string>> rows, int width)
    {
        var columns = Enumerable.Range(0, rows[0].Count).ToList();
        var widths = columns.Select(c => rows.Max(r => r[c].Length)).ToArray();
        var room = width - (Gap.Length * (columns.Count - 1));
        // At blanks as long as that is enough; then longer words are broken, too.
        Shrink(widths, Least(w => w.Length), room);
        Shrink(widths, Least(w => char.IsAsciiDigit(w.TrimStart('-', '+', '(', '−').FirstOrDefault()) ? w.Length : Math.Min(w.Length, Whole)), room);
        return widths;

        int[] Least(Func<string, int> room) => [.. columns.Select(c => rows.Max(r => r[c].Split(' ').Max(room)))];
    }

    // The widest column gives way first.
    private static void Shrink(int[] widths, int[] least, int room)
    {
        while (widths.Sum() > room && Enumerable.Range(0, widths.Length).Where(c => widths[c] > least[c]).OrderByDescending(c => widths[c]).Take(1).ToList() is [var widest])
        {
            widths[widest]--;
        }
    }

    private static IEnumerable<string> Broken(string cell, int width) => cell.Length <= width ? [cell] : Wrapping.Lines(cell, width).SelectMany(line => Pieces(line, width));

    // Of a path at its separators, as far as they are near the end of a line.
    private static IEnumerable<string> Pieces(string word, int width)
    {
        while (word.Length > width)
        {
            var cut = word.LastIndexOf('/', width - 1) + 1;
            cut = cut > width / 2 ? cut : width;
            yield return word[..cut];
            word = word[cut..];
        }

        yield return word;
    }
}

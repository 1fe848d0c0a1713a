using System.Globalization;

namespace Likeness;

/// <summary>Series in text: CSV whose first column is a date, and the UCR archive's `.ts` files.</summary>
internal static class SeriesText
{
    /// <summary>The numbers of a CSV with a header and a first column of dates, which is left out: [rows, columns].</summary>
    /// <exception cref="DataException">A row is short, or a cell is no number.</exception>
    public static NumericArray ReadDated(string path)
    {
        var lines = Lines(path);
        var width = lines.Count > 0 ? lines[0].Split(',').Length - 1 : 0;
        if (lines.Count < 2 || width < 1)
        {
            throw new DataException($"'{path}' holds no dated series: a header, and rows of a date and numbers with commas between them, are expected.");
        }

        return new(lines.Skip(1).SelectMany((line, i) => Numbers(path, line[(line.IndexOf(',') + 1)..], width, i + 2)).ToArray(), [lines.Count - 1, width]);
    }

    /// <summary>The series of a `.ts` file, all of one variable and of one length, with the numbers of their classes in the header's order.</summary>
    /// <exception cref="DataException">The file is of another kind, or damaged.</exception>
    public static (NumericArray Series, int[] Labels, string[] Classes) ReadTs(string path)
    {
        var lines = Lines(path);
        var data = lines.FindIndex(l => l.StartsWith("@data", StringComparison.OrdinalIgnoreCase));
        var classes = lines.Take(Math.Max(data, 0)).FirstOrDefault(l => l.StartsWith("@classLabel true", StringComparison.OrdinalIgnoreCase))?.Split(' ', StringSplitOptions.RemoveEmptyEntries)[2..];
        var rows = lines.Skip(data + 1).ToArray();
        if (data < 0 || classes is null || rows.Length == 0)
        {
            throw new DataException($"'{path}' is no labelled '.ts' file: '@classLabel true', '@data' and rows are expected; get the published file.");
        }

        var length = rows[0].Split(':')[0].Split(',').Length;
        var labels = Array.ConvertAll(rows, row => Array.IndexOf(classes, row[(row.LastIndexOf(':') + 1)..].Trim()));
        var wrong = Array.FindIndex(rows, row => row.Count(c => c == ':') != 1);
        wrong = wrong < 0 ? Array.IndexOf(labels, -1) : wrong;
        if (wrong >= 0)
        {
            throw new DataException($"Row {wrong + 1} of the data of '{path}' is not one series with one of the classes {string.Join(", ", classes)}: get the published file.");
        }

        return (new(rows.SelectMany((row, i) => Numbers(path, row.Split(':')[0], length, data + i + 2)).ToArray(), [rows.Length, length]), labels, classes);
    }

    private static float[] Numbers(string path, string text, int count, int line)
    {
        var cells = text.Split(',');
        return cells.Length != count
            ? throw new DataException($"Line {line} of '{path}' has {Counted.Of(cells.Length, "number")} where {count} are expected: get the published file.")
            : Array.ConvertAll(cells, cell => float.TryParse(cell.Trim(' ', '"'), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && float.IsFinite(value)
                ? value
                : throw new DataException($"'{cell}' in line {line} of '{path}' is not a finite number: get the published file."));
    }

    private static List<string> Lines(string path)
    {
        const long limit = 1 << 28;
        using var file = BoundedReader.Open(path, limit);
        return [.. file.ReadText().Split('\n').Select(l => l.TrimEnd('\r')).Where(l => l.Length > 0 && l[0] != '#')];
    }
}

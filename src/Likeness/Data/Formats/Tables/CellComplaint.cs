using System.Buffers;
using System.Globalization;

namespace Likeness;

/// <summary>What is said about a cell that is no number, and what to do about it.</summary>
internal static class CellComplaint
{
    private static readonly SearchValues<char> s_ofNumbers = SearchValues.Create("+-0123456789.,' \u00A0eE");

    /// <param name="file">What messages call it.</param>
    /// <param name="line">Counted from 1.</param>
    /// <param name="column">Counted from 0.</param>
    /// <param name="name">Of the column.</param>
    /// <param name="named">Whether the file calls it so.</param>
    /// <param name="cell">What stands there.</param>
    /// <param name="alone">Whether it is the only column.</param>
    /// <param name="ofSeries">Whether the rows are steps of series.</param>
    public static Sentence Of(string file, int line, int column, string name, bool named, string cell, bool alone, bool ofSeries)
    {
        var place = $"line {line}, column {column + 1}{(named ? $" ('{name}')" : "")}";
        var drop = new Remedy.Option("Drop", name);
        var leave = alone ? "" : Sentence.Of($", or leave the column out ({drop})");
        var found = $"'{file}' cannot be read as a table of numbers: {place}";
        return cell is "" or "?" or "NA" ? Sentence.Of($"{found} is missing; fill it in or remove the row{leave}.")
            : HasSeparators(cell) ? Sentence.Of($"{found} holds '{cell}', a number with commas or blanks in it; write numbers with a decimal point and without separators of thousands.")
            : IsDate(cell) ? Sentence.Of($"{found} holds '{cell}', a date; leave the column out ({drop}), or write it as a number, such as days since the first one.")
            : double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
                ? Sentence.Of($"{found} holds '{cell}'; only finite numbers within single precision are allowed, so remove or replace such cells.")
            : ofSeries ? Sentence.Of($"{found} holds '{cell}', which is text; correct the cell, say that the column names series ({new Remedy.Option("SeriesColumn", name)}) or is a static feature of them ({new Remedy.Option("Static", name)}){leave}.")
            : Sentence.Of($"{found} holds '{cell}', which is text; correct the cell, say that the column holds classes ({new Remedy.Option("LabelColumn", name)}), leave it out ({drop}), or choose a model of mixed tables (such as tvae), which learns words, too.");
    }

    private static bool HasSeparators(string cell) => cell.AsSpan().ContainsAny(",' \u00A0") && !cell.AsSpan().ContainsAnyExcept(s_ofNumbers) && cell.Any(char.IsAsciiDigit);

    /// <summary>Whether a cell looks like a date or a time, and like no number.</summary>
    public static bool IsDate(string cell) => cell.AsSpan().IndexOfAny("-/.:") > 0 && cell.Count(char.IsAsciiDigit) >= 3 && !double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
        && (SchemaInference.DateFormat([cell]) is not null || DateTime.TryParse(cell, CultureInfo.InvariantCulture, DateTimeStyles.None, out _));
}

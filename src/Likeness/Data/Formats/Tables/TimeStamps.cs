using System.Globalization;

namespace Likeness;

/// <summary>A column of dates beside the steps of a series: it says in which order they come, and nothing is learned of it.</summary>
internal static class TimeStamps
{
    /// <summary>The column that holds them, as far as one row shows; −1 where none does.</summary>
    public static int Column(IReadOnlyList<string> row) => row.ToList().FindIndex(CellComplaint.IsDate);

    /// <summary>Notes that they are left out, and refuses rows that are not in the order of time.</summary>
    /// <param name="file">What messages call it.</param>
    /// <param name="name">Of the column.</param>
    /// <param name="cells">All of it.</param>
    /// <param name="series">Which series each row is of; null where there is one.</param>
    /// <param name="lines">Of the rows, counted from 1.</param>
    /// <exception cref="DataException">A row is earlier than the one before it.</exception>
    public static string Note(string file, string name, IReadOnlyList<string> cells, IReadOnlyList<string>? series, IReadOnlyList<int> lines)
    {
        var left = $"The column '{name}' of '{file}' holds dates ('{cells[0]}') and is not learned: each row is a step.";
        if (SchemaInference.DateFormat([.. cells.Where(c => c.Length > 0)]) is not { } format)
        {
            return $"{left} They are of no one format, so their order was not checked.";
        }

        var last = new Dictionary<string, (double Time, int Row)>();
        for (var i = 0; i < cells.Count; i++)
        {
            var key = series?[i] ?? "";
            if (cells[i].Length == 0)
            {
                continue;
            }

            var time = SchemaColumn.ParseDate(cells[i], format)!.Value;
            if (last.TryGetValue(key, out var before) && time < before.Time)
            {
                throw new DataException(
                    $"'{file}' is not in the order of time: '{cells[i]}' in line {lines[i].ToString(CultureInfo.InvariantCulture)} comes after '{cells[before.Row]}'; sort its rows by '{name}', the earliest first.");
            }

            last[key] = (time, i);
        }

        return left;
    }
}

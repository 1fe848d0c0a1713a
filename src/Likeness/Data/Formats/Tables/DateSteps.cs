using System.Globalization;

namespace Likeness;

/// <summary>Dates that go on as they came: by the same number of months, or by the same time.</summary>
internal static class DateSteps
{
    // The dates before the end that must be even: more than a week of days, so days of work are not taken for days.
    private const int Seen = 15;

    // Two steps alike are the fewest that show one.
    private const int Fewest = 3;

    /// <summary>The dates behind the last one, in the same format; null where the last ones are not even, or can be read in two ways that go on differently.</summary>
    /// <param name="cells">In the order of time.</param>
    /// <param name="count">How many dates are wanted.</param>
    /// <param name="seen">How many of the last ones must be even.</param>
    public static IReadOnlyList<string>? Onward(IReadOnlyList<string> cells, int count, int seen)
    {
        string[] all = [.. cells.Where(c => c.Length > 0)], recent = [.. cells.TakeLast(Math.Max(seen, Seen))];
        var found = new List<string[]>();
        foreach (var format in SchemaInference.DateFormats(all))
        {
            if (Read(recent, format) is { } times && Step(times) is { } step && Written(step, count, format) is { } dates && !found.Exists(dates.SequenceEqual))
            {
                found.Add(dates);
            }
        }

        return found is [var only] ? only : null;
    }

    // Null where a cell is missing, or would be written otherwise.
    private static DateTime[]? Read(string[] cells, string format)
    {
        var times = new DateTime[cells.Length];
        for (var i = 0; i < cells.Length; i++)
        {
            if (!DateTime.TryParseExact(cells[i], format, CultureInfo.InvariantCulture, DateTimeStyles.NoCurrentDateDefault, out times[i]) || times[i].ToString(format, CultureInfo.InvariantCulture) != cells[i])
            {
                return null;
            }
        }

        return times;
    }

    // The date so many steps behind the last one.
    private static Func<int, DateTime>? Step(DateTime[] times)
    {
        if (times.Length < Fewest)
        {
            return null;
        }

        // Months first: 31 days lie between the first days of July, August and September, too.
        var (last, months, step) = (times[^1], Month(times[1]) - Month(times[0]), times[1] - times[0]);
        var day = times.All(t => t.Day == DaysIn(t)) ? 31 : times.Max(t => t.Day);
        if (months > 0 && Pairs().All(p => Month(p.To) - Month(p.From) == months) && times.All(t => t.TimeOfDay == last.TimeOfDay && t.Day == Math.Min(day, DaysIn(t))))
        {
            return k =>
            {
                var first = new DateTime(last.Year, last.Month, 1).AddMonths(months * k);
                return first.AddDays(Math.Min(day, DaysIn(first)) - 1) + last.TimeOfDay;
            };
        }

        return step > TimeSpan.Zero && Pairs().All(p => p.To - p.From == step) ? k => last + (k * step) : null;

        IEnumerable<(DateTime From, DateTime To)> Pairs() => times.Zip(times.Skip(1));
    }

    private static string[]? Written(Func<int, DateTime> step, int count, string format)
    {
        try
        {
            return [.. Enumerable.Range(1, count).Select(k => step(k).ToString(format, CultureInfo.InvariantCulture))];
        }
        catch (ArgumentOutOfRangeException)
        {
            // There is no year 10000.
            return null;
        }
    }

    private static int Month(DateTime time) => (12 * time.Year) + time.Month;

    private static int DaysIn(DateTime time) => DateTime.DaysInMonth(time.Year, time.Month);
}

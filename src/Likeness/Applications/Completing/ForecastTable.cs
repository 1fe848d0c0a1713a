using System.Globalization;

namespace Likeness;

/// <summary>Forecasts of one or several series as a table: a row for each draw and step, below the names of what tells rows apart.</summary>
public static class ForecastTable
{
    /// <summary>Keeps forecasts as a CSV file: the series where they have names, draw, step, the date where there are dates, and the values in the units of the data.</summary>
    /// <param name="path">The file.</param>
    /// <param name="forecasts">Of series of the same columns.</param>
    /// <param name="fit">What brings them to the data's units, and names their columns.</param>
    public static void Write(string path, IReadOnlyList<Forecast> forecasts, DataFit fit) => Sampling.WriteText(path, Rows(forecasts, fit));

    internal static string[] Names(DataFit fit, int values) => fit.Columns.Count == values ? [.. fit.Columns.Select(c => c.Name)] : [.. Enumerable.Range(1, values).Select(i => $"x{i}")];

    private static IEnumerable<string> Rows(IReadOnlyList<Forecast> forecasts, DataFit fit)
    {
        var values = (int)forecasts[0].Futures.shape[2];
        var moving = fit.First(values);
        var names = fit.StaticChannels > 0 ? StaticColumns.Names(fit) : Names(moving, values);
        var series = forecasts.Select(f => f.Series?.Column).FirstOrDefault(c => c is not null);
        var dates = forecasts.Select(f => f.Dates?.Name).FirstOrDefault(n => n is not null);
        yield return Line([.. Column(series, "series"), "draw", "step", .. Column(dates, "date"), .. names]);
        foreach (var forecast in forecasts)
        {
            var (all, steps) = (moving.ToData(forecast.Futures).ToArray<float>(), forecast.Futures.shape[1]);
            var told = fit.StaticChannels == 0 ? null : StaticColumns.Cells(fit.ToData(forecast.Past.narrow(0, forecast.Past.shape[0] - 1, 1)).ToArray<float>(), fit);
            for (var row = 0; row < all.Length / values; row++)
            {
                var step = (int)(row % steps);
                var cells = all.AsSpan(row * values, values).ToArray().Select(v => v.ToString("R", CultureInfo.InvariantCulture));
                yield return Line(
                [
                    .. Cell(series, forecast.Series?.Name), $"{row / steps}", $"{step}", .. Cell(dates, forecast.Dates?.Cells[step]), .. told is null ? cells : StaticColumns.Placed(fit, cells, told),
                ]);
            }
        }
    }

    // What a file calls its series or dates must be told from the numbers of draws and steps.
    private static string[] Column(string? name, string instead) => name is null ? [] : [name is "draw" or "step" ? instead : name];

    private static string[] Cell(string? column, string? cell) => column is null ? [] : [cell ?? ""];

    private static string Line(IEnumerable<string> cells) => string.Join(',', cells.Select(CsvText.Quoted));
}

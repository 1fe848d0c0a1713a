using ScottPlot;

namespace Likeness;

/// <summary>Forecasts in one picture: for each value a chart with the past, the middle 50 % and 90 % of the draws, their median, and what was observed.</summary>
public static class FanChart
{
    private const int Width = 1200, Height = 300, Heading = 50, Footing = 40;
    private const float AxisWidth = 110, WideAxis = 150;

    // Numbers from here on need the wide axis beside their name.
    private const float Wide = 1e6f;

    // A picture that every viewer still opens.
    private const long MostPixels = 64_000_000;

    private static readonly Color s_known = Color.FromHex("#333333"), s_draws = Color.FromHex("#1F6FB4"), s_truth = Color.FromHex("#D9660A");

    /// <param name="past">[p, d].</param>
    /// <param name="draws">[m, steps, d].</param>
    /// <param name="truth">What came, [steps, d], where it is known.</param>
    /// <param name="names">Of the values; x1, x2, … where null.</param>
    /// <param name="title">What it is a forecast of.</param>
    /// <exception cref="UsageException">There are more values than one picture shows.</exception>
    public static Image Draw(Tensor past, Tensor draws, Tensor? truth = null, IReadOnlyList<string>? names = null, string title = "")
    {
        var (values, steps) = ((int)past.shape[1], (int)draws.shape[1]);
        var (before, futures, after) = (past.ToArray<float>(), draws.ToArray<float>(), truth?.ToArray<float>() ?? []);
        var (width, height) = (Width, (Height * (long)values) + Heading + Footing);
        if (width * height > MostPixels)
        {
            throw new UsageException($"Forecasts of {values} values do not fit into one picture of {MostPixels} pixels: write a .npy or .csv file instead.");
        }

        var axis = before.Concat(futures).Concat(after).Any(v => Math.Abs(v) >= Wide) ? WideAxis : AxisWidth;
        using var drawing = new Drawing(width, (int)height);
        var top = 0;
        for (var j = 0; j < values; j++)
        {
            var (first, last) = (j == 0, j == values - 1);
            var plot = Chart.Create(first ? title : "", last ? "step" : "", names?[j] ?? $"x{j + 1}");
            plot.Axes.Left.MinimumSize = axis;
            plot.Axes.Left.MaximumSize = axis;
            Fill(plot, Column(before, values, j), [.. Enumerable.Range(0, steps).Select(t => At(futures, t, steps, values, j))], Column(after, values, j));
            if (first)
            {
                Chart.ShowLegend(plot, Edge.Top);
            }

            var part = Height + (first ? Heading : 0) + (last ? Footing : 0);
            drawing.Paste(Chart.Render(plot, width, part), 0, top);
            top += part;
        }

        return drawing.ToImage();
    }

    private static void Fill(Plot plot, double[] before, double[][] futures, double[] after)
    {
        // The fan opens at the last value that is known.
        double[] x = [.. Enumerable.Range(before.Length - 1, futures.Length + 1).Select(t => (double)t)];
        double[] Quantile(double q) => [before[^1], .. futures.Select(f => f[(int)Math.Round(q * (f.Length - 1))])];
        var wide = plot.Add.FillY(x, Quantile(0.05), Quantile(0.95));
        (wide.FillColor, wide.LineWidth, wide.LegendText) = (s_draws.WithAlpha(0.15), 0, "90 % of the draws");
        var narrow = plot.Add.FillY(x, Quantile(0.25), Quantile(0.75));
        (narrow.FillColor, narrow.LineWidth, narrow.LegendText) = (s_draws.WithAlpha(0.3), 0, "50 %");
        Line(x, Quantile(0.5), s_draws, "median");
        if (after.Length > 0)
        {
            Line(x[..(after.Length + 1)], [before[^1], .. after], s_truth, "observed");
        }

        Line([.. before.Select((_, t) => (double)t)], before, s_known, "past");
        plot.Axes.Margins(0.01, 0.08);
        void Line(double[] at, double[] values, Color colour, string name)
        {
            var line = plot.Add.ScatterLine(at, values, colour);
            (line.LineWidth, line.LegendText) = (2.5f, name);
        }
    }

    // One value of a table of rows.
    private static double[] Column(float[] table, int width, int j) => [.. Enumerable.Range(0, table.Length / width).Select(i => (double)table[(i * width) + j])];

    // What all draws say of one step, in order.
    private static double[] At(float[] futures, int t, int steps, int width, int j) =>
        [.. Enumerable.Range(0, futures.Length / (steps * width)).Select(m => (double)futures[(((m * steps) + t) * width) + j]).Order()];
}

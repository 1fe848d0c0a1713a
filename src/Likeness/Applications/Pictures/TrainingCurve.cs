using ScottPlot;

namespace Likeness;

/// <summary>How a training went, in one picture: for each player a chart of what it descends over the steps, its terms beside their sum, and the validation split's looks.</summary>
public static class TrainingCurve
{
    private const int Width = 1000, Height = 360, Axis = 120;

    // Points of a line, each the mean of the steps around it: single steps are too noisy to see anything.
    private const int Points = 200;

    private static readonly Color s_sum = Color.FromHex("#1F6FB4"), s_validation = Color.FromHex("#D9660A");

    /// <summary>The picture; null where there are fewer than two steps.</summary>
    /// <param name="log">Every step.</param>
    /// <param name="title">Above it.</param>
    public static Image? Draw(IReadOnlyList<LogEntry> log, string title)
    {
        var players = log.SelectMany(e => e.Terms.Keys).Distinct().Where(k => k != Validation.Term).GroupBy(k => k.Split('.')[0]).Select(g => (Name: g.Key, Terms: g.ToList())).ToList();
        if (log.Count < 2 || players.Count == 0)
        {
            return null;
        }

        using var drawing = new Drawing(Width, Height * players.Count);
        for (var i = 0; i < players.Count; i++)
        {
            var (name, terms) = players[i];
            var plot = Chart.Create(i == 0 ? title : "", i == players.Count - 1 ? "step" : "", $"{name}{Unit(terms)}");
            // The same steps stand below one another.
            (plot.Axes.Left.MinimumSize, plot.Axes.Left.MaximumSize) = (Axis, Axis);
            Fill(plot, log, terms, looks: i == 0 && players.Count == 1);
            drawing.Paste(Chart.Render(plot, Width, Height), 0, i * Height);
        }

        return drawing.ToImage();
    }

    /// <summary>The mean of a term around each of so many steps.</summary>
    /// <param name="log">Every step.</param>
    /// <param name="value">Of an entry; not a number where it has none.</param>
    /// <param name="points">At most so many.</param>
    public static IReadOnlyList<(double Step, double Mean)> Course(IReadOnlyList<LogEntry> log, Func<LogEntry, double> value, int points)
    {
        var known = log.Select(e => (e.Step, Value: value(e))).Where(e => double.IsFinite(e.Value)).ToList();
        return [.. known.Chunk(Math.Max(1, (int)Math.Ceiling((double)known.Count / points))).Select(c => (c.Average(e => (double)e.Step), c.Average(e => e.Value)))];
    }

    private static string Unit(List<string> terms) =>
        terms.TrueForAll(t => t.Split('.')[^1] is "nll" or "kl" or "reconstruction" or "class" or "code") && terms.Exists(t => t.EndsWith("nll", StringComparison.Ordinal) || t.EndsWith("kl", StringComparison.Ordinal)) ? " (nats per example)" : " (loss)";

    private static void Fill(Plot plot, IReadOnlyList<LogEntry> log, List<string> terms, bool looks)
    {
        var all = new List<double>();
        double Sum(LogEntry e) => terms.TrueForAll(e.Terms.ContainsKey) ? terms.Sum(t => e.Terms[t]) : double.NaN;
        for (var i = 0; i < terms.Count && terms.Count > 1; i++)
        {
            var term = terms[i];
            Line(Course(log, e => e.Terms.GetValueOrDefault(term, double.NaN), Points), Chart.Of(i + 2, 10), 1.5f, term.Split('.')[^1]);
        }

        Line(Course(log, Sum, Points), s_sum, 2.5f, terms.Count > 1 ? "sum" : terms[0].Split('.')[^1]);
        if (looks && log.Any(e => e.Terms.ContainsKey(Validation.Term)))
        {
            Line(Course(log, e => e.Terms.GetValueOrDefault(Validation.Term, double.NaN), Points), s_validation, 2.5f, "validation split");
        }

        Chart.ShowLegend(plot, Edge.Top);

        // The first steps are so far off that they would flatten all others.
        var sorted = all.Order().ToList();
        if (sorted.Count > 0 && sorted[^1] > sorted[0])
        {
            var high = sorted[(int)((sorted.Count - 1) * 0.97)];
            plot.Axes.SetLimitsY(sorted[0] - (0.05 * (high - sorted[0])), high + (0.05 * (high - sorted[0])));
        }

        void Line(IReadOnlyList<(double Step, double Mean)> course, Color colour, float width, string name)
        {
            all.AddRange(course.Select(c => c.Mean));
            var line = plot.Add.ScatterLine(course.Select(c => c.Step).ToArray(), course.Select(c => c.Mean).ToArray(), colour);
            (line.LineWidth, line.LegendText) = (width, name);
        }
    }
}

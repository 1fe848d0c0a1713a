using ScottPlot;

namespace Likeness;

/// <summary>Episodes in one picture: a chart for each value of the state, for each action, and for what was earned; a line for each episode. On a board, the ways that were taken.</summary>
public static class EpisodePicture
{
    private const int Width = 1200, Height = 240, Heading = 30, Footing = 40, Most = 20;
    private const float AxisWidth = 110;

    /// <param name="world">Where they happened.</param>
    /// <param name="episodes">The first twenty are drawn.</param>
    /// <param name="title">Who acted.</param>
    public static Image Draw(IEnvironment world, IReadOnlyList<Episode> episodes, string title)
    {
        if (world is GridWorld { Board: var board })
        {
            return BoardPicture.Draw(board, episodes, title);
        }

        var (states, actions) = (world.States.Count, world.Actions.Count);
        var charts = states + actions + 1;
        using var drawing = new Drawing(Width, (Height * charts) + Heading + Footing);
        var top = 0;
        for (var j = 0; j < charts; j++)
        {
            var (first, last) = (j == 0, j == charts - 1);
            var plot = Chart.Create(first ? title : "", last ? "step" : "", j < states ? world.States[j] : last ? "return" : world.Actions[j - states].Name);
            plot.Axes.Left.MinimumSize = AxisWidth;
            plot.Axes.Left.MaximumSize = AxisWidth;
            var shown = Math.Min(episodes.Count, Most);
            for (var e = 0; e < shown; e++)
            {
                var values = Values(episodes[e], j, states, actions);
                var line = plot.Add.ScatterLine([.. values.Select((_, t) => (double)t)], values, Chart.Of(e, Math.Max(shown, 3)));
                line.LineWidth = shown > 5 ? 1.2f : 2f;
            }

            plot.Axes.Margins(0.01, 0.08);
            var part = Height + (first ? Heading : 0) + (last ? Footing : 0);
            drawing.Paste(Chart.Render(plot, Width, part), 0, top);
            top += part;
        }

        return drawing.ToImage();
    }

    private static double[] Values(Episode episode, int chart, int states, int actions)
    {
        if (chart < states + actions)
        {
            return chart < states ? [.. episode.States.Select(s => s[chart])] : [.. episode.Actions.Select(a => a[chart - states])];
        }

        var sum = 0.0;
        return [.. episode.Rewards.Select(r => sum += r)];
    }
}

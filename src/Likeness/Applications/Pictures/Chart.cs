using ScottPlot;
using ScottPlot.TickGenerators;

namespace Likeness;

/// <summary>How all charts look, and their way from ScottPlot to a picture.</summary>
internal static class Chart
{
    /// <summary>Size of letters in pixels.</summary>
    public const float Small = 18, Large = 21;

    // ScottPlot centres the line of text with its room for accents; numbers have none.
    private const float Lower = 3;

    private const float Right = 48;

    // Of ScottPlot's own density of ticks.
    private const double Density = 0.6;

    private static readonly Color s_ink = Color.FromHex("#333333"), s_rule = Color.FromHex("#E6E6E6");

    public static Plot Create(string title, string across, string up)
    {
        var plot = new Plot();
        Lettering.Use(plot);
        plot.Axes.Color(s_ink);
        plot.Grid.MajorLineColor = s_rule;
        plot.Axes.Right.FrameLineStyle.IsVisible = false;
        plot.Axes.Top.FrameLineStyle.IsVisible = false;
        // The last number of an axis is wider than its tick.
        plot.Axes.Right.MinimumSize = Right;
        plot.Axes.Left.TickLabelStyle.OffsetY = Lower;
        plot.Axes.Left.TickGenerator = new NumericAutomatic { TickDensity = Density };
        plot.Axes.Bottom.TickGenerator = new NumericAutomatic { TickDensity = Density };
        foreach (var axis in plot.Axes.GetAxes())
        {
            axis.TickLabelStyle.FontSize = Small;
        }

        Say(plot.Axes.Bottom.Label, across, Small);
        Say(plot.Axes.Left.Label, up, Small);
        Say(plot.Axes.Title.Label, title, Large);
        plot.Axes.Title.IsVisible = title.Length > 0;
        plot.HideLegend();
        return plot;
    }

    /// <summary>Shows what is in the legend at an edge, outside of the axes.</summary>
    public static void ShowLegend(Plot plot, Edge edge)
    {
        plot.Legend.FontSize = Small;
        plot.Legend.FontName = Lettering.NameFor(string.Concat(plot.Legend.GetItems().Select(i => i.LabelText)));
        plot.Legend.OutlineWidth = 0;
        plot.Legend.ShadowColor = Colors.Transparent;
        plot.Legend.Orientation = edge == Edge.Right ? Orientation.Vertical : Orientation.Horizontal;
        plot.Legend.TightHorizontalWrapping = true;
        plot.Legend.InterItemPadding = new(12, 12, 4, 4);
        var panel = plot.ShowLegend(edge);
        panel.Alignment = edge == Edge.Right ? Alignment.UpperLeft : Alignment.UpperRight;
        panel.Padding = new(0);
    }

    public static Image Render(Plot plot, int width, int height)
    {
        using var drawing = new Drawing(width, height);
        plot.Render(drawing.Canvas, width, height);
        return drawing.ToImage();
    }

    /// <summary>A colour for each of so many classes, neighbours far apart.</summary>
    public static Color Of(int k, int count)
    {
        IPalette palette = count <= 10 ? new ScottPlot.Palettes.Category10() : new ScottPlot.Palettes.Category20();
        // Of more classes than palettes have colours, hues all around the circle, every second one darker.
        return count <= 20 ? palette.GetColor(k) : Color.FromHSL((float)k / count, 0.75f, k % 2 == 0 ? 0.55f : 0.35f);
    }

    private static void Say(LabelStyle label, string text, float size)
    {
        (label.Text, label.FontSize, label.Bold) = (text, size, false);
        label.IsVisible = text.Length > 0;
        if (Lettering.FaceFor(text) is { } face)
        {
            // A face goes before the name of the font that all text of the chart has.
            label.Font = face;
        }
    }
}

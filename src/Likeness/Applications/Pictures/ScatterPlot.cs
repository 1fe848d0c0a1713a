using ScottPlot;
using SkiaSharp;

namespace Likeness;

/// <summary>Points of the plane in one picture; crowded places are darker.</summary>
public static class ScatterPlot
{
    private const int Side = 860, LegendLine = 32, LegendEnds = 40, LegendMarks = 70;

    /// <param name="points">[n, 2].</param>
    /// <param name="words">What it is of.</param>
    /// <exception cref="UsageException">The data is not of the plane.</exception>
    public static Image Draw(Tensor points, ChartWords? words = null) => Draw(points, [], [], words);

    /// <summary>Points in the colours of their classes, with the names beside.</summary>
    /// <param name="points">[n, 2].</param>
    /// <param name="labels">The class of each point.</param>
    /// <param name="names">Of the classes.</param>
    /// <param name="words">What it is of.</param>
    /// <exception cref="UsageException">The data is not of the plane.</exception>
    public static Image Draw(Tensor points, IReadOnlyList<int> labels, IReadOnlyList<string> names, ChartWords? words = null)
    {
        if (points.ndim != 2 || points.shape[1] != 2)
        {
            throw new UsageException($"Examples of {Counted.Of(points.size(-1), "value")} cannot be drawn as points of the plane: write a .npy or .csv file instead.");
        }

        var values = points.ToArray<float>();
        var places = Enumerable.Range(0, values.Length / 2).Select(i => new Coordinates(values[2 * i], values[(2 * i) + 1]))
            .Where(p => double.IsFinite(p.X) && double.IsFinite(p.Y)).ToArray();
        return Draw(places, labels, names, words ?? new());
    }

    private static Image Draw(Coordinates[] places, IReadOnlyList<int> labels, IReadOnlyList<string> names, ChartWords words)
    {
        var plot = Chart.Create(words.Title, words.Across, words.Up);
        plot.PlottableList.Add(new Points(places, [.. labels.Select(l => Chart.Of(l, names.Count))]));
        var (left, right) = Range(places, p => p.X);
        var (bottom, top) = Range(places, p => p.Y);
        plot.Axes.SetLimits(left, right, bottom, top);
        // One scale for both axes, so circles stay round.
        plot.Axes.SquareUnits();
        var width = Side;
        if (names.Count > 0)
        {
            plot.Legend.ManualItems.AddRange(names.Select((name, k) => new LegendItem { LabelText = name, MarkerShape = MarkerShape.FilledCircle, MarkerSize = 14, MarkerColor = Chart.Of(k, names.Count) }));
            Chart.ShowLegend(plot, Edge.Right);
            using var font = Lettering.Font(Chart.Small, string.Concat(names));
            width += LegendMarks + (int)names.Max(n => font.MeasureText(n));
        }

        return Chart.Render(plot, width, Math.Max(Side, LegendEnds + (names.Count * LegendLine)));
    }

    // The middle 99.8 %, and a margin: a single stray point must not shrink all others to a dot.
    private static (double Low, double High) Range(Coordinates[] places, Func<Coordinates, double> axis)
    {
        if (places.Length == 0)
        {
            return (0, 1);
        }

        var sorted = places.Select(axis).Order().ToArray();
        var cut = sorted.Length / 1000;
        var (low, high) = (sorted[cut], sorted[^(cut + 1)]);
        var margin = high > low ? (high - low) * 0.05 : Math.Max(Math.Abs(high) * 1e-3, 1);
        return (low - margin, high + margin);
    }

    /// <summary>Points in the order in which they are given, so no class covers another, as it would if ScottPlot drew class by class.</summary>
    private sealed class Points(Coordinates[] places, Color[] colours) : IPlottable
    {
        public bool IsVisible { get; set; } = true;

        public IAxes Axes { get; set; } = new Axes();

        public IEnumerable<LegendItem> LegendItems => [];

        public AxisLimits GetAxisLimits() => AxisLimits.NoLimits;

        public void Render(RenderPack rp)
        {
            // The fewer points, the larger each.
            var radius = places.Length switch { <= 200 => 6f, <= 1000 => 4.5f, <= 4000 => 3.5f, _ => 2.8f };
            var ink = (byte)(places.Length switch { <= 200 => 200, <= 4000 => 130, _ => 90 });
            using var paint = new SKPaint { IsAntialias = true };
            for (var i = 0; i < places.Length; i++)
            {
                paint.Color = (colours.Length > 0 ? colours[i] : Chart.Of(0, 1)).WithAlpha(ink).ToSKColor();
                rp.Canvas.DrawCircle(Axes.GetPixel(places[i]).ToSKPoint(), radius, paint);
            }
        }
    }
}

using Likeness.Torch;

namespace Likeness.Applications;

/// <summary>Points of the plane in one picture; crowded places are darker.</summary>
public static class ScatterPlot
{
    private const int Side = 480;
    private const int Margin = 16;
    private const double Ink = 0.35;

    /// <param name="points">[n, 2].</param>
    /// <exception cref="UsageException">The data is not of the plane.</exception>
    public static Image Draw(Tensor points)
    {
        var canvas = new Canvas(Side, Side, 1);
        foreach (var (x, y) in Places(points))
        {
            for (var dy = -1; dy <= 1; dy++)
            {
                for (var dx = -1; dx <= 1; dx++)
                {
                    canvas.Darken(x + dx, y + dy, dx == 0 && dy == 0 ? Ink * 2 : Ink);
                }
            }
        }

        return canvas.ToImage();
    }

    /// <summary>Points in the colours of their classes, with the names beside.</summary>
    /// <param name="points">[n, 2].</param>
    /// <param name="labels">The class of each point.</param>
    /// <param name="names">Of the classes.</param>
    /// <exception cref="UsageException">The data is not of the plane.</exception>
    public static Image Draw(Tensor points, IReadOnlyList<int> labels, IReadOnlyList<string> names)
    {
        const int line = 20, mark = 10;
        var legend = names.Count > 0 ? names.Max(Lettering.Width) * 2 + mark + (2 * Margin) : 0;
        var canvas = new Canvas(Side + legend, Math.Max(Side, (2 * Margin) + (names.Count * line)), 3);
        foreach (var (place, label) in Places(points).Zip(labels))
        {
            canvas.Fill(place.X - 1, place.Y - 1, 3, 3, Colour(label, names.Count));
        }

        for (var k = 0; k < names.Count; k++)
        {
            canvas.Fill(Side, Margin + (k * line) + 2, mark, mark, Colour(k, names.Count));
            canvas.Write(names[k], Side + mark + (Margin / 2), Margin + (k * line), 2);
        }

        return canvas.ToImage();
    }

    // Hues all around the circle, every second one darker, so that neighbours differ.
    private static byte[] Colour(int k, int count)
    {
        var hue = 6.0 * k / Math.Max(count, 1);
        var bright = k % 2 == 0 ? 235 : 150;
        return [Channel(5), Channel(3), Channel(1)];

        byte Channel(int n)
        {
            var at = (n + hue) % 6;
            return (byte)(bright * (1 - Math.Clamp(Math.Min(at, 4 - at), 0, 1)));
        }
    }

    // Where each point is drawn.
    private static IEnumerable<(int X, int Y)> Places(Tensor points)
    {
        if (points.Dims != 2 || points.Shape[1] != 2)
        {
            throw new UsageException($"Examples of {points.Size(-1)} values cannot be drawn as points of the plane: write a .npy or .csv file instead.");
        }

        var values = points.ToArray<float>();
        if (values.Length == 0)
        {
            return [];
        }

        var (left, right) = Range(values, 0);
        var (bottom, top) = Range(values, 1);
        // One scale for both axes, so that circles stay round.
        var scale = (Side - (2.0 * Margin)) / Math.Max(Math.Max(right - left, top - bottom), 1e-9);
        var (centreX, centreY) = ((left + right) / 2, (bottom + top) / 2);
        return Enumerable.Range(0, values.Length / 2).Select(i => (
            (int)Math.Round((Side / 2.0) + ((values[2 * i] - centreX) * scale)),
            (int)Math.Round((Side / 2.0) - ((values[(2 * i) + 1] - centreY) * scale))));
    }

    // The middle 99.8 %: a single stray point must not shrink all others to a dot.
    private static (double Low, double High) Range(float[] values, int axis)
    {
        var sorted = values.Where((_, i) => i % 2 == axis).Order().ToArray();
        var cut = sorted.Length / 1000;
        return (sorted[cut], sorted[^(cut + 1)]);
    }
}

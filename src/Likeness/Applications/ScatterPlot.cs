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
        if (points.Dims != 2 || points.Shape[1] != 2)
        {
            throw new UsageException($"Examples of {points.Size(-1)} values cannot be drawn as points of the plane: write a .npy or .csv file instead.");
        }

        var values = points.ToArray<float>();
        var canvas = new Canvas(Side, Side, 1);
        if (values.Length == 0)
        {
            return canvas.ToImage();
        }

        var (left, right) = Range(values, 0);
        var (bottom, top) = Range(values, 1);
        // One scale for both axes, so that circles stay round.
        var scale = (Side - (2.0 * Margin)) / Math.Max(Math.Max(right - left, top - bottom), 1e-9);
        var (centreX, centreY) = ((left + right) / 2, (bottom + top) / 2);
        for (var i = 0; i < values.Length; i += 2)
        {
            var x = (int)Math.Round((Side / 2.0) + ((values[i] - centreX) * scale));
            var y = (int)Math.Round((Side / 2.0) - ((values[i + 1] - centreY) * scale));
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

    // The middle 99.8 %: a single stray point must not shrink all others to a dot.
    private static (double Low, double High) Range(float[] values, int axis)
    {
        var sorted = values.Where((_, i) => i % 2 == axis).Order().ToArray();
        var cut = sorted.Length / 1000;
        return (sorted[cut], sorted[^(cut + 1)]);
    }
}

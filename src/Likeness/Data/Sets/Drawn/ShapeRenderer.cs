namespace Likeness;

/// <summary>Draws scenes: the signed distance of each pixel's centre to the shape's outline gives the pixel's coverage.</summary>
public static class ShapeRenderer
{
    // Corners on or inside the unit circle, y downwards; the circle has none.
    private static readonly Dictionary<string, (double X, double Y)[]> Corners = new()
    {
        ["circle"] = [],
        ["square"] = Polygon(4, Math.PI / 4, 0.95),
        ["triangle"] = Polygon(3, 0, 1),
        ["diamond"] = [(0, -1), (0.62, 0), (0, 1), (-0.62, 0)],
        ["star"] = [.. Enumerable.Range(0, 10).Select(i => Polar(i * Math.PI / 5, i % 2 == 0 ? 1 : 0.42))],
        ["cross"] =
        [
            (-0.3, -0.95), (0.3, -0.95), (0.3, -0.3), (0.95, -0.3), (0.95, 0.3), (0.3, 0.3),
            (0.3, 0.95), (-0.3, 0.95), (-0.3, 0.3), (-0.95, 0.3), (-0.95, -0.3), (-0.3, -0.3),
        ],
    };

    /// <summary>The picture, bytes [channels, size, size].</summary>
    public static void Render(ShapeScene scene, ShapeStyle style, int size, Span<byte> pixels)
    {
        var (front, back) = (ShapeStyle.Rgb(scene.Colour), ShapeStyle.Rgb(scene.Background));
        var area = size * size;
        Span<int> fronts = [front.R, front.G, front.B];
        Span<int> backs = [back.R, back.G, back.B];
        for (var c = 0; c < style.Channels; c++)
        {
            pixels.Slice(c * area, area).Fill((byte)backs[c]);
        }

        // Nothing is drawn outside of the circle around the shape.
        var (left, right) = Extent(scene.CentreX, scene.Radius, size);
        var (top, bottom) = Extent(scene.CentreY, scene.Radius, size);
        var corners = Placed(scene, size);
        for (var y = top; y < bottom; y++)
        {
            for (var x = left; x < right; x++)
            {
                var coverage = Coverage(scene, style.Stroke, size, corners, x + 0.5, y + 0.5);
                for (var c = 0; c < style.Channels && coverage > 0; c++)
                {
                    pixels[(c * area) + (y * size) + x] = (byte)(backs[c] + (coverage * (fronts[c] - backs[c])) + 0.5);
                }
            }
        }
    }

    /// <summary>How much of each pixel the shape covers, 0 … 255, bytes [size, size].</summary>
    public static byte[] Mask(ShapeScene scene, ShapeStyle style, int size)
    {
        var mask = new byte[size * size];
        Render(scene with { Colour = "white", Background = "black" }, style with { Channels = 1 }, size, mask);
        return mask;
    }

    private static double Coverage(ShapeScene scene, double stroke, int size, (double X, double Y)[] corners, double x, double y)
    {
        var (radius, dx, dy) = (scene.Radius * size, x - (scene.CentreX * size), y - (scene.CentreY * size));
        var distance = corners.Length == 0 ? Math.Sqrt((dx * dx) + (dy * dy)) - radius : Distance(corners, x, y);
        if (stroke > 0)
        {
            // A band inside the outline, at least one pixel wide.
            var half = Math.Max(stroke * radius, 1) / 2;
            distance = Math.Abs(distance + half) - half;
        }

        return Math.Clamp(0.5 - distance, 0, 1);
    }

    /// <summary>The distance to a polygon's outline, negative inside: the nearest edge, and the sign by counting crossings.</summary>
    private static double Distance((double X, double Y)[] corners, double x, double y)
    {
        var (nearest, inside) = (double.PositiveInfinity, false);
        for (int i = 0, j = corners.Length - 1; i < corners.Length; j = i++)
        {
            var (ax, ay) = corners[i];
            var (ex, ey) = (corners[j].X - ax, corners[j].Y - ay);
            var (px, py) = (x - ax, y - ay);
            var along = Math.Clamp(((px * ex) + (py * ey)) / ((ex * ex) + (ey * ey)), 0, 1);
            var (qx, qy) = (px - (ex * along), py - (ey * along));
            nearest = Math.Min(nearest, (qx * qx) + (qy * qy));
            if (ay > y != corners[j].Y > y && px < ex * py / ey)
            {
                inside = !inside;
            }
        }

        return inside ? -Math.Sqrt(nearest) : Math.Sqrt(nearest);
    }

    private static (double X, double Y)[] Placed(ShapeScene scene, int size)
    {
        var (sin, cos) = Math.SinCos(scene.Angle);
        return Array.ConvertAll(Corners[scene.Shape], p => (
            size * (scene.CentreX + (scene.Radius * ((cos * p.X) - (sin * p.Y)))),
            size * (scene.CentreY + (scene.Radius * ((sin * p.X) + (cos * p.Y))))));
    }

    private static (int From, int To) Extent(double centre, double radius, int size) => (
        Math.Max(0, (int)Math.Floor(((centre - radius) * size) - 1)),
        Math.Min(size, (int)Math.Ceiling(((centre + radius) * size) + 1)));

    private static (double X, double Y)[] Polygon(int corners, double turn, double radius) =>
        [.. Enumerable.Range(0, corners).Select(i => Polar(turn + (2 * Math.PI * i / corners), radius))];

    // Clockwise from the top, as the picture shows it.
    private static (double X, double Y) Polar(double angle, double radius) => (radius * Math.Sin(angle), -radius * Math.Cos(angle));
}

namespace Likeness;

/// <summary>Normals of deviation 0.5/√2 at the corners of an octagon of radius 4/√2, equally likely.</summary>
internal sealed class EightGaussians : PlaneToy
{
    private static readonly double Radius = 4 / Math.Sqrt(2);
    private static readonly double Deviation = 0.5 / Math.Sqrt(2);

    protected override (double X, double Y) Draw(ref SplitMix64 random)
    {
        var angle = random.Below(8) * Math.PI / 4;
        return ((Radius * Math.Cos(angle)) + (Deviation * random.Normal()), (Radius * Math.Sin(angle)) + (Deviation * random.Normal()));
    }

    protected override double LogDensity(double x, double y)
    {
        var total = double.NegativeInfinity;
        for (var k = 0; k < 8; k++)
        {
            var angle = k * Math.PI / 4;
            total = ToyMath.LogAdd(total, ToyMath.LogNormal(x - (Radius * Math.Cos(angle)), y - (Radius * Math.Sin(angle)), Deviation));
        }

        return total - Math.Log(8);
    }
}

/// <summary>Uniform on the black fields (2×2 each) of a 4×4 board over [−4, 4]².</summary>
internal sealed class Checkerboard : PlaneToy
{
    protected override (double X, double Y) Draw(ref SplitMix64 random)
    {
        // Rounding to single precision must not carry a point over its field's edge: the last 2⁻²² of it are left out.
        var (column, row) = (random.Below(4), random.Below(2));
        var (x, y) = (random.Uniform(0, 2 - 5e-7), random.Uniform(0, 2 - 5e-7));
        return (x + (2 * column) - 4, y + (2 * ((2 * row) + (column % 2))) - 4);
    }

    protected override double LogDensity(double x, double y)
    {
        var (column, row) = (Math.Floor((x + 4) / 2), Math.Floor((y + 4) / 2));
        return column is >= 0 and < 4 && row is >= 0 and < 4 && (column + row) % 2 == 0 ? -Math.Log(32) : double.NegativeInfinity;
    }
}

/// <summary>
/// Five arms: normals around (1, 0) with deviations 0.3 along and 0.1 across, turned by 2πk/5 + e^r/4, then doubled in size.
/// The usual form turns by e^a with the coordinate a along the arm instead of the radius r; with the radius the turn keeps
/// areas and can be undone, so the density has a closed form. The pictures are the same to the eye.
/// </summary>
internal sealed class Pinwheel : PlaneToy
{
    private const int Arms = 5;
    private const double Along = 0.3;
    private const double Across = 0.1;
    private const double Scale = 2;

    protected override (double X, double Y) Draw(ref SplitMix64 random)
    {
        var (a, b) = (1 + (Along * random.Normal()), Across * random.Normal());
        var (x, y) = Turned(a, b, Angle(random.Below(Arms), Math.Sqrt((a * a) + (b * b))));
        return (Scale * x, Scale * y);
    }

    protected override double LogDensity(double x, double y)
    {
        (x, y) = (x / Scale, y / Scale);
        var radius = Math.Sqrt((x * x) + (y * y));
        var total = double.NegativeInfinity;
        for (var k = 0; k < Arms; k++)
        {
            var (a, b) = Turned(x, y, -Angle(k, radius));
            total = ToyMath.LogAdd(total, -0.5 * (((a - 1) * (a - 1) / (Along * Along)) + (b * b / (Across * Across))));
        }

        return total - Math.Log(Arms * 2 * Math.PI * Along * Across * Scale * Scale);
    }

    private static double Angle(int arm, double radius) => (2 * Math.PI * arm / Arms) + (Math.Exp(radius) / 4);

    private static (double X, double Y) Turned(double x, double y, double angle)
    {
        var (sin, cos) = Math.SinCos(angle);
        return ((cos * x) - (sin * y), (sin * x) + (cos * y));
    }
}

/// <summary>What the toys' densities need.</summary>
internal static class ToyMath
{
    /// <summary>log(e^a + e^b).</summary>
    public static double LogAdd(double a, double b)
    {
        var (high, low) = (Math.Max(a, b), Math.Min(a, b));
        return double.IsNegativeInfinity(low) ? high : high + Math.Log(1 + Math.Exp(low - high));
    }

    /// <summary>The log density of a round normal of the plane at this distance from its mean.</summary>
    public static double LogNormal(double dx, double dy, double deviation) =>
        (-((dx * dx) + (dy * dy)) / (2 * deviation * deviation)) - Math.Log(2 * Math.PI * deviation * deviation);
}

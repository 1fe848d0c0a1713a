namespace Likeness;

/// <summary>
/// A point of a curve, uniform in the curve's parameter u, plus round normal noise. The density is the integral over u of the
/// noise's density, by Gauss and Legendre's rule on panels so short that the integrand is smooth on each.
/// </summary>
internal abstract class NoisyCurve(double deviation) : PlaneToy
{
    private const int Panels = 256;

    // The 5-point rule on [−1, 1]: exact for polynomials of degree 9.
    private static readonly double[] Nodes =
        [-0.9061798459386640, -0.5384693101056831, 0, 0.5384693101056831, 0.9061798459386640];

    private static readonly double[] Weights =
        [0.2369268850561891, 0.4786286704993665, 0.5688888888888889, 0.4786286704993665, 0.2369268850561891];

    private (double X, double Y, double Weight)[]? quadrature;

    protected override (double X, double Y) Draw(ref SplitMix64 random)
    {
        var (x, y) = Point(random.Uniform());
        return (x + (deviation * random.Normal()), y + (deviation * random.Normal()));
    }

    protected override double LogDensity(double x, double y)
    {
        quadrature ??= Quadrature();
        // The sum is taken relative to its largest term, so it is right far away from the curve, too.
        var nearest = double.PositiveInfinity;
        foreach (var (px, py, _) in quadrature)
        {
            nearest = Math.Min(nearest, ((x - px) * (x - px)) + ((y - py) * (y - py)));
        }

        // Terms below e⁻⁴⁰ of the largest are lost in rounding.
        var (sum, farthest) = (0.0, nearest + (40 * 2 * deviation * deviation));
        foreach (var (px, py, weight) in quadrature)
        {
            var distance = ((x - px) * (x - px)) + ((y - py) * (y - py));
            if (distance < farthest)
            {
                sum += weight * Math.Exp((nearest - distance) / (2 * deviation * deviation));
            }
        }

        return Math.Log(sum) - (nearest / (2 * deviation * deviation)) - Math.Log(2 * Math.PI * deviation * deviation);
    }

    /// <summary>The curve at u in [0, 1); it may jump at 1/2 and nowhere else.</summary>
    protected abstract (double X, double Y) Point(double u);

    private (double X, double Y, double Weight)[] Quadrature()
    {
        var points = new (double, double, double)[Panels * Nodes.Length];
        for (var i = 0; i < points.Length; i++)
        {
            var (panel, node) = Math.DivRem(i, Nodes.Length);
            var (x, y) = Point((panel + ((1 + Nodes[node]) / 2)) / Panels);
            points[i] = (x, y, Weights[node] / (2 * Panels));
        }

        return points;
    }
}

/// <summary>The two half circles of scikit-learn's moons, doubled in size and centred: radius 2, noise 0.2.</summary>
internal sealed class TwoMoons() : NoisyCurve(deviation: 0.2)
{
    protected override (double X, double Y) Point(double u)
    {
        var (sin, cos) = Math.SinCos(Math.PI * (u < 0.5 ? 2 * u : (2 * u) - 1));
        return u < 0.5 ? ((2 * cos) - 1, (2 * sin) - 0.2) : (1 - (2 * cos), 0.8 - (2 * sin));
    }
}

/// <summary>The spiral t·(cos t, sin t)/5 with t = 3π/2·(1 + 2u); noise 0.2.</summary>
internal sealed class SwissRoll() : NoisyCurve(deviation: 0.2)
{
    protected override (double X, double Y) Point(double u)
    {
        var t = 1.5 * Math.PI * (1 + (2 * u));
        return (t * Math.Cos(t) / 5, t * Math.Sin(t) / 5);
    }
}

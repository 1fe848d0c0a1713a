namespace Likeness;

/// <summary>A distribution that can be drawn from and whose density is known: what estimates of densities are tried on.</summary>
internal abstract class Toy
{
    /// <summary>Numbers of one point.</summary>
    public abstract int Dimensions { get; }

    /// <summary>Writes one point.</summary>
    public abstract void Draw(ref SplitMix64 random, Span<float> x);

    /// <summary>log p(x) in nats, with a relative error of p below 1e-6.</summary>
    public abstract double LogDensity(ReadOnlySpan<float> x);
}

/// <summary>
/// A toy in the plane. The forms and sizes are those of the normalizing-flow papers (Grathwohl et al. 2019), within ±4 or so.
/// </summary>
internal abstract class PlaneToy : Toy
{
    public sealed override int Dimensions => 2;

    public sealed override void Draw(ref SplitMix64 random, Span<float> x)
    {
        var point = Draw(ref random);
        (x[0], x[1]) = ((float)point.X, (float)point.Y);
    }

    public sealed override double LogDensity(ReadOnlySpan<float> x) => LogDensity(x[0], x[1]);

    protected abstract (double X, double Y) Draw(ref SplitMix64 random);

    protected abstract double LogDensity(double x, double y);
}

namespace Likeness;

/// <summary>
/// A distribution in the plane that can be drawn from and whose density is known: what estimates of densities are tried on.
/// The forms and sizes are those of the normalizing-flow papers (Grathwohl et al. 2019), within ±4 or so.
/// </summary>
internal abstract class Toy
{
    /// <summary>One point.</summary>
    public abstract (double X, double Y) Draw(ref SplitMix64 random);

    /// <summary>log p(x, y) in nats, with a relative error of p below 1e-6.</summary>
    public abstract double LogDensity(double x, double y);
}

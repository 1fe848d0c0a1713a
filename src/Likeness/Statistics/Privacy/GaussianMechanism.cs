namespace Likeness;

/// <summary>
/// Exact privacy of noisy sums over all examples (Balle and Wang 2018, theorem 8): with μ = √(Σ times/σ²) over all of them, which is how they compose,
/// <code>δ(ε) = Φ(μ/2 − ε/μ) − e^ε Φ(−μ/2 − ε/μ)</code>
/// </summary>
public static class GaussianMechanism
{
    /// <summary>The smallest δ at an ε.</summary>
    /// <param name="mu">μ: 1/σ for one use.</param>
    /// <param name="epsilon">ε, at least 0.</param>
    public static double Delta(double mu, double epsilon)
    {
        if (mu == 0)
        {
            return 0;
        }

        var logs = PrivacyParameters.LogNdtr([(mu / 2) - (epsilon / mu), -(mu / 2) - (epsilon / mu)]);
        return Math.Max(0, Math.Exp(logs[0]) - Math.Exp(epsilon + logs[1]));
    }

    /// <summary>The smallest ε at a δ.</summary>
    public static double Epsilon(double mu, double delta)
    {
        PrivacyParameters.CheckDelta(delta);
        if (Delta(mu, 0) <= delta)
        {
            return 0;
        }

        var (low, high) = (0.0, 1.0);
        while (Delta(mu, high) > delta)
        {
            (low, high) = (high, 2 * high);
        }

        return Bisection.Last(low, high, epsilon => Delta(mu, epsilon) > delta);
    }

    /// <summary>The smallest σ that keeps an (ε, δ) for so many uses.</summary>
    public static double Noise(double epsilon, double delta, long times)
    {
        var high = 1.0;
        while (Epsilon(Math.Sqrt(times) / high, delta) > epsilon)
        {
            high *= 2;
        }

        return Bisection.Last(high / 1e6, high, noise => Epsilon(Math.Sqrt(times) / noise, delta) > epsilon);
    }
}

/// <summary>Where a condition that holds up to a point ends.</summary>
internal static class Bisection
{
    /// <summary>The point, or a little beyond it, where the condition no longer holds.</summary>
    public static double Last(double low, double high, Func<double, bool> holds, double relative = 1e-10)
    {
        while (high - low > relative * Math.Max(1e-3, high))
        {
            var middle = (low + high) / 2;
            (low, high) = holds(middle) ? (middle, high) : (low, middle);
        }

        return high;
    }
}

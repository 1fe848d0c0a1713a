namespace Likeness;

/// <summary>
/// A mechanism that adds Normal noise to a sum over examples, each of which changes it by a vector of length 1 at most: what every private training here is made of.
/// Two data sets are neighbours where one has an example more than the other.
/// </summary>
/// <param name="Noise">σ, the noise's deviation over the length of the longest change.</param>
/// <param name="Rate">q, the chance of each example to be in the sum, independently (Poisson sampling); 1 is all of them.</param>
/// <param name="Times">How often it was used.</param>
public sealed record NoisySum([property: Above(0)] double Noise, [property: Above(0, AtMost = 1)] double Rate, [property: AtLeast(0)] long Times)
{
    /// <summary>The same number of uses and more.</summary>
    internal NoisySum Checked() => Noise > 0 && double.IsFinite(Noise) && Rate is > 0 and <= 1 && Times >= 0
        ? this
        : throw new UsageException($"A noisy sum cannot have the noise {Noise} at the rate {Rate} for {Times} times: the noise must be above 0, the rate above 0 and at most 1, and times at least 0.");
}

/// <summary>What is asked of an (ε, δ), wherever one is computed.</summary>
internal static class PrivacyParameters
{
    /// <exception cref="UsageException">δ is no chance between 0 and 1.</exception>
    public static double CheckDelta(double delta) => delta is > 0 and < 1
        ? delta
        : throw new UsageException($"A delta of {delta} is not possible: choose a number between 0 and 1, well below one over the number of examples.");

    /// <summary>log Φ(x).</summary>
    public static double[] LogNdtr(double[] x) => Chain.Value<double[]>(() => Special.LogNdtr(Tensor.From(x, x.Length)).ToArray<double>());

    /// <summary>log Φ(x).</summary>
    public static double LogNdtr(double x) => LogNdtr([x])[0];

    /// <summary>log (e^a + e^b).</summary>
    public static double LogAdd(double a, double b)
    {
        var (high, low) = a > b ? (a, b) : (b, a);
        return double.IsNegativeInfinity(low) ? high : high + Log1p(Math.Exp(low - high));
    }

    /// <summary>log (1 + x), exact for small x (Kahan).</summary>
    public static double Log1p(double x)
    {
        var u = 1 + x;
        return u == 1 ? x : double.IsPositiveInfinity(u) ? u : Math.Log(u) * (x / (u - 1));
    }

    /// <summary>e^x − 1, exact for small x.</summary>
    public static double Expm1(double x)
    {
        if (Math.Abs(x) > 0.1)
        {
            return Math.Exp(x) - 1;
        }

        // e^x − 1 = 2 tanh(x/2)/(1 − tanh(x/2))
        var t = Math.Tanh(x / 2);
        return 2 * t / (1 - t);
    }
}

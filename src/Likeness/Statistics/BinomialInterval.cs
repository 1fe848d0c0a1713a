namespace Likeness;

/// <summary>Exact bounds on a chance from how often something happened (Clopper and Pearson 1934): one-sided, and each right with at least the confidence asked for.</summary>
public static class BinomialInterval
{
    private const int MostTerms = 100_000;

    /// <summary>The chance is at least this.</summary>
    /// <param name="times">How often it happened.</param>
    /// <param name="of">Out of how many.</param>
    /// <param name="confidence">Such as 0.95.</param>
    public static double Lower(int times, int of, double confidence) =>
        times == 0 ? 0 : Bisection.Last(0, 1, p => RegularisedBeta(p, times, of - times + 1) < 1 - confidence, 1e-12);

    /// <summary>The chance is at most this.</summary>
    /// <inheritdoc cref="Lower"/>
    public static double Upper(int times, int of, double confidence) => 1 - Lower(of - times, of, confidence);

    /// <summary>I_x(a, b), the chance that of a + b − 1 uniform numbers at least a are below x.</summary>
    public static double RegularisedBeta(double x, double a, double b)
    {
        if (x <= 0 || x >= 1)
        {
            return x <= 0 ? 0 : 1;
        }

        // The fraction converges fast below the mean; above, the other tail has it.
        if (x > (a + 1) / (a + b + 2))
        {
            return 1 - RegularisedBeta(1 - x, b, a);
        }

        const double tiny = 1e-300;
        var front = Math.Exp(ChiSquared.LogGamma(a + b) - ChiSquared.LogGamma(a) - ChiSquared.LogGamma(b) + (a * Math.Log(x)) + (b * Math.Log(1 - x))) / a;
        double c = 1, d = 1 / NotZero(1 - ((a + b) * x / (a + 1))), h = d;
        for (var m = 1; m < MostTerms; m++)
        {
            var even = m * (b - m) * x / ((a + (2 * m) - 1) * (a + (2 * m)));
            d = 1 / NotZero(1 + (even * d));
            c = NotZero(1 + (even / c));
            h *= d * c;
            var odd = -(a + m) * (a + b + m) * x / ((a + (2 * m)) * (a + (2 * m) + 1));
            d = 1 / NotZero(1 + (odd * d));
            c = NotZero(1 + (odd / c));
            h *= d * c;
            if (Math.Abs((d * c) - 1) < 1e-15)
            {
                break;
            }
        }

        return front * h;

        static double NotZero(double v) => Math.Abs(v) < tiny ? tiny : v;
    }
}

namespace Likeness;

/// <summary>The sum of squares of ν standard Normal values.</summary>
public static class ChiSquared
{
    // Terms of the series and of the fraction until one no longer changes the sum; they converge long before.
    private const int MostTerms = 10_000;

    // Lanczos' approximation of log Γ with g = 7 and nine coefficients: relative error below 1e-13.
    private static readonly double[] s_lanczos =
    [
        0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
        12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
    ];

    /// <summary>The chance of a sum above <paramref name="x"/>: Q(ν/2, x/2), the p-value of a statistic.</summary>
    /// <param name="x">At least 0.</param>
    /// <param name="freedom">ν, degrees of freedom.</param>
    public static double Survival(double x, int freedom)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(freedom, 1);
        var (a, half) = (freedom / 2.0, x / 2);
        return half <= 0 ? 1 : half < a + 1 ? 1 - Series(a, half) : Fraction(a, half);
    }

    /// <summary>log Γ(x) for x above 0.</summary>
    public static double LogGamma(double x)
    {
        var sum = s_lanczos[0];
        for (var i = 1; i < s_lanczos.Length; i++)
        {
            sum += s_lanczos[i] / (x - 1 + i);
        }

        var t = x + 6.5;
        return (0.5 * Math.Log(2 * Math.PI)) + ((x - 0.5) * Math.Log(t)) - t + Math.Log(sum);
    }

    // P(a, x) = e^{−x} x^a / Γ(a + 1) · Σ x^n / ((a + 1) … (a + n)).
    private static double Series(double a, double x)
    {
        var (term, sum) = (1.0, 1.0);
        for (var n = 1; n < MostTerms && term > 1e-17 * sum; n++)
        {
            term *= x / (a + n);
            sum += term;
        }

        return sum * Math.Exp((a * Math.Log(x)) - x - LogGamma(a + 1));
    }

    // Q(a, x) by its continued fraction in Lentz's way: x + 1 − a − 1·(1 − a)/(x + 3 − a − 2·(2 − a)/(…)).
    private static double Fraction(double a, double x)
    {
        const double tiny = 1e-300;
        var b = x + 1 - a;
        var (c, d) = (1 / tiny, 1 / b);
        var h = d;
        for (var n = 1; n < MostTerms; n++)
        {
            var numerator = -n * (n - a);
            b += 2;
            d = 1 / NotZero((numerator * d) + b);
            c = NotZero(b + (numerator / c));
            h *= c * d;
            if (Math.Abs((c * d) - 1) < 1e-16)
            {
                break;
            }
        }

        return h * Math.Exp((a * Math.Log(x)) - x - LogGamma(a));

        static double NotZero(double v) => Math.Abs(v) < tiny ? tiny : v;
    }
}

namespace Likeness;

/// <summary>
/// Guesses which of a run's <see cref="Canaries"/> were learned from. Of m canaries the r/2 of the largest scores are called planted, the r/2 of the smallest left out. Under
/// (ε, δ)-differential privacy the number of right guesses is hardly larger than one of Bin(r, e^ε/(1 + e^ε)) (Steinke, Nasr and Jagielski 2023, theorem 5.2), in a single training.
/// </summary>
internal static class CanaryAttack
{
    // Shares of the canaries that are guessed; the bound of each holds with its part of the confidence, so the best of all may be told.
    private static readonly double[] s_shares = [0.1, 0.25, 0.5, 1];

    /// <summary>Judges the scores of canaries, the larger the likelier learned from.</summary>
    public static MembershipAttack Of(double[] scores, bool[] planted, double delta)
    {
        var order = Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i]).ToArray();
        var best = s_shares.Select(share => Guess(order, planted, (int)(share * scores.Length / 2), delta)).MaxBy(g => g.Epsilon);
        double[] Scores(bool which) => [.. scores.Where((_, i) => planted[i] == which)];
        return new("canaries", MembershipAttack.AurocOf(Scores(true), Scores(false)),
            new(best.Epsilon, double.NaN, FormattableString.Invariant($"at δ = {delta:G3}"), Evidence.LowerBound, 2 * best.Each),
            (double)best.In / best.Each, 1 - ((double)best.Out / best.Each));
    }

    /// <summary>The chance of so many right guesses or more under (ε, δ)-differential privacy is at most this.</summary>
    /// <param name="canaries">m, how many coins were tossed.</param>
    /// <param name="guesses">r.</param>
    /// <param name="right">v.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="delta">δ.</param>
    internal static double Chance(int canaries, int guesses, int right, double epsilon, double delta)
    {
        var q = 1 / (1 + Math.Exp(-epsilon));
        var tail = right == 0 ? 1 : BinomialInterval.RegularisedBeta(q, right, guesses - right + 1);
        var (sum, alpha) = (0.0, 0.0);
        for (var i = 1; i <= right; i++)
        {
            sum += Math.Exp(LogMass(right - i, guesses, q));
            alpha = Math.Max(alpha, sum / i);
        }

        return Math.Min(1, tail + (2 * canaries * delta * alpha));
    }

    private static double LogMass(int k, int n, double p) =>
        ChiSquared.LogGamma(n + 1) - ChiSquared.LogGamma(k + 1) - ChiSquared.LogGamma(n - k + 1) + (k * Math.Log(p)) + ((n - k) * Math.Log(1 - p));

    private static (double Epsilon, int Each, int In, int Out) Guess(int[] order, bool[] planted, int each, double delta)
    {
        each = Math.Max(each, 1);
        var (inside, outside) = (order[..each].Count(i => planted[i]), order[^each..].Count(i => !planted[i]));
        const double most = 50;
        var allowed = (1 - MembershipAttack.Confidence) / s_shares.Length;
        bool Refuted(double epsilon) => Chance(order.Length, 2 * each, inside + outside, epsilon, delta) <= allowed;
        // Bisection ends a little beyond what is refuted.
        return (Refuted(0) ? (1 - 1e-5) * Bisection.Last(0, most, Refuted, 1e-6) : 0, each, inside, outside);
    }
}

namespace Likeness;

/// <summary>
/// How well a score tells the examples that a model learned from (members) from others: the larger, the likelier a member.
/// </summary>
/// <param name="Name">What the score is made of.</param>
/// <param name="Auroc">The chance that a member scores higher than another example; 0.5 is guessing.</param>
/// <param name="Epsilon">What ε must be at least, with 95 % confidence, given how often the attack was right; 0 where that says nothing.</param>
/// <param name="TruePositives">The share of members that the chosen rule names right, of those that it was not chosen on.</param>
/// <param name="FalsePositives">The share of others that it names wrong.</param>
public sealed record MembershipAttack(string Name, Score Auroc, Score Epsilon, double TruePositives, double FalsePositives)
{
    /// <summary>How sure the bound on ε is.</summary>
    public const double Confidence = 0.95;

    // Thresholds that are tried: quantiles of the scores.
    private const int Thresholds = 200;

    /// <summary>
    /// Judges an attack. Under (ε, δ)-differential privacy no rule has a rate of right calls above e^ε times that of wrong ones, plus δ (Kairouz, Oh and Viswanath 2015). The
    /// rule, a threshold from above or from below, is chosen on one half of the examples and judged on the other, by bounds of Clopper and Pearson that hold together with
    /// 95 % confidence, so the choice among many does not count as success.
    /// </summary>
    /// <param name="name">What the score is made of.</param>
    /// <param name="members">Scores of examples that were learned from.</param>
    /// <param name="others">Scores of examples of the same kind that were not.</param>
    /// <param name="delta">δ.</param>
    /// <param name="rng">Says which half is which.</param>
    /// <exception cref="UsageException">There are fewer than 4 of either.</exception>
    public static MembershipAttack Of(string name, double[] members, double[] others, double delta, Rng rng)
    {
        if (members.Length < 4 || others.Length < 4)
        {
            throw new UsageException($"An attack on {members.Length} members and {others.Length} other examples says nothing: give at least 4 of each.");
        }

        var (inside, outside) = (Halves(members, rng), Halves(others, rng));
        var rule = Rules(inside.First, outside.First).MaxBy(r => r.Epsilon(inside.First, outside.First, delta));
        var epsilon = rule.Epsilon(inside.Second, outside.Second, delta);
        return new(name, AurocOf(members, others), new(Math.Max(0, epsilon), double.NaN, FormattableString.Invariant($"at δ = {delta:G3}"), Evidence.LowerBound, inside.Second.Length + outside.Second.Length),
            Share(rule.Calls(inside.Second), inside.Second.Length), Share(rule.Calls(outside.Second), outside.Second.Length));

        static double Share(int part, int whole) => (double)part / whole;
    }

    /// <summary>The area under the curve of right against wrong calls, with its standard error (DeLong, DeLong and Clarke-Pearson 1988).</summary>
    public static Score AurocOf(double[] members, double[] others)
    {
        var (won, lost) = (Placements(members, others), Placements(others, members));
        double Spread(double[] values) => Math.Pow(Estimate.Mean(values).StandardError, 2);
        return new(won.Average(), Math.Sqrt(Spread(won) + Spread(lost)), "AUROC", Evidence.Estimate, members.Length + others.Length);
    }

    // Of each value the share of others below it, ties counting half.
    private static double[] Placements(double[] values, double[] others)
    {
        var sorted = others.ToArray();
        Array.Sort(sorted);
        return Array.ConvertAll(values, v => (First(sorted, v, strict: false) + First(sorted, v, strict: true)) / (2.0 * sorted.Length));
    }

    // How many of sorted values are below, or at most, a value.
    private static int First(double[] sorted, double value, bool strict)
    {
        var (low, high) = (0, sorted.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = (strict ? sorted[middle] <= value : sorted[middle] < value) ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private static (double[] First, double[] Second) Halves(double[] values, Rng rng)
    {
        var order = Chain.Value<long[]>(() => rng.Permutation(values.Length).ToArray<long>());
        var mixed = Array.ConvertAll(order, i => values[i]);
        return (mixed[..(mixed.Length / 2)], mixed[(mixed.Length / 2)..]);
    }

    private static IEnumerable<Rule> Rules(double[] members, double[] others)
    {
        double[] all = [.. members.Concat(others).Order()];
        foreach (var threshold in Enumerable.Range(0, Thresholds).Select(i => all[(int)((long)i * (all.Length - 1) / (Thresholds - 1))]).Distinct())
        {
            yield return new(threshold, true);
            yield return new(threshold, false);
        }
    }

    /// <summary>Calls a member what scores at least a threshold; or calls no member what scores below it.</summary>
    private readonly record struct Rule(double Threshold, bool Above)
    {
        public int Calls(double[] scores)
        {
            var count = 0;
            foreach (var score in scores)
            {
                count += score >= Threshold == Above ? 1 : 0;
            }

            return count;
        }

        // ε ≥ log ((right − δ)/wrong), right at least and wrong at most what Clopper and Pearson allow. From below, others are those that are called.
        public double Epsilon(double[] members, double[] others, double delta)
        {
            const double each = 1 - ((1 - Confidence) / 2);
            var (called, not) = Above ? (members, others) : (others, members);
            var right = BinomialInterval.Lower(Calls(called), called.Length, each) - delta;
            var wrong = BinomialInterval.Upper(Calls(not), not.Length, each);
            return right <= 0 ? double.NegativeInfinity : Math.Log(right / wrong);
        }
    }
}

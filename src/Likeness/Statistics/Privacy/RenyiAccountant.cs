using static Likeness.PrivacyParameters;

namespace Likeness;

/// <summary>How a Rényi divergence bounds (ε, δ).</summary>
public enum RenyiConversion
{
    /// <summary>ε = D_α + log(1/δ)/(α − 1) (Mironov 2017, proposition 3): what published numbers are computed with.</summary>
    Mironov,

    /// <summary>ε = D_α + log(1 − 1/α) − log(δ·α)/(α − 1) (Canonne, Kamath and Steinke 2020, proposition 12): never above the other.</summary>
    Canonne,
}

/// <summary>
/// The privacy of noisy sums by Rényi divergences of many orders α, which add up from use to use; for sampled sums those of Mironov, Talwar and Zhang (2019). What comes
/// out is an upper bound; <see cref="PrivacyLoss"/> is tighter.
/// </summary>
public static class RenyiAccountant
{
    // Terms of the series of a fractional order; they fall off long before.
    private const int MostTerms = 2000;

    /// <summary>The orders that are tried: tenths from 1.1 to 10.9, whole numbers to 63, and some large ones for weak privacy losses.</summary>
    public static IReadOnlyList<double> Orders { get; } =
        [.. Enumerable.Range(1, 99).Select(i => 1 + (i / 10.0)), .. Enumerable.Range(11, 53).Select(i => (double)i), 80, 96, 128, 192, 256, 384, 512, 1024];

    /// <summary>An upper bound on ε of all these sums together.</summary>
    /// <param name="sums">What was published.</param>
    /// <param name="delta">δ.</param>
    /// <param name="conversion">How divergences become an ε.</param>
    public static double Epsilon(IEnumerable<NoisySum> sums, double delta, RenyiConversion conversion = RenyiConversion.Canonne)
    {
        CheckDelta(delta);
        var used = sums.Where(s => s.Checked().Times > 0).ToArray();
        return used.Length == 0 ? 0 : Math.Max(0, Orders.Min(a => Convert(used.Sum(s => s.Times * Divergence(s.Noise, s.Rate, a)), a, delta, conversion)));
    }

    /// <summary>
    /// D_α of one use, log(A_α)/(α − 1), where A_α is the α-th moment of the ratio of (1 − q)·N(0, σ²) + q·N(1, σ²) and N(0, σ²) (section 3.3): a sum
    /// for whole orders, and a series for others.
    /// </summary>
    /// <param name="noise">σ.</param>
    /// <param name="rate">q.</param>
    /// <param name="order">α above 1.</param>
    public static double Divergence(double noise, double rate, double order) => rate == 1
        ? order / (2 * noise * noise)
        : (order == Math.Floor(order) ? LogMomentWhole(noise, rate, (int)order) : LogMomentFractional(noise, rate, order)) / (order - 1);

    private static double Convert(double divergence, double order, double delta, RenyiConversion conversion) => conversion == RenyiConversion.Mironov
        ? divergence - (Math.Log(delta) / (order - 1))
        : divergence + Log1p(-1 / order) - (Math.Log(delta * order) / (order - 1));

    // Σ_k C(α, k) (1 − q)^{α−k} q^k exp((k² − k)/(2σ²))
    private static double LogMomentWhole(double noise, double rate, int order)
    {
        var (sum, choose) = (double.NegativeInfinity, 0.0);
        for (var k = 0; k <= order; k++)
        {
            sum = LogAdd(sum, choose + (k * Math.Log(rate)) + ((order - k) * Log1p(-rate)) + (((double)k * k) - k) / (2 * noise * noise));
            choose += Math.Log(order - k) - Math.Log(k + 1);
        }

        return sum;
    }

    // The integral is cut at z_1 = ½ + σ² log(1/q − 1), where both parts of the mixture are equal, and each side expanded by the binomial series.
    private static double LogMomentFractional(double noise, double rate, double order)
    {
        var cut = (noise * noise * Math.Log((1 / rate) - 1)) + 0.5;
        double positive = double.NegativeInfinity, negative = double.NegativeInfinity, choose = 0;
        var sign = 1;
        foreach (var block in Enumerable.Range(0, MostTerms).Chunk(64))
        {
            var tails = LogNdtr([.. block.SelectMany(i => new[] { (cut - i) / noise, (order - i - cut) / noise })]);
            for (var at = 0; at < block.Length; at++)
            {
                double i = block[at], j = order - block[at];
                var below = choose + (i * Math.Log(rate)) + (j * Log1p(-rate)) + (((i * i) - i) / (2 * noise * noise)) + tails[2 * at];
                var above = choose + (j * Math.Log(rate)) + (i * Log1p(-rate)) + (((j * j) - j) / (2 * noise * noise)) + tails[(2 * at) + 1];
                var term = LogAdd(below, above);
                (positive, negative) = sign > 0 ? (LogAdd(positive, term), negative) : (positive, LogAdd(negative, term));

                // Behind the order the terms alternate and fall: the next bounds what is left out.
                if (i > order && term < positive - 40)
                {
                    return positive + Log1p(-Math.Exp(negative - positive));
                }

                (choose, sign) = (choose + Math.Log(Math.Abs(j)) - Math.Log(i + 1), j < 0 ? -sign : sign);
            }
        }

        // Too slow a series is no bound: the next whole order is one, as moments' logarithms are convex and D_α grows with α.
        return (order - 1) * Divergence(noise, rate, Math.Ceiling(order));
    }
}

using static Likeness.PrivacyParameters;

namespace Likeness;

/// <summary>
/// The privacy of noisy sums by the distribution of their privacy loss L = log p(y)/p'(y) under p (Koskela et al. 2020; Gopi et al. 2021):
/// <code>δ(ε) = E[(1 − e^{ε − L})₊]</code>
/// Losses add up from use to use, so their distribution is a convolution, computed by Fourier transforms. Each use's distribution is brought to a grid by
/// splitting the mass between two points among them so that both p and p' keep theirs ("connect the dots", Doroshenko et al. 2022), which never lowers δ; what is cut
/// off at the ends, and what Fourier transforms may be off by, is added to δ. So the result is an upper bound, and the larger of the two directions in which
/// data sets can be neighbours.
/// </summary>
public static class PrivacyLoss
{
    private const double FinestGrid = 1e-4;
    private const int MostPoints = 1 << 21;

    // An example more, and one less.
    private static readonly bool[] s_directions = [false, true];

    /// <summary>The smallest ε that is certain, at a δ.</summary>
    public static double Epsilon(IEnumerable<NoisySum> sums, double delta) => Epsilon(sums, delta, MostPoints);

    /// <summary>The smallest δ that is certain, at an ε.</summary>
    public static double Delta(IEnumerable<NoisySum> sums, double epsilon)
    {
        var used = sums.Where(s => s.Checked().Times > 0).ToArray();
        return used.Length == 0 ? 0 : used.All(s => s.Rate == 1)
            ? GaussianMechanism.Delta(Mu(used), epsilon)
            : Math.Min(1, s_directions.Max(adds => Compose(used, adds, 1e-15, MostPoints).Delta(epsilon)));
    }

    /// <summary>The smallest σ that keeps an (ε, δ), to four digits, and upwards.</summary>
    /// <param name="epsilon">ε above 0.</param>
    /// <param name="delta">δ.</param>
    /// <param name="times">How often the sum is used.</param>
    /// <param name="rate">q.</param>
    /// <exception cref="UsageException">No noise of reasonable size does that.</exception>
    public static double Noise(double epsilon, double delta, long times, double rate)
    {
        const double most = 1e6;
        CheckDelta(delta);
        if (!(epsilon > 0) || !double.IsFinite(epsilon))
        {
            throw new UsageException($"An epsilon of {epsilon} is not possible: choose a number above 0; 1 is strong, and 10 weak.");
        }

        // A grid of fewer points is coarser, and its bound a little higher: what it finds holds for all the more.
        bool Exceeds(double noise) => Epsilon([new(noise, rate, times)], delta, 1 << 17) > epsilon;
        var (low, high) = (0.0, 0.5);
        while (Exceeds(high))
        {
            (low, high) = (high, 2 * high);
            if (high > most)
            {
                throw new UsageException($"No noise of at most {most} keeps epsilon {epsilon} at delta {delta} over {Counted.Of(times, "step")}: take fewer steps, or a larger epsilon.");
            }
        }

        var found = Bisection.Last(Math.Max(low, 0.02), high, Exceeds, 2e-4);
        var digit = Math.Pow(10, Math.Floor(Math.Log10(found)) - 3);
        return Math.Round(Math.Ceiling(found / digit) * digit, 10);
    }

    private static double Epsilon(IEnumerable<NoisySum> sums, double delta, int points)
    {
        CheckDelta(delta);
        var used = sums.Where(s => s.Checked().Times > 0).ToArray();
        return used.Length == 0 ? 0 : used.All(s => s.Rate == 1)
            ? GaussianMechanism.Epsilon(Mu(used), delta)
            : s_directions.Max(adds => Compose(used, adds, 1e-6 * delta, points).Epsilon(delta));
    }

    private static double Mu(IEnumerable<NoisySum> sums) => Math.Sqrt(sums.Sum(s => s.Times / (s.Noise * s.Noise)));

    private static LossDistribution Compose(NoisySum[] sums, bool adds, double tail, int points)
    {
        // Splitting over a step h raises the mean of every loss by h²/8 at most.
        var times = sums.Sum(s => s.Times);
        var step = Math.Max(Math.Min(FinestGrid, Math.Sqrt(8e-5 / times)), sums.Max(s => LossDistribution.Range(s, adds)) / points);
        var window = LossDistribution.Window(sums, adds, step, tail);
        if (window.High - window.Low > step * points)
        {
            step = (window.High - window.Low) / points;
            window = LossDistribution.Window(sums, adds, step, tail);
        }

        return LossDistribution.Sum(sums, adds, step, window, tail);
    }
}

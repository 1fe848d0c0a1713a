using static Likeness.PrivacyParameters;

namespace Likeness;

/// <summary>A distribution of privacy losses on a grid: the chance of each loss (first + i)·step, and that of an infinite one.</summary>
/// <param name="Step">Between two losses.</param>
/// <param name="First">The number of the lowest.</param>
/// <param name="Mass">The chance of each.</param>
/// <param name="Infinite">The chance of an infinite loss, and of all that was cut off or may have been lost to rounding.</param>
internal sealed record LossDistribution(double Step, long First, double[] Mass, double Infinite)
{
    // Deviations of the noise beyond which a value is counted as an infinite loss: a chance of 1e-33.
    private const double Reach = 12;

    private const int MomentPoints = 1 << 12;

    // A rough sum over all points of what a Fourier transform of doubles is off by, in units of the rounding.
    private const double Rounding = 64 * 2.2e-16;

    /// <summary>How far one use's losses reach from end to end.</summary>
    public static double Range(NoisySum sum, bool adds)
    {
        var (low, high) = Ends(sum, adds);
        return high - low;
    }

    /// <summary>
    /// One use's losses: of p = (1 − q)·N(0, σ²) + q·N(1, σ²) against N(0, σ²), where an example is there that the neighbour has not, and the other way round.
    /// </summary>
    public static LossDistribution Of(NoisySum sum, bool adds, double step)
    {
        var (noise, rate) = (sum.Noise, sum.Rate);
        var (low, high) = Ends(sum, adds);
        var (first, last) = ((long)Math.Floor(low / step), (long)Math.Ceiling(high / step));
        var count = checked((int)(last - first + 1));

        // Where in the noisy sum y the loss is the grid's; it grows with y where an example is there more, and falls elsewhere.
        var at = new double[count];
        for (var i = 0; i < count; i++)
        {
            var loss = (first + i) * step;
            var odds = Expm1(adds ? -loss : loss) + rate;
            at[i] = odds <= 0 ? double.NegativeInfinity : (noise * noise * Math.Log(odds / rate)) + 0.5;
        }

        // Masses between neighbouring points, and beyond both ends, under N(0, σ²) and N(1, σ²).
        var (zero, one) = (Between(at, 0, noise), Between(at, 1, noise));
        double Mixed(int i) => ((1 - rate) * zero[i]) + (rate * one[i]);
        var mass = new double[count];
        for (var i = 1; i < count; i++)
        {
            var (p, other) = adds ? (zero[i], Mixed(i)) : (Mixed(i), zero[i]);

            // a + b = p and a·e^{−l} + b·e^{−l−h} = p' for the points l and l + h.
            var b = Math.Clamp((p - (other * Math.Exp((first + i - 1) * step))) / -Expm1(-step), 0, p);
            mass[i - 1] += p - b;
            mass[i] += b;
        }

        // Beyond the lowest point losses are rounded up to it, beyond the highest to infinity.
        var (under, over) = adds ? (zero[0], zero[count]) : (Mixed(0), Mixed(count));
        mass[0] += under;
        return new(step, first, mass, over);
    }

    /// <summary>
    /// Between which losses all uses together stay but for this chance, by Chernoff's bound. Moments are taken on a grid of which each point is one of the finer grid: by
    /// the split of masses they are then no smaller.
    /// </summary>
    public static (double Low, double High) Window(NoisySum[] sums, bool adds, double step, double tail)
    {
        var single = Array.ConvertAll(sums, s => Of(s, adds, step * Math.Max(1, Math.Ceiling(Range(s, adds) / step / MomentPoints))));
        var (low, high) = (double.NegativeInfinity, double.PositiveInfinity);
        var bound = Math.Log(2 / tail);
        for (var slope = 1.0 / 64; slope <= 1 << 14; slope *= Math.Sqrt(2))
        {
            double up = bound, down = bound;
            for (var i = 0; i < sums.Length; i++)
            {
                up += sums[i].Times * single[i].LogMoment(slope);
                down += sums[i].Times * single[i].LogMoment(-slope);
            }

            (high, low) = (Math.Min(high, up / slope), Math.Max(low, -down / slope));
        }

        return (Math.Min(low, -step), Math.Max(high, step));
    }

    /// <summary>The distribution of the sum of all losses.</summary>
    public static LossDistribution Sum(NoisySum[] sums, bool adds, double step, (double Low, double High) window, double tail) => Chain.Value(() =>
    {
        var single = Array.ConvertAll(sums, s => Of(s, adds, step));
        var first = (long)Math.Floor(window.Low / step);
        var needed = (long)Math.Ceiling(window.High / step) - first + 1;
        var points = 1L << (int)Math.Ceiling(Math.Log2(needed));
        Tensor? spectrum = null;
        var finite = 0.0;
        for (var i = 0; i < sums.Length; i++)
        {
            var power = torch.fft.rfft(Tensor.From(single[i].Folded(points), points)).pow(sums[i].Times);
            spectrum = spectrum is null ? power : spectrum * power;
            finite += sums[i].Times * Log1p(-Math.Min(1 - 1e-16, single[i].Infinite));
        }

        var circle = torch.fft.irfft(spectrum!, points).ToArray<double>();
        var error = Rounding * sums.Sum(s => (double)s.Times) * spectrum!.abs().sum().ToDouble() * 2 / points;
        var mass = new double[points];
        for (var i = 0L; i < points; i++)
        {
            mass[i] = Math.Max(0, circle[(((first + i) % points) + points) % points]);
        }

        return new LossDistribution(step, first, mass, -Expm1(finite) + tail + error);
    });

    /// <summary>δ at an ε.</summary>
    public double Delta(double epsilon)
    {
        var delta = Infinite;
        for (var i = Mass.Length - 1; i >= 0 && (First + i) * Step > epsilon; i--)
        {
            delta += Mass[i] * -Expm1(epsilon - ((First + i) * Step));
        }

        return delta;
    }

    /// <summary>The smallest ε, at least 0, at a δ; infinite where none is certain.</summary>
    public double Epsilon(double delta)
    {
        if (Infinite > delta)
        {
            return double.PositiveInfinity;
        }

        // δ(ε) = infinite + Σ_{l > ε} m − e^ε Σ_{l > ε} m·e^{−l}: down the grid until it would be more, and then between two points.
        var (above, weighted) = (0.0, 0.0);
        for (var i = Mass.Length - 1; i >= 0; i--)
        {
            var loss = (First + i) * Step;
            if (loss <= 0)
            {
                break;
            }

            var (next, heavier) = (above + Mass[i], weighted + (Mass[i] * Math.Exp(-loss)));
            var below = Math.Max(0, loss - Step);
            if (Infinite + next - (Math.Exp(below) * heavier) > delta)
            {
                return Math.Clamp(Math.Log((Infinite + next - delta) / heavier), below, loss);
            }

            (above, weighted) = (next, heavier);
        }

        return 0;
    }

    // The losses between which the noise stays within its reach.
    private static (double Low, double High) Ends(NoisySum sum, bool adds)
    {
        double Loss(double y)
        {
            var exponent = ((2 * y) - 1) / (2 * sum.Noise * sum.Noise);
            return LogAdd(Log1p(-sum.Rate), Math.Log(sum.Rate) + exponent);
        }

        var (low, high) = (Loss(-Reach * sum.Noise), Loss((Reach * sum.Noise) + (adds ? 0 : 1)));
        return adds ? (-high, -low) : (low, high);
    }

    // For i ≥ 1 the mass of N(mean, noise²) between points i − 1 and i, and at 0 and at count what lies below the least and above the greatest in the order of the points.
    private static double[] Between(double[] at, double mean, double noise)
    {
        var z = Array.ConvertAll(at, y => (y - mean) / noise);
        var logBelow = LogNdtr(z);
        var logAbove = LogNdtr(Array.ConvertAll(z, v => -v));
        var masses = new double[at.Length + 1];
        for (var i = 1; i < at.Length; i++)
        {
            // From the side of the smaller tail, so little cancels.
            var difference = z[i - 1] + z[i] > 0 ? Math.Exp(logAbove[i - 1]) - Math.Exp(logAbove[i]) : Math.Exp(logBelow[i]) - Math.Exp(logBelow[i - 1]);
            masses[i] = Math.Abs(difference);
        }

        var rises = z[^1] >= z[0];
        masses[0] = Math.Exp(rises ? logBelow[0] : logAbove[0]);
        masses[^1] = Math.Exp(rises ? logAbove[^1] : logBelow[^1]);
        return masses;
    }

    // log E[e^{slope·L}] of the finite losses.
    private double LogMoment(double slope)
    {
        var largest = double.NegativeInfinity;
        for (var i = 0; i < Mass.Length; i++)
        {
            if (Mass[i] > 0)
            {
                largest = Math.Max(largest, (slope * (First + i) * Step) + Math.Log(Mass[i]));
            }
        }

        var sum = 0.0;
        for (var i = 0; i < Mass.Length; i++)
        {
            if (Mass[i] > 0)
            {
                sum += Math.Exp((slope * (First + i) * Step) + Math.Log(Mass[i]) - largest);
            }
        }

        return largest + Math.Log(sum);
    }

    private double[] Folded(long points)
    {
        var circle = new double[points];
        for (var i = 0; i < Mass.Length; i++)
        {
            circle[(((First + i) % points) + points) % points] += Mass[i];
        }

        return circle;
    }
}

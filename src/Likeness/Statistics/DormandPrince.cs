namespace Likeness;

/// <summary>
/// dy/dt = f(t, y) by the embedded Runge–Kutta pair of Dormand and Prince (1980) of orders 5 and 4: steps are as long as the tolerance allows.
/// </summary>
internal static class DormandPrince
{
    // A solution that wants more is none.
    private const int MostSteps = 10_000;

    private static readonly double[] s_times = [0, 1 / 5.0, 3 / 10.0, 4 / 5.0, 8 / 9.0, 1, 1];

    private static readonly double[][] s_stages =
    [
        [],
        [1 / 5.0],
        [3 / 40.0, 9 / 40.0],
        [44 / 45.0, -56 / 15.0, 32 / 9.0],
        [19372 / 6561.0, -25360 / 2187.0, 64448 / 6561.0, -212 / 729.0],
        [9017 / 3168.0, -355 / 33.0, 46732 / 5247.0, 49 / 176.0, -5103 / 18656.0],
        [35 / 384.0, 0, 500 / 1113.0, 125 / 192.0, -2187 / 6784.0, 11 / 84.0],
    ];

    // The difference between the two solutions.
    private static readonly double[] s_error =
        [71 / 57600.0, 0, -71 / 16695.0, 71 / 1920.0, -17253 / 339200.0, 22 / 525.0, -1 / 40.0];

    /// <summary>y at the end.</summary>
    /// <param name="slope">f(t, y), in the shape of y.</param>
    /// <param name="y">The start, [n, …]; the error of a step is that of the worst example, as a root mean square over its values.</param>
    /// <param name="from">The time at the start.</param>
    /// <param name="to">The time at the end, after it or before it.</param>
    /// <param name="tolerance">The error that a step may make, relative to 1 + |y|.</param>
    /// <exception cref="UsageException">The solution runs away, or wants more than ten thousand steps.</exception>
    public static Tensor Solve(Func<double, Tensor, Tensor> slope, Tensor y, double from, double to, double tolerance)
    {
        var (t, step, rejected) = (from, (to - from) / 20, 0);
        return Chain.Run(y, Steps(), (now, _) =>
        {
            step = Math.Abs(step) > Math.Abs(to - t) ? to - t : step;
            var slopes = new List<Tensor>(7);
            var at = now;
            for (var i = 0; i < 7; i++)
            {
                at = i == 0 ? now : now + Combined(slopes, s_stages[i]) * step;
                slopes.Add(slope(t + s_times[i] * step, at));
            }

            var scale = torch.maximum(now.abs(), at.abs()) + 1;
            var error = (Combined(slopes, s_error) * step / scale).square().flatten(1).mean([1]).max().ToDouble();
            error = Math.Sqrt(error) / tolerance;
            if (!double.IsFinite(error))
            {
                throw new UsageException($"The differential equation's solution became {error} at {t:g4}: take a smaller tolerance than {tolerance:g3}.");
            }

            var accepted = error <= 1;
            t = accepted ? t + step : t;
            rejected += accepted ? 0 : 1;
            step *= Math.Clamp(0.9 * Math.Pow(Math.Max(error, 1e-10), -0.2), 0.2, 5);
            return accepted ? at : now;
        });

        IEnumerable<int> Steps()
        {
            for (var i = 0; Math.Abs(to - t) > 1e-12 * Math.Max(1, Math.Abs(to)); i++)
            {
                yield return i < MostSteps ? i : throw new UsageException($"The differential equation was not solved in {MostSteps} steps ({rejected} of them too long): take a larger tolerance than {tolerance:g3}.");
            }
        }
    }

    private static Tensor Combined(List<Tensor> slopes, double[] weights)
    {
        Tensor? sum = null;
        for (var i = 0; i < weights.Length; i++)
        {
            if (weights[i] != 0)
            {
                var part = slopes[i] * weights[i];
                sum = sum is null ? part : sum + part;
            }
        }

        return sum!;
    }
}

using System.Collections.Concurrent;

namespace Likeness;

/// <summary>
/// How noise is added, and how a network F becomes a denoiser of x = x_0 + σ·ε,
/// <code>D(x; σ) = c_skip·x + c_out·F(c_in·x; c_noise)      (Karras et al. 2022, equation 7 and table 1)</code>
/// The network descends ‖F − (x_0 − c_skip·x)/c_out‖², whose target is ε for DDPM, v for v-prediction and x_0 − ε for straight paths: the papers' own losses.
/// </summary>
public abstract record NoiseProcess
{
    // The embedding of times was made for 0 … 1000.
    private const double TimeScale = 1000;

    private NoiseProcess() { }

    /// <summary>c_skip, c_out, c_in and c_noise at σ.</summary>
    internal abstract Preconditioning At(double sigma);

    /// <summary>See <see cref="IDenoiser.NoiseLevels"/>.</summary>
    internal abstract IReadOnlyList<double> Levels(int? steps);

    /// <summary>Levels σ for training, [count], in double precision.</summary>
    internal abstract double[] Draw(int count, Rng rng);

    /// <summary>
    /// DDPM (Ho et al. 2020): x_t = √ᾱ_t·x_0 + √(1 − ᾱ_t)·ε at steps of a schedule. σ_t is √((1 − ᾱ_t)/ᾱ_t); between two steps the time follows log σ.
    /// </summary>
    /// <param name="Steps">Number of diffusion steps T.</param>
    /// <param name="Noise">Noise schedule: linear (null) or cosine.</param>
    /// <param name="Prediction">What the network predicts: epsilon (null), x0 or v.</param>
    [Kind("ddpm")]
    public sealed record VariancePreserving([property: AtLeast(2)] int Steps = 1000, NoiseSchedule? Noise = null, Prediction? Prediction = null) : NoiseProcess
    {
        // A few of them are asked for again and again.
        private static readonly ConcurrentDictionary<(int, NoiseSchedule), (Diffusion Diffusion, double[] LogSigma)> s_tables = [];

        internal Diffusion Diffusion => Table.Diffusion;

        private (Diffusion Diffusion, double[] LogSigma) Table => s_tables.GetOrAdd((Steps, Noise ?? new NoiseSchedule.LinearBeta()), key =>
        {
            var diffusion = new Diffusion(key.Item2, key.Item1);
            return (diffusion, Array.ConvertAll(diffusion.AlphaBar, a => 0.5 * Math.Log((1 - a) / a)));
        });

        /// <summary>σ at a step.</summary>
        internal double SigmaAt(int step) => Math.Exp(Table.LogSigma[step]);

        /// <summary>The time of a level: a step where it is one's, between two steps in proportion to log σ.</summary>
        internal double TimeOf(double sigma)
        {
            var logs = Table.LogSigma;
            var log = Math.Log(sigma);
            var above = Array.BinarySearch(logs, log);
            above = above >= 0 ? above : ~above;
            if (above <= 0 || above >= logs.Length)
            {
                return above <= 0 ? 0 : logs.Length - 1;
            }

            var time = above - 1 + (log - logs[above - 1]) / (logs[above] - logs[above - 1]);
            var whole = Math.Round(time);
            return Math.Abs(time - whole) < 1e-6 ? whole : time;
        }

        internal override Preconditioning At(double sigma)
        {
            var scale = 1 / Math.Sqrt(1 + sigma * sigma);
            var (skip, output) = (Prediction ?? Prediction.Epsilon).Precondition(sigma);
            return new(skip, output, scale, TimeOf(sigma));
        }

        internal override IReadOnlyList<double> Levels(int? steps) => [.. DiffusionSampler.Visited(Steps, steps).Reverse().Select(SigmaAt)];

        internal override double[] Draw(int count, Rng rng) => Array.ConvertAll(rng.Integers(0, Steps, count).ToArray<long>(), t => SigmaAt((int)t));
    }

    /// <summary>EDM (Karras et al. 2022, table 1): inputs and targets have unit variance at every level, and ln σ is Normal while training.</summary>
    /// <param name="DataDeviation">σ_data, the standard deviation of the data's values in −1 … 1.</param>
    /// <param name="LogMean">P_mean, the mean of ln σ in training.</param>
    /// <param name="LogDeviation">P_std, the standard deviation of ln σ in training.</param>
    /// <param name="SigmaMin">σ_min, the smallest noise level of sampling.</param>
    /// <param name="SigmaMax">σ_max, the largest noise level of sampling.</param>
    /// <param name="Rho">ρ, which sets how much denser the noise levels are at low noise.</param>
    [Kind("edm")]
    public sealed record Karras(
        [property: Above(0)] double DataDeviation = 0.5, [property: AtLeast(-20)] double LogMean = -1.2, [property: Above(0)] double LogDeviation = 1.2,
        [property: Above(0)] double SigmaMin = 0.002, [property: Above(0)] double SigmaMax = 80, [property: Above(0)] double Rho = 7) : NoiseProcess
    {
        internal override Preconditioning At(double sigma)
        {
            var data = DataDeviation;
            var both = sigma * sigma + data * data;
            return new(data * data / both, sigma * data / Math.Sqrt(both), 1 / Math.Sqrt(both), TimeScale * 0.25 * Math.Log(sigma));
        }

        internal override IReadOnlyList<double> Levels(int? steps) => Spread(SigmaMax, SigmaMin, steps ?? 18, Rho);

        internal override double[] Draw(int count, Rng rng) => Array.ConvertAll(rng.Normal(count).ToArray<double>(), n => Math.Exp(LogMean + LogDeviation * n));
    }

    /// <summary>
    /// Flow matching along straight paths (Lipman et al. 2023, with σ_min = 0; Liu et al. 2023): x_t = (1 − t)·ε + t·x_0, and the network is the velocity
    /// x_0 − ε. σ is (1 − t)/t.
    /// </summary>
    /// <param name="Time">Distribution of t in training: uniform (null), or logit-normal (Esser et al. 2024), which seldom samples near 0 and 1.</param>
    [Kind("flow-matching")]
    public sealed record Straight(TimeLaw? Time = null) : NoiseProcess
    {
        // At t = 0 there is nothing of the example left, and σ would be infinite.
        private const double First = 1e-3;

        internal override Preconditioning At(double sigma)
        {
            var t = 1 / (1 + sigma);
            return new(t, sigma / (1 + sigma), t, TimeScale * t);
        }

        internal override IReadOnlyList<double> Levels(int? steps)
        {
            var count = steps ?? 50;
            return [.. Enumerable.Range(0, count).Select(i => First + (1 - First) * i / count).Select(t => (1 - t) / t)];
        }

        internal override double[] Draw(int count, Rng rng) => Array.ConvertAll((Time ?? TimeLaw.Uniform).Draw(count, rng), drawn =>
        {
            var t = Math.Clamp(drawn, First, 1 - 1e-4);
            return (1 - t) / t;
        });
    }

    /// <summary>Levels from the largest to the smallest whose ρth roots are evenly spread (Karras et al. 2022, equation 5).</summary>
    internal static double[] Spread(double largest, double smallest, int count, double rho)
    {
        var (from, to) = (Math.Pow(largest, 1 / rho), Math.Pow(smallest, 1 / rho));
        return [.. Enumerable.Range(0, count).Select(i => count == 1 ? largest : Math.Pow(from + (to - from) * i / (count - 1), rho))];
    }
}

/// <summary>The numbers that make a denoiser of a network at one level.</summary>
internal readonly record struct Preconditioning(double Skip, double Output, double Input, double Noise);

/// <summary>How times in 0 … 1 are drawn.</summary>
/// <param name="Name">The name in options.</param>
/// <param name="Draw">So many times.</param>
[JsonConverter(typeof(TimeLawChoice))]
public sealed record TimeLaw(string Name, Func<int, Rng, double[]> Draw)
{
    /// <summary>Lipman et al. 2023.</summary>
    public static TimeLaw Uniform { get; } = new("uniform", (n, rng) => rng.Uniform(n).ToArray<double>());

    /// <summary>The logistic function of a standard Normal.</summary>
    public static TimeLaw LogitNormal { get; } = new("logit-normal", (n, rng) => Array.ConvertAll(rng.Normal(n).ToArray<double>(), v => 1 / (1 + Math.Exp(-v))));

    public override string ToString() => Name;
}

internal sealed class TimeLawChoice() : NamedChoice<TimeLaw>("law of times", l => l.Name, TimeLaw.Uniform, TimeLaw.LogitNormal);

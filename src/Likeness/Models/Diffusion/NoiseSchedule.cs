namespace Likeness;

/// <summary>How fast the forward process adds noise: β_1 … β_T, in double precision.</summary>
public abstract record NoiseSchedule
{
    private NoiseSchedule() { }

    /// <summary>β for steps 0 … T − 1.</summary>
    public abstract double[] Betas(int steps);

    /// <summary>Ho et al. 2020, section 4: a straight line. The ends are meant for 1000 steps and are scaled to other numbers.</summary>
    /// <param name="First">β at the first step, of 1000.</param>
    /// <param name="Last">β at the last step, of 1000.</param>
    [Kind("linear")]
    public sealed record LinearBeta([property: Above(0, Below = 1)] double First = 1e-4, [property: Above(0, Below = 1)] double Last = 0.02) : NoiseSchedule
    {
        public override double[] Betas(int steps)
        {
            var scale = 1000.0 / steps;
            var last = Math.Min(0.999, Last * scale);
            var first = Math.Min(last, First * scale);
            return [.. Enumerable.Range(0, steps).Select(t => first + (last - first) * t / Math.Max(1, steps - 1))];
        }
    }

    /// <summary>Nichol and Dhariwal 2021, equation 17: ᾱ falls as a squared cosine; β is cut at 0.999.</summary>
    /// <param name="Offset">s, which keeps β of the first steps from being too small.</param>
    [Kind("cosine")]
    public sealed record SquaredCosine([property: AtLeast(0)] double Offset = 0.008) : NoiseSchedule
    {
        public override double[] Betas(int steps)
        {
            double AlphaBar(double t) => Math.Pow(Math.Cos((t / steps + Offset) / (1 + Offset) * Math.PI / 2), 2);
            return [.. Enumerable.Range(0, steps).Select(t => Math.Min(0.999, 1 - AlphaBar(t + 1) / AlphaBar(t)))];
        }
    }
}

/// <summary>The constants of a diffusion in double precision, by step t = 0 … T − 1 (the paper's t − 1).</summary>
internal sealed class Diffusion
{
    public Diffusion(NoiseSchedule schedule, int steps)
    {
        Beta = schedule.Betas(steps);
        AlphaBar = new double[steps];
        PosteriorVariance = new double[steps];
        var product = 1.0;
        for (var t = 0; t < steps; t++)
        {
            var before = product;
            AlphaBar[t] = product *= 1 - Beta[t];
            // Equation 7: β̃_t = (1 − ᾱ_{t−1})/(1 − ᾱ_t)·β_t
            PosteriorVariance[t] = (1 - before) / (1 - product) * Beta[t];
        }
    }

    public int Steps => Beta.Length;

    public double[] Beta { get; }

    public double[] AlphaBar { get; }

    /// <summary>β̃; zero at the first step.</summary>
    public double[] PosteriorVariance { get; }

    /// <summary>
    /// log β̃_t. At the first step β̃ is zero, and no law of the data could have that variance: as in the program of Ho et al. it is that of the second, β̃_2.
    /// </summary>
    public double[] LogPosteriorVariance => [Math.Log(PosteriorVariance[1]), .. PosteriorVariance.Skip(1).Select(v => Math.Log(v))];

    /// <summary>log β_t, the other end of learned variances; fixed ones have β̃_2 at the first step, too, as in the program of Ho et al.</summary>
    public double[] LogNoiseVariance(ReverseVariance variance) =>
        [Math.Log(variance.Blend is null ? Beta[0] : PosteriorVariance[1]), .. Beta.Skip(1).Select(v => Math.Log(v))];
}

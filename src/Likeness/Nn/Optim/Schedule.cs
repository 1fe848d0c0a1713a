namespace Likeness;

/// <summary>How the learning rate changes over a run: a factor on the optimiser's own rate. Time is counted in steps.</summary>
public abstract record Schedule
{
    private Schedule() { }

    /// <summary>What the learning rate is multiplied by.</summary>
    /// <param name="step">Steps taken so far: 0 at the first.</param>
    /// <param name="totalSteps">Steps of the whole run.</param>
    public abstract double Factor(long step, long totalSteps);

    /// <summary>1 throughout.</summary>
    [Kind("constant")]
    public sealed record Constant : Schedule
    {
        public override double Factor(long step, long totalSteps) => 1;
    }

    /// <summary>1 until the fraction <paramref name="From"/> of the run, then a straight line to <paramref name="End"/> at its end.</summary>
    /// <param name="End">The factor at the end of the run.</param>
    /// <param name="From">The fraction of the run up to which the factor is 1.</param>
    [Kind("linear")]
    public sealed record Linear([property: AtLeast(0)] double End = 0, [property: AtLeast(0, AtMost = 1)] double From = 0) : Schedule
    {
        public override double Factor(long step, long totalSteps)
        {
            var start = From * totalSteps;
            return step <= start ? 1 : step >= totalSteps ? End : 1 + (End - 1) * (step - start) / (totalSteps - start);
        }
    }

    /// <summary>Half a cosine wave from 1 to <paramref name="End"/> (Loshchilov and Hutter 2017, without restarts).</summary>
    /// <param name="End">The factor at the end of the run.</param>
    [Kind("cosine")]
    public sealed record Cosine([property: AtLeast(0)] double End = 0) : Schedule
    {
        public override double Factor(long step, long totalSteps) =>
            End + (1 - End) * (1 + Math.Cos(Math.PI * Math.Clamp((double)step / Math.Max(1, totalSteps), 0, 1))) / 2;
    }

    /// <summary>A straight line that reaches 1 at the last of the first <paramref name="Steps"/> steps, then <paramref name="Then"/> over the rest of the run.</summary>
    /// <param name="Steps">Number of steps until the factor is 1.</param>
    /// <param name="Then">Schedule afterwards, over the rest of the run; null keeps the factor at 1.</param>
    [Kind("warmup")]
    public sealed record Warmup([property: AtLeast(0)] long Steps, Schedule? Then = null) : Schedule
    {
        public override double Factor(long step, long totalSteps) =>
            step < Steps ? (step + 1.0) / Steps : Then?.Factor(step - Steps, Math.Max(1, totalSteps - Steps)) ?? 1;
    }

    /// <summary>Multiplied by <paramref name="Ratio"/> after every <paramref name="Every"/> steps.</summary>
    /// <param name="Every">Number of steps between two changes.</param>
    /// <param name="Ratio">What the factor is multiplied by.</param>
    [Kind("stairs")]
    public sealed record Stairs([property: AtLeast(1)] long Every, [property: Above(0)] double Ratio = 0.1) : Schedule
    {
        public override double Factor(long step, long totalSteps) => Math.Pow(Ratio, step / Every);
    }

    /// <summary>
    /// Burda et al. 2016, section 5: stage i = 0 … 7 lasts 3^i epochs at 10^(−i/7) of the first rate; here as parts of the
    /// whole run, of which stage i is 3^i/3280.
    /// </summary>
    [Kind("iwae-stages")]
    public sealed record IwaeStages : Schedule
    {
        public override double Factor(long step, long totalSteps)
        {
            const int stages = 8;
            const double total = 3280; // Σ 3^i
            var stage = 0;
            var end = 1.0;
            while (stage < stages - 1 && step * total >= end * totalSteps)
            {
                stage++;
                end += Math.Pow(3, stage);
            }

            return Math.Pow(10, -stage / 7.0);
        }
    }
}

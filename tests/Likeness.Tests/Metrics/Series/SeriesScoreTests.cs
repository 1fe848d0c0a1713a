namespace Likeness.Tests.Metrics;

/// <summary>Recurrent judges of windows: what cannot be told apart scores nothing, what can is found out, and what teaches nothing predicts nothing.</summary>
public sealed class SeriesScoreTests
{
    private const int Count = 400, Steps = 12;

    [Fact]
    public void Windows_of_one_source_cannot_be_told_apart_and_those_of_two_can()
    {
        TorchRuntime.Threads = 1;
        // 160 windows are judged: the deviation of their share right is 0.04.
        Assert.InRange(Score(new DiscriminativeScore(), Sines(1, 0.3), Sines(2, 0.3)), 0, 0.13);
        // One unit, as half of two values are, finds out three times the speed in most windows.
        Assert.InRange(Score(new DiscriminativeScore(), Sines(1, 0.9), Sines(2, 0.3)), 0.25, 0.5);
    }

    [Fact]
    [Trait("Category", "Long")]
    public void Windows_without_order_in_time_teach_no_prediction()
    {
        TorchRuntime.Threads = 1;
        var real = Sines(3, 0.3);
        var shuffled = real.ToArray();
        // The last column is what is to be told from the first: here of another window.
        for (var i = 0; i < shuffled.Length; i += 2)
        {
            shuffled[i + 1] = real[(i + 1 + (2 * Steps * 7)) % real.Length];
        }

        var scores = new PredictiveScore().Measure(Pair(shuffled, real), new Rng(1)).ToDictionary(s => s.Name, s => s.Score.Value);
        // The second column is a cosine of the first's angle, of which one unit learns a part; guessed, a cosine on 0 … 1 is 0.32 (1/π) away.
        Assert.InRange(scores["predictive-of-real"], 0, 0.2);
        Assert.InRange(scores["predictive"], 0.25, 0.45);
    }

    [Fact]
    public void What_is_no_series_is_refused()
    {
        var spec = new DataSpec([4], new Domain.Real());
        var comparison = new Comparison(spec, new(new float[40], 10), new(new float[40], 10), FeatureNetwork.Values(spec));
        Assert.Contains("series", new DiscriminativeScore().Missing(comparison), StringComparison.Ordinal);
        Assert.Contains("series", new PredictiveScore().Missing(comparison), StringComparison.Ordinal);
    }

    private static double Score(SampleMetric metric, float[] generated, float[] real) => metric.Measure(Pair(generated, real), new Rng(1))[0].Score.Value;

    private static Comparison Pair(float[] generated, float[] real)
    {
        var spec = new DataSpec([Steps, 2], new Domain.Real());
        return new(spec, new(generated, Count), new(real, Count), FeatureNetwork.Values(spec));
    }

    // Sine and cosine of angles that grow by a speed.
    private static float[] Sines(int seed, double speed)
    {
        var random = new Random(seed);
        var values = new float[Count * Steps * 2];
        for (var i = 0; i < Count; i++)
        {
            var phase = 2 * Math.PI * random.NextDouble();
            for (var t = 0; t < Steps; t++)
            {
                (values[2 * ((i * Steps) + t)], values[(2 * ((i * Steps) + t)) + 1]) = ((float)Math.Sin(phase + (speed * t)), (float)Math.Cos(phase + (speed * t)));
            }
        }

        return values;
    }
}

namespace Likeness.Tests.Models;

/// <summary>The ways of adding noise are those of their papers, and what a network descends is what they say.</summary>
public sealed class NoiseProcessTests
{
    public static TheoryData<string> Kinds => ["epsilon", "x0", "v", "edm", "flow-matching"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_network_that_meets_its_target_denoises_without_error(string kind)
    {
        var process = Make(kind);
        foreach (var sigma in new[] { 0.02, 0.3, 1, 7, 60 })
        {
            var c = process.At(sigma);
            var (x0, eps) = (0.37, -1.4);
            var x = x0 + sigma * eps;
            var target = (x0 - c.Skip * x) / c.Output;
            Assert.Equal(x0, c.Skip * x + c.Output * target, 1e-12);

            var (a, s) = (1 / Math.Sqrt(1 + sigma * sigma), sigma / Math.Sqrt(1 + sigma * sigma));
            var expected = kind switch
            {
                "epsilon" => eps,
                "x0" => x0,
                "v" => a * eps - s * x0, // Salimans and Ho 2022
                "flow-matching" => x0 - eps, // Liu et al. 2023
                _ => target,
            };
            Assert.Equal(expected, target, 1e-9);
        }
    }

    [Fact]
    public void Edm_has_inputs_and_targets_of_unit_variance()
    {
        // Karras et al. 2022, equations 114 to 128, for data of the deviation σ_data.
        var process = new NoiseProcess.Karras();
        foreach (var sigma in new[] { 0.002, 0.1, 0.5, 3, 80 })
        {
            var c = process.At(sigma);
            Assert.Equal(1, c.Input * c.Input * (0.25 + sigma * sigma), 1e-12);
            var target = ((1 - c.Skip) * (1 - c.Skip) * 0.25 + c.Skip * c.Skip * sigma * sigma) / (c.Output * c.Output);
            Assert.Equal(1, target, 1e-12);
        }

        // Equation 5 with 18 steps, ρ = 7: the ends, and the middle by hand.
        var levels = process.Levels(18);
        Assert.Equal([80, 0.002], [Math.Round(levels[0], 9), Math.Round(levels[17], 9)]);
        Assert.Equal(Math.Pow(Math.Pow(80, 1 / 7.0) + 9 / 17.0 * (Math.Pow(0.002, 1 / 7.0) - Math.Pow(80, 1 / 7.0)), 7), levels[9], 1e-9);
    }

    [Fact]
    public void Levels_of_training_have_the_law_of_the_paper()
    {
        const int many = 20_000;
        var logs = Array.ConvertAll(new NoiseProcess.Karras().Draw(many, new Rng(1)), Math.Log);
        Assert.Equal(-1.2, logs.Average(), 4 * 1.2 / Math.Sqrt(many));
        Assert.Equal(1.2, Math.Sqrt(logs.Average(l => Math.Pow(l + 1.2, 2))), 4 * 1.2 / Math.Sqrt(2 * many));

        // Straight paths: t = 1/(1 + σ) is uniform, with mean ½ and variance 1/12.
        var times = Array.ConvertAll(new NoiseProcess.Straight().Draw(many, new Rng(2)), s => 1 / (1 + s));
        Assert.Equal(0.5, times.Average(), 4 * Math.Sqrt(1 / 12.0 / many) + 1e-4);
        Assert.Equal(1 / 12.0, times.Average(t => Math.Pow(t - 0.5, 2)), 0.002);

        var fewEnds = Array.ConvertAll(new NoiseProcess.Straight { Time = TimeLaw.LogitNormal }.Draw(many, new Rng(3)), s => 1 / (1 + s));
        Assert.True(fewEnds.Count(t => t is < 0.02 or > 0.98) < 0.1 * times.Count(t => t is < 0.02 or > 0.98));
    }

    [Fact]
    public void The_time_between_two_steps_follows_the_logarithm_of_the_level()
    {
        var process = new NoiseProcess.VariancePreserving { Steps = 100 };
        Assert.Equal(40, process.TimeOf(process.SigmaAt(40)));
        Assert.Equal(40.5, process.TimeOf(Math.Sqrt(process.SigmaAt(40) * process.SigmaAt(41))), 1e-9);
        Assert.Equal(0, process.TimeOf(1e-9));
        Assert.Equal(99, process.TimeOf(1e9));

        // A copy with another number of steps has its own table.
        Assert.NotEqual(process.SigmaAt(40), (process with { Steps = 50 }).SigmaAt(40));
    }

    private static NoiseProcess Make(string kind) => kind switch
    {
        "edm" => new NoiseProcess.Karras(),
        "flow-matching" => new NoiseProcess.Straight(),
        _ => new NoiseProcess.VariancePreserving { Prediction = kind switch { "x0" => Prediction.X0, "v" => Prediction.Velocity, _ => Prediction.Epsilon } },
    };
}

using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Likeness.Laws;

/// <summary>What every diffusion sampler keeps, on Normal data whose best denoiser is known.</summary>
public sealed class SamplerLaws
{
    public static TheoryData<string> Samplers =>
        [.. typeof(DiffusionSampler).GetCustomAttributes(typeof(JsonDerivedTypeAttribute), false).Select(a => (string)((JsonDerivedTypeAttribute)a).TypeDiscriminator!)];

    [Theory]
    [MemberData(nameof(Samplers))]
    public void The_error_falls_with_the_number_of_steps_as_declared(string kind)
    {
        if (Make(kind, 10).Order is not { } order)
        {
            return;
        }

        using var scope = torch.NewDisposeScope();
        foreach (var schedule in new NoiseSchedule[] { new NoiseSchedule.LinearBeta(), new NoiseSchedule.SquaredCosine() })
        {
            // The training's own steps are so fine that they do not show.
            var denoiser = new NormalDenoiser(schedule, 8000, mean: 0.3, deviation: 0.5);
            var noise = Tensor.From<double>([-1.7, -0.4, 0.2, 1.1, 2.3], 5, 1, 1, 1);
            var exact = denoiser.Flow(noise);
            int[] steps = [25, 50, 100, 200];
            var errors = Array.ConvertAll(steps, s => (Make(kind, s).Sample(denoiser, noise, new Rng(1)) - exact).abs().max().ToDouble());
            var slope = Slope(Array.ConvertAll(steps, s => Math.Log(s)), Array.ConvertAll(errors, Math.Log));
            Assert.Equal(order, -slope, 0.15);
        }
    }

    [Theory]
    [MemberData(nameof(Samplers))]
    public void Samples_have_the_mean_and_the_variance_of_the_data(string kind)
    {
        using var scope = torch.NewDisposeScope();
        const int many = 40_000;
        const double mean = 0.3, deviation = 0.5;
        var denoiser = new NormalDenoiser(new NoiseSchedule.LinearBeta(), 1000, mean, deviation);
        var x = Make(kind, 1000).Sample(denoiser, new Rng(2).Normal(many, 1, 1, 1).to(ScalarType.Float64), new Rng(3)).ToArray<double>();
        var average = x.Average();
        var variance = x.Average(v => (v - average) * (v - average));

        // Four standard errors: σ/√n = 0.0025 of the mean, √(2/n) = 0.7 % of the variance; a thousand steps are off by less than 1 %.
        Assert.Equal(mean, average, 0.011);
        Assert.InRange(variance / (deviation * deviation), 0.96, 1.04);
    }

    [Theory]
    [MemberData(nameof(Samplers))]
    public void A_sampler_makes_finite_examples_in_any_number_of_steps(string kind)
    {
        using var scope = torch.NewDisposeScope();
        var denoiser = new NormalDenoiser(new NoiseSchedule.SquaredCosine(), 50, 0, 1);
        foreach (var steps in new[] { 1, 2, 7, 50, 80 })
        {
            var x = Make(kind, steps).Sample(denoiser, new Rng(2).Normal(4, 1, 2, 3).to(ScalarType.Float64), new Rng(3));
            Assert.Equal([4, 1, 2, 3], x.shape);
            Assert.All(x.ToArray<double>(), v => Assert.True(double.IsFinite(v)));
        }
    }

    private static DiffusionSampler Make(string kind, int steps) =>
        new JsonObject { ["kind"] = kind, ["steps"] = steps }.Deserialize(DdpmJson.Default.DiffusionSampler)!;

    private static double Slope(double[] x, double[] y)
    {
        var (mx, my) = (x.Average(), y.Average());
        return x.Zip(y, (a, b) => (a - mx) * (b - my)).Sum() / x.Sum(a => (a - mx) * (a - mx));
    }

    /// <summary>The best denoiser of independent N(mean, deviation²) values.</summary>
    private sealed class NormalDenoiser(NoiseSchedule schedule, int steps, double mean, double deviation) : IDenoiser
    {
        private readonly double[] _alphaBar = new Diffusion(schedule, steps).AlphaBar;

        public IReadOnlyList<double> AlphaBar => _alphaBar;

        /// <summary>E[ε | x_t]: x_t and ε are jointly Normal.</summary>
        public Tensor PredictNoise(Tensor xt, Tensor t)
        {
            var aBar = _alphaBar[t.ToArray<long>()[0]];
            return (xt - Math.Sqrt(aBar) * mean) * (Math.Sqrt(1 - aBar) / ((aBar * deviation * deviation) + 1 - aBar));
        }

        /// <summary>Where the probability-flow equation carries noise to: it keeps each value's place in units of deviations.</summary>
        public Tensor Flow(Tensor noise)
        {
            var aBar = _alphaBar[^1];
            return (noise - Math.Sqrt(aBar) * mean) * (deviation / Math.Sqrt((aBar * deviation * deviation) + 1 - aBar)) + mean;
        }
    }
}

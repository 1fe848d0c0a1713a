using System.Text.Json;
using System.Text.Json.Nodes;

namespace Likeness.Laws;

/// <summary>What every diffusion sampler keeps, on data whose best denoiser and whose flow are known: a mixture of two Normals.</summary>
public sealed class SamplerLaws
{
    public static TheoryData<string> Samplers =>
        [.. OptionRules.Of<DiffusionSampler>().PolymorphismOptions!.DerivedTypes.Select(d => (string)d.TypeDiscriminator!), "ddim with eta", "dpm-solver with eta"];

    [Theory]
    [MemberData(nameof(Samplers))]
    public void The_error_falls_with_the_number_of_steps_as_declared(string kind)
    {
        if (Make(kind, 10).Order is not { } order)
        {
            return;
        }

        using var scope = torch.NewDisposeScope();
        double[] deviations = [0.4, 1];
        foreach (var deviation in deviations)
        {
            // The smallest level is so small that the last step does not show. A single Normal would flatter: on it the midpoint method is of order 3.
            var denoiser = new MixtureDenoiser(n => NoiseProcess.Spread(80, 1e-5, n ?? 100, 7), deviation);
            var noise = Tensor.From<double>([-1.7, -0.4, 0.2, 1.1, 2.3], 5, 1, 1, 1);
            var exact = denoiser.Flow(noise);
            int[] steps = [40, 80, 160, 320];
            var errors = Array.ConvertAll(steps, s => (Make(kind, s).Sample(denoiser, noise, new Rng(1)) - exact).abs().max().ToDouble());
            var slope = Slope(Array.ConvertAll(steps, s => Math.Log(s)), Array.ConvertAll(errors, Math.Log));
            Assert.Equal(order, -slope, 0.2);
        }
    }

    [Theory]
    [MemberData(nameof(Samplers))]
    public void Samples_have_the_mean_and_the_variance_of_the_data(string kind)
    {
        using var scope = torch.NewDisposeScope();
        const int many = 40_000;
        const double deviation = 0.5;
        var denoiser = new MixtureDenoiser(Steps(new NoiseSchedule.LinearBeta(), 1000), deviation);
        var mean = MixtureDenoiser.Weight * MixtureDenoiser.Right + (1 - MixtureDenoiser.Weight) * MixtureDenoiser.Left;
        var spread = deviation * deviation + MixtureDenoiser.Weight * (1 - MixtureDenoiser.Weight) * Math.Pow(MixtureDenoiser.Right - MixtureDenoiser.Left, 2);
        var x = Make(kind, 1000).Sample(denoiser, new Rng(2).Normal(many, 1, 1, 1).to(ScalarType.Float64), new Rng(3)).ToArray<double>();
        var average = x.Average();
        var variance = x.Average(v => (v - average) * (v - average));

        // Four standard errors: σ/√n = 0.0047 of the mean, √(2/n) = 0.7 % of the variance; a thousand steps are off by less than 1 %.
        Assert.Equal(mean, average, 0.02);
        Assert.InRange(variance / spread, 0.96, 1.04);
    }

    [Theory]
    [MemberData(nameof(Samplers))]
    public void A_sampler_makes_finite_examples_in_any_number_of_steps(string kind)
    {
        using var scope = torch.NewDisposeScope();
        var denoiser = new MixtureDenoiser(Steps(new NoiseSchedule.SquaredCosine(), 50), 1);
        foreach (var steps in new[] { 1, 2, 7, 50, 80 })
        {
            var x = Make(kind, steps).Sample(denoiser, new Rng(2).Normal(4, 1, 2, 3).to(ScalarType.Float64), new Rng(3));
            Assert.Equal([4, 1, 2, 3], x.shape);
            Assert.All(x.ToArray<double>(), v => Assert.True(double.IsFinite(v)));
        }
    }

    private static DiffusionSampler Make(string name, int steps)
    {
        var settings = new JsonObject { ["kind"] = name.Split(' ')[0] };
        if (name != "adaptive")
        {
            settings["steps"] = steps;
        }

        if (name.EndsWith("with eta", StringComparison.Ordinal))
        {
            settings["eta"] = 1;
        }

        return settings.Deserialize(OptionRules.Of<DiffusionSampler>())!;
    }

    private static Func<int?, IReadOnlyList<double>> Steps(NoiseSchedule schedule, int steps) =>
        n => new NoiseProcess.VariancePreserving { Noise = schedule, Steps = steps }.Levels(n);

    private static double Slope(double[] x, double[] y)
    {
        var (mx, my) = (x.Average(), y.Average());
        return x.Zip(y, (a, b) => (a - mx) * (b - my)).Sum() / x.Sum(a => (a - mx) * (a - mx));
    }

    /// <summary>The best denoiser of independent values from two Normals of one deviation.</summary>
    private sealed class MixtureDenoiser(Func<int?, IReadOnlyList<double>> levels, double deviation) : IDenoiser
    {
        public const double Left = -0.8, Right = 0.9, Weight = 0.7;

        public IReadOnlyList<double> NoiseLevels(int? steps) => levels(steps);

        /// <summary>E[x_0 | x]: the means within the parts, weighed by how probable each is.</summary>
        public Tensor Denoise(Tensor x, Tensor sigma)
        {
            var variance = deviation * deviation + Math.Pow(sigma.ToArray<double>()[0], 2);
            var kept = deviation * deviation / variance;
            var right = ((x * (Right - Left) - 0.5 * (Right * Right - Left * Left)) / variance + Math.Log(Weight / (1 - Weight))).sigmoid();
            return x * kept + (right * (Right - Left) + Left) * (1 - kept);
        }

        /// <summary>Where the probability-flow equation carries noise to: in one dimension it keeps each value's quantile.</summary>
        public Tensor Flow(Tensor noise)
        {
            var first = levels(null)[0];
            var quantile = Cdf(noise * Math.Sqrt(1 + first * first), Math.Sqrt(deviation * deviation + first * first));
            var (low, high) = (quantile.full_like(-20), quantile.full_like(20));
            for (var i = 0; i < 80; i++)
            {
                var middle = 0.5 * (low + high);
                var below = Cdf(middle, deviation) < quantile;
                (low, high) = (torch.where(below, middle, low), torch.where(below, high, middle));
            }

            return low;
        }

        private static Tensor Cdf(Tensor x, double s)
        {
            Tensor Normal(double mean) => 0.5 * (1 + torch.special.erf((x - mean) / (s * Math.Sqrt(2))));
            return Weight * Normal(Right) + (1 - Weight) * Normal(Left);
        }
    }
}

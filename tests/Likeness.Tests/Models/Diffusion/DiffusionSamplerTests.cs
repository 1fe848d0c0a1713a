namespace Likeness.Tests.Models;

/// <summary>The samplers' steps are those of their papers.</summary>
public sealed class DiffusionSamplerTests
{
    private const int Steps = 30;

    [Fact]
    public void Ddim_with_all_noise_and_all_steps_is_the_ancestral_sampler_with_the_posterior_variance()
    {
        using var scope = torch.NewDisposeScope();
        var d = new Diffusion(new NoiseSchedule.LinearBeta(), Steps);
        var visited = Walk(new DiffusionSampler.Ddim(Steps, Eta: 1), new NoiseSchedule.LinearBeta());
        Check(visited, d, t => Math.Sqrt(d.PosteriorVariance[t]));
    }

    [Fact]
    public void The_ancestral_sampler_is_algorithm_2_with_the_large_variance()
    {
        using var scope = torch.NewDisposeScope();
        var d = new Diffusion(new NoiseSchedule.SquaredCosine(), Steps);
        var visited = Walk(new DiffusionSampler.Ancestral(), new NoiseSchedule.SquaredCosine());
        Check(visited, d, t => t == 0 ? 0 : Math.Sqrt(d.Beta[t]));
    }

    [Fact]
    public void The_ancestral_sampler_takes_the_variance_of_the_model()
    {
        using var scope = torch.NewDisposeScope();
        var d = new Diffusion(new NoiseSchedule.LinearBeta(), Steps);
        var visited = Walk(new DiffusionSampler.Ancestral(), new NoiseSchedule.LinearBeta(), ReverseVariance.FixedSmall);
        Check(visited, d, t => Math.Sqrt(d.PosteriorVariance[t]));
    }

    [Fact]
    public void Ddim_without_noise_does_not_depend_on_the_generator()
    {
        using var scope = torch.NewDisposeScope();
        var denoiser = new Recorder(new NoiseSchedule.LinearBeta());
        var noise = new Rng(1).Normal(2, 1, 2, 2);
        Near.Equal(new DiffusionSampler.Ddim(10).Sample(denoiser, noise, new Rng(2)), new DiffusionSampler.Ddim(10).Sample(denoiser, noise, new Rng(3)), 0);
    }

    [Theory]
    [InlineData(1000, 50)]
    [InlineData(1000, 1000)]
    [InlineData(1000, 7)]
    [InlineData(10, 1)]
    [InlineData(10, 25)]
    public void Visited_steps_rise_evenly_to_the_last(int total, int steps)
    {
        var visited = DiffusionSampler.Visited(total, steps);
        Assert.Equal(Math.Min(total, steps), visited.Length);
        Assert.Equal(total - 1, visited[^1]);
        Assert.True(visited[0] >= 0);
        var gaps = visited.Zip(visited.Skip(1), (a, b) => b - a).ToArray();
        Assert.All(gaps, g => Assert.InRange(g, (int)Math.Floor((double)total / steps), (int)Math.Ceiling((double)total / Math.Min(total, steps))));
    }

    // x_{t−1} = (x_t − β_t/√(1 − ᾱ_t)·ε̂)/√α_t + σ_t·z for every step, with the very noise that the sampler drew.
    private static void Check(List<(long Step, double[] X, double[] Eps)> visited, Diffusion d, Func<int, double> sigma)
    {
        var rng = new Rng(5);
        for (var i = 0; i + 1 < visited.Count; i++)
        {
            var t = Steps - 1 - i;
            Assert.Equal(t, visited[i].Step);
            var z = sigma(t) == 0 ? new double[visited[i].X.Length] : rng.Normal(2, 1, 2, 2).ToArray<double>();
            var alpha = 1 - d.Beta[t];
            for (var k = 0; k < z.Length; k++)
            {
                var expected = ((visited[i].X[k] - (d.Beta[t] / Math.Sqrt(1 - d.AlphaBar[t]) * visited[i].Eps[k])) / Math.Sqrt(alpha)) + (sigma(t) * z[k]);
                Assert.Equal(expected, visited[i + 1].X[k], 1e-12 * Math.Max(1, Math.Abs(expected)));
            }
        }

        Assert.Equal(Steps + 1, visited.Count);
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(double.PositiveInfinity)]
    public void Implied_examples_are_clipped_to_where_examples_can_be(double bound)
    {
        using var scope = torch.NewDisposeScope();
        var x = new DiffusionSampler.Ddim(10).Sample(new Silent(new() { Steps = 50 }, bound), new Rng(1).Normal(4, 1, 2, 2).to(ScalarType.Float64), new Rng(2));
        var largest = x.abs().max().ToDouble();

        // A denoiser that sees no noise implies x_T/√ᾱ_T, far outside; clipped, the last step leaves x̂_0 itself.
        Assert.InRange(largest, double.IsFinite(bound) ? 0.999 : 10, bound + 1e-12);
    }

    // A cosine schedule ends at σ = 20,000: levels that are evenly spread in σ^(1/7) would be above 80, where nothing is to be seen, in two steps of three.
    [Fact]
    public void Solvers_are_close_to_the_flow_in_15_steps_of_a_cosine_schedule()
    {
        using var scope = torch.NewDisposeScope();
        const double deviation = 0.5;
        var denoiser = new Normal(new() { Noise = new NoiseSchedule.SquaredCosine() }, deviation);
        var noise = Tensor.From<double>([-1.7, -0.4, 0.2, 1.1, 2.3], 5, 1, 1, 1);
        double Error(DiffusionSampler sampler) => (sampler.Sample(denoiser, noise, new Rng(1)) - noise * deviation).abs().max().ToDouble();
        Assert.InRange(Error(new DiffusionSampler.DpmSolver(15)), 0, 0.02);
        Assert.InRange(Error(new DiffusionSampler.DpmSolverSingle(15)), 0, 0.05);
        Assert.InRange(Error(new DiffusionSampler.DpmSolver(15, Rho: 7)), 0.1, 1);
        Assert.InRange(Error(new DiffusionSampler.Heun(15)), 0, 0.02);
    }

    private static List<(long Step, double[] X, double[] Eps)> Walk(DiffusionSampler sampler, NoiseSchedule schedule, ReverseVariance? variance = null)
    {
        var denoiser = new Recorder(schedule, variance);
        var end = sampler.Sample(denoiser, new Rng(1).Normal(2, 1, 2, 2).to(ScalarType.Float64), new Rng(5)).ToArray<double>();
        return [.. denoiser.Visited, (-1, end, [])];
    }

    /// <summary>Any function of x and t will do as a denoiser; what it was asked is kept, as x_t = √ᾱ_t·x.</summary>
    private sealed class Recorder(NoiseSchedule schedule, ReverseVariance? variance = null) : IDenoiser
    {
        private readonly NoiseProcess.VariancePreserving _process = new() { Noise = schedule, Steps = Steps };

        public List<(long Step, double[] X, double[] Eps)> Visited { get; } = [];

        public IReadOnlyList<double> NoiseLevels(int? steps) => _process.Levels(steps);

        public Tensor Denoise(Tensor x, Tensor sigma)
        {
            var s = sigma.ToArray<double>()[0];
            var step = _process.TimeOf(s);
            var xt = x / Math.Sqrt(1 + s * s);
            var eps = (xt * (1 + (step / 7.0))).sin();
            Visited.Add(((long)step, xt.ToArray<double>(), eps.ToArray<double>()));
            return x - eps * s;
        }

        public Denoised Reverse(Tensor x, Tensor sigma) => new(Denoise(x, sigma), torch.full([1], (variance ?? ReverseVariance.FixedLarge).Blend!.Value, ScalarType.Float64));
    }

    private sealed class Silent(NoiseProcess.VariancePreserving process, double bound) : IDenoiser
    {
        public IReadOnlyList<double> NoiseLevels(int? steps) => process.Levels(steps);

        public double Bound => bound;

        public Tensor Denoise(Tensor x, Tensor sigma) => x;
    }

    /// <summary>The best denoiser of Normal values.</summary>
    private sealed class Normal(NoiseProcess.VariancePreserving process, double deviation) : IDenoiser
    {
        public IReadOnlyList<double> NoiseLevels(int? steps) => process.Levels(steps);

        public Tensor Denoise(Tensor x, Tensor sigma) => x * (deviation * deviation / (deviation * deviation + Math.Pow(sigma.ToArray<double>()[0], 2)));
    }
}

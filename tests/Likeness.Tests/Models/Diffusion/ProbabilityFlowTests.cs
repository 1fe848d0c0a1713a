namespace Likeness.Tests.Models;

/// <summary>The flow's likelihood where it is known: for a mixture of two Normals the best denoiser and the density have closed forms.</summary>
public sealed class ProbabilityFlowTests
{
    private const double Apart = 1.1, Deviation = 0.3;

    [Theory]
    [InlineData(2)]
    [InlineData(40)]
    public void The_likelihood_along_the_flow_is_the_exact_one(int dimensions)
    {
        using var scope = torch.NewDisposeScope();
        var x = new Rng(1).Normal(8, dimensions).to(ScalarType.Float64) * 0.6;
        var exact = x.ToArray<double>().Chunk(dimensions).Select(row => row.Sum(v => Math.Log(Density(v)))).ToArray();
        var found = ProbabilityFlow.LogDensity(new Mixture(), x, 1e-5, new Rng(2)).ToArray<double>();

        // Up to 32 dimensions the divergence is exact, and the solver's tolerance is what is left; beyond it one direction is tried, but independent values
        // have a diagonal Jacobian, for which directions of signs make no error either.
        Assert.All(Enumerable.Range(0, exact.Length), i => Assert.Equal(exact[i], found[i], 0.002 * dimensions));
    }

    [Fact]
    public void The_solver_keeps_to_its_tolerance()
    {
        using var scope = torch.NewDisposeScope();

        // dy/dt = y·cos t from y(0) = 1: y = e^{sin t}.
        var y = DormandPrince.Solve((t, v) => v * Math.Cos(t), Tensor.From<double>([1], 1, 1), 0, 5, 1e-8).ToDouble();
        Assert.Equal(Math.Exp(Math.Sin(5)), y, 1e-6);
        var back = DormandPrince.Solve((t, v) => v * Math.Cos(t), Tensor.From([Math.Exp(Math.Sin(5))], 1, 1), 5, 0, 1e-8).ToDouble();
        Assert.Equal(1, back, 1e-6);
        Assert.Throws<UsageException>(() => DormandPrince.Solve((_, v) => v * v, Tensor.From<double>([1], 1, 1), 0, 2, 1e-6));
    }

    private static double Density(double v) => 0.5 * (Normal(v, -Apart) + Normal(v, Apart));

    private static double Normal(double v, double mean) => Math.Exp(-0.5 * Math.Pow((v - mean) / Deviation, 2)) / (Deviation * Math.Sqrt(2 * Math.PI));

    private sealed class Mixture : IDenoiser
    {
        public IReadOnlyList<double> NoiseLevels(int? steps) => NoiseProcess.Spread(80, 1e-3, steps ?? 20, 7);

        public Tensor Denoise(Tensor x, Tensor sigma)
        {
            var s = sigma.ToArray<double>()[0];
            var variance = Deviation * Deviation + s * s;
            var right = (x * (2 * Apart / variance)).sigmoid();
            var shrunk = Deviation * Deviation / variance;
            return x * shrunk + (2 * right - 1) * (Apart * (1 - shrunk));
        }
    }
}

namespace Likeness.Tests.Models;

/// <summary>The Wasserstein autoencoder: its kernel by hand, its priors, and codes that follow the prior where a plain autoencoder's do not.</summary>
public sealed class WassersteinAutoencoderTests
{
    private const int Count = 400;

    private static readonly DataSpec s_spec = new([3], new Domain.Real());

    [Fact]
    public void The_kernel_distance_is_the_papers_sum()
    {
        using var scope = torch.NewDisposeScope();
        double[][] a = [[0.3, -1], [1.5, 0.2], [-0.4, 0.9]], b = [[0.1, 0.1], [2, -1]];
        const double variance = 4;
        double K(double[] x, double[] y)
        {
            var squared = Math.Pow(x[0] - y[0], 2) + Math.Pow(x[1] - y[1], 2);
            return new[] { 0.1, 0.2, 0.5, 1, 2, 5, 10 }.Sum(s => 2 * 2 * variance * s / ((2 * 2 * variance * s) + squared));
        }

        static double Pairs(double[][] x, Func<double[], double[], double> k) =>
            Enumerable.Range(0, x.Length).Sum(i => Enumerable.Range(0, x.Length).Where(j => j != i).Sum(j => k(x[i], x[j]))) / (x.Length * (x.Length - 1));
        var expected = Pairs(a, K) + Pairs(b, K) - (2 * a.Average(x => b.Average(y => K(x, y))));
        var (ta, tb) = (Tensor.From([.. a.SelectMany(r => r)], 3, 2), Tensor.From([.. b.SelectMany(r => r)], 2, 2));
        Assert.Equal(expected, KernelDistance.Squared(ta, tb, KernelDistance.InverseMultiquadrics(2, variance)).ToDouble(), 1e-12);
    }

    [Fact]
    public void The_kernel_distance_of_samples_of_one_distribution_is_zero_on_average()
    {
        using var scope = torch.NewDisposeScope();
        var (rng, kernel) = (new Rng(5), KernelDistance.InverseMultiquadrics(3, 1));
        var distances = Enumerable.Range(0, 400).Select(_ => KernelDistance.Squared(rng.Normal(20, 3), rng.Normal(20, 3), kernel).ToDouble()).ToArray();
        var score = Score.Mean(distances, "", Evidence.Estimate);
        Assert.InRange(score.Value, -4 * score.StandardError, 4 * score.StandardError);
        Assert.Contains(distances, d => d < 0); // unbiased, and so not above zero
    }

    // The density of ten Normals against the share of draws in a small square, and their mean square against the formula.
    [Fact]
    public void Priors_have_the_moments_and_the_density_that_they_state()
    {
        using var scope = torch.NewDisposeScope();
        const int many = 400_000;
        foreach (var prior in new CodePrior[] { new CodePrior.Spherical(5), new CodePrior.Petals(), new CodePrior.SwissRoll() })
        {
            var z = prior.Sample(many, 2, new Rng(4));
            Assert.Equal(prior.Variance, z.square().mean().ToDouble(), 0.01 * prior.Variance);
        }

        var petals = new CodePrior.Petals();
        var draws = petals.Sample(many, 2, new Rng(6)).ToArray<double>();
        var angle = 2 * Math.PI * 3 / 10;
        double[][] points = [[2, 0], [2.4, 0.1], [2 * Math.Cos(angle), 2 * Math.Sin(angle)]];
        foreach (var p in points)
        {
            const double half = 0.05;
            var inside = Enumerable.Range(0, many).Count(i => Math.Abs(draws[2 * i] - p[0]) < half && Math.Abs(draws[(2 * i) + 1] - p[1]) < half);
            var expected = Math.Exp(petals.LogProb(Tensor.From(p, 1, 2))!.ToDouble()) * 4 * half * half;

            // Some 1500 draws are inside, ± 2.5 %; the density's curvature across the square adds 2 %.
            Assert.Equal(expected, inside / (double)many, 0.1 * expected);
        }

        Assert.Null(new CodePrior.SwissRoll().LogProb(Tensor.From<double>([0, 0], 1, 2)));
        Assert.Equal(-Math.Log(2 * Math.PI * 25) - 1, new CodePrior.Spherical(5).LogProb(Tensor.From<double>([5, -5], 1, 2))!.ToDouble(), 1e-12);
        Assert.Throws<UsageException>(() => new CodePrior.SwissRoll().For(3));
    }

    // A game takes longer than a distance: after 3000 steps p was 0.01 to 0.5 over seeds, after 6000 0.06 to 0.8.
    [Theory]
    [InlineData("mmd", 1500)]
    [InlineData("gan", 6000)]
    public void Codes_follow_the_prior(string penalty, int steps) => Assert.InRange(PValueAfter(Penalty(penalty), steps), 0.05, 1);

    [Fact]
    public void Those_of_a_plain_autoencoder_do_not() => Assert.InRange(PValueAfter(Penalty("mmd") with { Weight = 0 }, 1000), 0, 0.01);

    private static LatentPenalty Penalty(string kind) => kind == "mmd"
        ? new LatentPenalty.MeanDiscrepancy()
        : new LatentPenalty.Adversary { Hidden = [64, 64], Critic = new Adam(2e-3, Beta1: 0.5) { Schedule = new Schedule.Linear() } };

    private static double PValueAfter(LatentPenalty penalty, int steps)
    {
        using var scope = torch.NewDisposeScope();
        TorchRuntime.Threads = 1;
        var options = new WassersteinAutoencoderOptions
        {
            Latent = 2,
            Cost = new Reconstruction.SquaredError(0.05),
            Network = new AutoencoderNetwork.Mlp { Hidden = [64, 64], Nonlinearity = Nonlinearity.Relu },
            Penalty = penalty,
            Optimizer = new Adam(5e-4, Beta1: 0.5) { Schedule = new Schedule.Linear() },
        };
        var data = Weights.Data(s_spec, Curve());
        var model = new WassersteinAutoencoder(s_spec, options, new Rng(1));
        WassersteinAutoencoder.Recipe.Train(model, options, data, steps, 100);
        return PValue(model, data);
    }

    internal static double PValue(Module model, IDataset<Batch> data) =>
        new AggregatedPosterior().Measure(model, data, new MeasureOptions(), new Rng(9)).Single(s => s.Name == "aggregated-posterior-p-value").Score.Value;

    // A curved sheet in space: two clumps, far from any Normal distribution.
    internal static float[] Curve()
    {
        var u = new Rng(8).Normal(Count, 3).ToArray<float>();
        return [.. Enumerable.Range(0, Count).SelectMany(i =>
        {
            var (a, b) = ((i % 2 == 0 ? 2 : -2) + (0.5f * u[3 * i]), 0.7f * u[(3 * i) + 1]);
            return new[] { a, b, (0.3f * a * b) + (0.05f * u[(3 * i) + 2]) };
        })];
    }
}

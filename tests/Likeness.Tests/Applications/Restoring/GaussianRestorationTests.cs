namespace Likeness.Tests.Applications;

/// <summary>Restorations where everything is known: Gaussian images, their optimal denoiser in closed form, and the law of an image given what was measured of it.</summary>
public sealed class GaussianRestorationTests
{
    private const int Side = 4, Values = Side * Side, Draws = 6_000;

    private static readonly DataSpec s_spec = new([1, Side, Side], new Domain.Real());

    /// <summary>
    /// Corrected by the denoiser's own covariance, restorations follow the exact law. What remains is the discretisation of the walk and the number of draws: the covariance of
    /// 6,000 draws of 8 to 12 free values is off by some 4 % itself.
    /// </summary>
    [Theory]
    [InlineData("mask:half")]
    [InlineData("mask:share=0.25")]
    [InlineData("downsample:2")]
    public void With_the_covariance_the_law_is_exact(string text)
    {
        using var scope = torch.NewDisposeScope();
        var (mean, covariance) = Off(text, new(100, Solves: 8));
        Assert.InRange(mean, 0, 0.06);
        Assert.InRange(covariance, 0, 0.1);
    }

    /// <summary>
    /// DDNM sees what was measured through the noise of each level. Its law is not the exact one, and more steps do not make it so (measured: means are off by 0.22, 0.23 and 0.07 of the exact deviation, covariances by
    /// 16 to 24, 38 to 40 and 5 to 9 %); jumps back bring it nearer (0.08, 0.08 and 0.02; 4, 8 and 9 %, which is what 100 steps leave).
    /// </summary>
    [Theory]
    [InlineData("mask:half", 0.25, 0.25)]
    [InlineData("mask:share=0.25", 0.25, 0.45)]
    [InlineData("downsample:2", 0.08, 0.12)]
    public void Null_space_steps_alone_come_near_to_it(string text, double mean, double covariance)
    {
        using var scope = torch.NewDisposeScope();
        var once = Off(text, new(100));
        var again = Off(text, new(100, Repeats: 6));
        Assert.True(once.Mean < mean && once.Covariance < covariance, $"{text}: {once}, again {again}");
        Assert.True(again.Mean < 0.5 * once.Mean && again.Covariance < 0.12, $"{text}: {once}, again {again}");
    }

    /// <summary>Where what was measured says nothing about the rest, null-space steps are exact.</summary>
    [Fact]
    public void Null_space_steps_are_exact_where_pixels_are_independent()
    {
        using var scope = torch.NewDisposeScope();
        var (mean, covariance) = Off("mask:half", new(100), correlation: 0);
        Assert.InRange(mean, 0, 0.06);
        Assert.InRange(covariance, 0, 0.1);
    }

    [Fact]
    public void Jumps_go_back_to_where_a_stretch_began()
    {
        Assert.Equal([(0, 1), (1, 2), (2, 3)], NoiseWalk.Moves(4, 10, 1));
        Assert.Equal([(0, 1), (1, 2), (2, 0), (0, 1), (1, 2), (2, 3), (3, 2), (2, 3), (3, 4)], NoiseWalk.Moves(5, 2, 2));
        // The last step, to no noise at all, is taken once.
        Assert.All(new[] { 3, 7, 20 }, levels => Assert.Single(NoiseWalk.Moves(levels, 3, 4), m => m.To == levels - 1));
    }

    [Fact]
    public void No_strength_leaves_a_picture_and_full_strength_makes_a_new_one()
    {
        using var scope = torch.NewDisposeScope();
        var model = new Optimal(1);
        var x = (new Rng(4).Normal(1, 1, Side, Side) + 3).repeat(2000, 1, 1, 1);
        Assert.Equal(x.ToArray<float>(), PictureEditing.Edit(model, s_spec, x, 0, new Rng(1)).ToArray<float>());
        double Far(double strength) => (PictureEditing.Edit(model, s_spec, x, strength, new Rng(1)) - x).square().mean().sqrt().ToDouble();
        Assert.InRange(Far(0.2), 0, Far(0.6));
        var whole = PictureEditing.Edit(model, s_spec, x, 1, new Rng(1)).flatten(1).to(ScalarType.Float64);
        Assert.InRange((whole.mean([0]) - model.Mean).abs().max().ToDouble(), 0, 0.12);

        var mask = (Mask)Measurements.Parse("mask:half", s_spec);
        var kept = PictureEditing.Edit(model, s_spec, x, 0.6, new Rng(1), kept: mask);
        Assert.InRange((mask.Measure(kept) - mask.Measure(x)).abs().max().ToDouble(), 0, 1e-5);
        var between = PictureEditing.Between(model, s_spec, x.narrow(0, 0, 1), -x.narrow(0, 0, 1), 5, 0.1, new Rng(1));
        Assert.Equal([5, 1, Side, Side], between.shape);
        Assert.True((between.narrow(0, 0, 1) - x.narrow(0, 0, 1)).abs().max().ToDouble() < (between.narrow(0, 4, 1) - x.narrow(0, 0, 1)).abs().max().ToDouble());
    }

    // How far mean and covariance are from the exact ones: in units of the exact law's deviation, and as a share of the exact covariance.
    private static (double Mean, double Covariance) Off(string text, NullSpaceWalk walk, double correlation = 1)
    {
        var model = new Optimal(correlation);
        var a = Measurements.Parse(text, s_spec);
        var unit = torch.eye(Values, dtype: ScalarType.Float64).reshape(Values, 1, Side, Side);
        var matrix = a.Measure(unit).flatten(1).t(); // A
        var truth = model.Mean + torch.linalg.cholesky(model.Covariance).matmul(new Rng(7).Normal(Values).to(ScalarType.Float64));
        var y = matrix.matmul(truth);
        var gain = model.Covariance.matmul(matrix.t()).matmul(matrix.matmul(model.Covariance).matmul(matrix.t()).inverse());
        var (mean, covariance) = (model.Mean + gain.matmul(y - matrix.matmul(model.Mean)), model.Covariance - gain.matmul(matrix).matmul(model.Covariance));

        var method = RestoringMethods.Of(model, s_spec, a, new RestoringOptions { Walk = walk });
        Assert.Equal("null-space", method.Name);
        var given = y.reshape([1, .. a.Output.Select(d => (long)d)]).repeat_interleave(Draws, 0);
        var draws = method.Restore(given.to(ScalarType.Float32), new Rng(3)).flatten(1).to(ScalarType.Float64);
        var found = draws.mean([0]);
        var centred = draws - found;
        var spread = centred.t().matmul(centred) / (Draws - 1);
        return ((found - mean).norm().ToDouble() / Math.Sqrt(covariance.diagonal().sum().ToDouble()), (spread - covariance).norm().ToDouble() / covariance.norm().ToDouble());
    }

    /// <summary>Images whose pixels are the more alike the nearer they are, and E[x₀ | x] = μ + Σ (Σ + σ²I)⁻¹ (x − μ).</summary>
    private sealed class Optimal : Module, IDenoiser
    {
        public Optimal(double correlation)
        {
            var entries = new double[Values * Values];
            for (var i = 0; i < entries.Length; i++)
            {
                var (a, b) = (i / Values, i % Values);
                var apart = Math.Sqrt(Math.Pow((a / Side) - (b / Side), 2) + Math.Pow((a % Side) - (b % Side), 2));
                entries[i] = (a == b ? 1.05 : 0) + (a == b ? 0 : correlation * Math.Exp(-apart / 2));
            }

            Covariance = Tensor.From(entries, Values, Values);
            Mean = Tensor.From([.. Enumerable.Range(0, Values).Select(i => 0.3 * Math.Sin(i))], Values);
        }

        public Tensor Mean { get; }

        public Tensor Covariance { get; }

        public IReadOnlyList<double> NoiseLevels(int? steps) => [.. Enumerable.Range(0, steps ?? 100).Select(i => 50 * Math.Pow(0.01 / 50, i / ((steps ?? 100) - 1.0)))];

        public Tensor Denoise(Tensor x, Tensor sigma)
        {
            var noise = sigma.ToArray<double>()[0];
            var gain = Covariance.matmul((Covariance + (torch.eye(Values, dtype: ScalarType.Float64) * (noise * noise))).inverse()).to(x.dtype);
            var mean = Mean.to(x.dtype);
            return (mean + (x.flatten(1) - mean).matmul(gain.t())).reshape(x.shape);
        }
    }
}

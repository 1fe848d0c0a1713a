namespace Likeness.Tests.Models;

/// <summary>The networks of Radford et al. 2016, sized from the data.</summary>
public sealed class DcganTests
{
    public static TheoryData<int, int, int, int> Sizes => new()
    {
        { 1, 28, 28, 2 },
        { 3, 28, 28, 2 },
        { 1, 32, 32, 3 },
        { 3, 32, 32, 3 },
        { 3, 64, 64, 4 },
        { 1, 72, 72, 3 },
        { 3, 72, 72, 3 },
        { 3, 32, 48, 3 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Images_of_any_size_that_halves_are_made_and_judged(int channels, int height, int width, int halvings)
    {
        using var scope = torch.NewDisposeScope();
        var spec = new DataSpec([channels, height, width], new Domain.Byte());
        var model = Make(spec);
        Assert.Equal([2, channels, height, width], model.Sample(2, new Rng(3)).shape);

        var pixels = new float[3 * spec.Dimensions];
        using var training = Weights.Training(Dcgan.Recipe.Objective(model, Small, new Rng(2)), Weights.Data(spec, pixels), 3);
        Assert.Equal(["real", "fake", "adversarial"], training.Run().Single().Terms.Select(t => t.Term));

        // Batch normalisation everywhere but after the generator's last and the critic's first convolution.
        static int Norms(torch.nn.Module module) => module.Buffers().Count(b => b.Name.EndsWith("running_mean", StringComparison.Ordinal));
        Assert.Equal(halvings, Norms(model));
        Assert.Equal(halvings - 1, Norms(((IRehearsal)training).Objective) - Norms(model));
    }

    [Theory]
    [InlineData(29, 29)]
    [InlineData(28, 29)]
    [InlineData(7, 7)]
    [InlineData(34, 34)]
    public void Sizes_that_do_not_halve_are_refused_with_a_remedy(int height, int width)
    {
        var e = Assert.Throws<UsageException>(() => Make(new([1, height, width], new Domain.Byte())));
        Assert.Contains($"{height}x{width}", e.Message, StringComparison.Ordinal);
        Assert.Contains("Size = 32", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_start_Normal_with_deviation_one_fiftieth()
    {
        using var scope = torch.NewDisposeScope();
        var model = new Dcgan(new([3, 32, 32], new Domain.Byte()), new() { Width = 32 }, new Rng(1));
        foreach (var (name, value) in model.Parameters().Where(p => p.Value.ndim > 1))
        {
            // n weights estimate a deviation to 1/√(2n) of it: below 1.5 % for the smallest, of 1536.
            Assert.Equal(0.02, Math.Sqrt(value.ToArray<double>().Average(w => w * w)), 0.0012);
            Assert.DoesNotContain("bias", name, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_sample_is_a_decoded_code()
    {
        using var scope = torch.NewDisposeScope();
        var model = Make(new([1, 28, 28], new Domain.Byte()));
        var z = model.SampleLatent(3, new Rng(9).PerExample());
        Assert.Equal([3, Small.Latent], z.shape);
        Near.Equal(model.Sample(3, new Rng(9)), model.Decode(z), 0);
    }

    [Fact]
    public void Noise_is_uniform_as_in_the_paper_and_was_Normal()
    {
        using var scope = torch.NewDisposeScope();
        var z = new Dcgan(new([1, 8, 8], new Domain.Byte()), Small, new Rng(1)).SampleLatent(2000, new Rng(2)).ToArray<float>();
        Assert.InRange(z.Min(), -1, -0.98);
        Assert.InRange(z.Max(), 0.98, 1);
        Assert.Equal(1 / 3.0, z.Average(v => v * (double)v), 0.03);
        Assert.Equal("uniform", (string)Dcgan.Recipe.DefaultOptions["noise"]!);
        Assert.All(new IRecipe[] { Dcgan.Recipe, ClassDcgan.Recipe }, r => Assert.Equal("normal", (string)r.Recorded([])["noise"]!));
        var normal = new Dcgan(new([1, 8, 8], new Domain.Byte()), Small with { Noise = GeneratorNoise.Normal }, new Rng(1)).SampleLatent(2000, new Rng(2)).ToArray<float>();
        Assert.Equal(1, normal.Average(v => v * (double)v), 0.1);
    }

    [Fact]
    public void The_critic_takes_as_many_turns_as_asked_and_the_penalty_is_a_term()
    {
        using var scope = torch.NewDisposeScope();
        var spec = new DataSpec([1, 8, 8], new Domain.Byte());
        var options = Small with { CriticTurns = 3, Loss = AdversarialLoss.Wasserstein, Penalty = new CriticPenalty.GradientPenalty() };
        var model = new Dcgan(spec, options, new Rng(1));
        using var training = Weights.Training(Dcgan.Recipe.Objective(model, options, new Rng(2)), Weights.Data(spec, new float[8 * spec.Dimensions]), 2);
        var report = training.Run().Single();
        Assert.Equal(["real", "fake", "penalty", "real", "fake", "penalty", "real", "fake", "penalty", "adversarial"], report.Terms.Select(t => t.Term));
        Assert.Equal(6, report.Examples);
    }

    private static DcganOptions Small { get; } = new() { Latent = 5, Width = 4 };

    private static Dcgan Make(DataSpec spec)
    {
        TorchRuntime.Threads = 1;
        return new(spec, Small, new Rng(1));
    }
}

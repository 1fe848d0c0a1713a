namespace Likeness.Tests.Models;

/// <summary>What makes a GAN progressive (Karras et al. 2018): it grows, it fades, and its layers learn at one speed.</summary>
public sealed class ProgressiveGanTests
{
    private const int Batch = 8;

    private static readonly DataSpec s_spec = new([1, 16, 16], new Domain.Byte());

    // A phase of 20 images is two and a half steps.
    private static ProgressiveGanOptions Small { get; } = new() { Latent = 5, Width = 32, Cap = 8, PhaseImages = 20 };

    [Fact]
    public void Both_networks_grow_on_schedule_and_the_log_says_so()
    {
        using var scope = torch.NewDisposeScope();
        var model = new ProgressiveGan(s_spec, Small, new Rng(1));
        using var training = Training(model, Small, 12);
        var reports = training.Run().ToArray();
        double Logged(StepReport report, string term) => report.Terms.Single(t => t == new TermValue("growth", term, t.Value)).Value;

        // Images 0, 8, 16 | 24, 32 | 40, 48, 56 | 64, 72 | 80 … of phases that begin at 0, 20, 40, 60, 80.
        Assert.Equal([4, 4, 4, 8, 8, 8, 8, 8, 16, 16, 16, 16], reports.Select(r => Logged(r, "side")));
        Near.Equal([1, 1, 1, 0.2, 0.6, 1, 1, 1, 0.2, 0.6, 1, 1], [.. reports.Select(r => Logged(r, "alpha"))], 1e-12);

        // Table 2 with 8, 8 and 4 channels; while they fade, the colours of two levels are there.
        long[] c = [8, 8, 4];
        long First(long inputs) => (inputs * 16 * c[0]) + (16 * c[0]) + (9 * c[0] * c[0]) + c[0];
        long Block(int k) => (9 * c[k - 1] * c[k]) + c[k] + (9 * c[k] * c[k]) + c[k];
        long Colours(int k) => c[k] + 1;
        long[] generator = [First(5) + Colours(0), First(5) + Block(1) + Colours(0) + Colours(1), First(5) + Block(1) + Colours(1),
            First(5) + Block(1) + Block(2) + Colours(1) + Colours(2), First(5) + Block(1) + Block(2) + Colours(2)];
        var last = (9 * (c[0] + 1) * c[0]) + c[0] + (16 * c[0] * 8) + 8 + 8 + 1;
        long Mirror(int k) => (9 * c[k] * c[k]) + c[k] + (9 * c[k] * c[k - 1]) + c[k - 1];
        long Seen(int k) => 2 * c[k];
        long[] critic = [last + Seen(0), last + Mirror(1) + Seen(0) + Seen(1), last + Mirror(1) + Seen(1),
            last + Mirror(1) + Mirror(2) + Seen(1) + Seen(2), last + Mirror(1) + Mirror(2) + Seen(2)];
        int[] stages = [0, 0, 0, 1, 1, 2, 2, 2, 3, 3, 4, 4];
        Assert.Equal(stages.Select(s => (double)generator[s]), reports.Select(r => Logged(r, "generator")));
        Assert.Equal(stages.Select(s => (double)critic[s]), reports.Select(r => Logged(r, "critic")));
        Assert.Equal([2, 1, 16, 16], model.Sample(2, new Rng(3)).shape);
    }

    [Fact]
    public void At_alpha_0_a_fading_network_is_the_last_level_and_at_alpha_1_the_new_one()
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        var growth = new Growth(torch.CPU);
        var (generator, critic) = (new GrowingGenerator(s_spec, Small, growth, new Rng(1)), new GrowingCritic(s_spec, Small, growth, new Rng(2)));
        var (z, x) = (new Rng(3).Normal(4, 5), new Rng(4).Normal(4, 1, 16, 16));
        Tensor Seen() => critic.Call(ProgressiveGan.AtLevel(x, GrowingNetwork.SideAt(growth.Stage), 1));
        for (var level = 1; level <= 2; level++)
        {
            var (side, made, seen) = (4 << level, generator.Call(z), Seen());
            growth.Reach((2 * level) - 1, 0, new Rng(5));
            // Exactly: multiplying by 1 and adding 0 round nothing. The critic averages four pixels at once or in two steps: a few 1e-7.
            Near.Equal(torch.nn.functional.upsample_nearest2d(made, [side, side]), generator.Call(z), 0);
            Near.Equal(seen, Seen(), 1e-5);

            growth.Reach(growth.Stage, 0.5, new Rng(5));
            var half = generator.Call(z);
            growth.Reach(growth.Stage, 1, new Rng(5));
            var (all, allSeen) = (generator.Call(z), Seen());
            Near.Equal((torch.nn.functional.upsample_nearest2d(made, [side, side]) + all) * 0.5, half, 1e-6);
            growth.Reach(2 * level, 0, new Rng(5));
            Near.Equal(all, generator.Call(z), 0);
            Near.Equal(allSeen, Seen(), 0);
            Assert.True((all - torch.nn.functional.upsample_nearest2d(made, [side, side])).abs().max().ToDouble() > 0.1);
        }
    }

    [Fact]
    public void Real_images_fade_as_generated_ones_do()
    {
        using var scope = torch.NewDisposeScope();
        var x = new Rng(3).Normal(2, 1, 16, 16);
        var (coarse, fine) = (torch.nn.functional.upsample_nearest2d(torch.nn.functional.avg_pool2d(x, [4, 4]), [8, 8]), torch.nn.functional.avg_pool2d(x, [2, 2]));
        Near.Equal(coarse, ProgressiveGan.AtLevel(x, 8, 0), 1e-6);
        Near.Equal((coarse * 0.75) + (fine * 0.25), ProgressiveGan.AtLevel(x, 8, 0.25), 1e-6);
        Near.Equal(fine, ProgressiveGan.AtLevel(x, 8, 1), 0);
        Near.Equal(x, ProgressiveGan.AtLevel(x, 16, 1), 0);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(9)]
    public void Resumed_in_the_middle_of_a_fade_everything_is_bitwise_as_without_a_break(int steps)
    {
        using var scope = torch.NewDisposeScope();
        var folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            string Saved(ITraining training, string name)
            {
                Checkpoint.Save(Path.Combine(folder, name), training);
                return Path.Combine(folder, name);
            }

            var model = new ProgressiveGan(s_spec, Small, new Rng(1));
            using var whole = Training(model, Small, 14);
            _ = whole.Run().Take(steps).Count();
            Assert.InRange(model.Alpha, 0.1, 0.9);
            var half = Saved(whole, "half");
            _ = whole.Run().Count();

            using var second = Training(new ProgressiveGan(s_spec, Small, new Rng(99)), Small, 14);
            Checkpoint.Load(half, second);
            _ = second.Run().Count();
            // Weights, averages, moments of the optimisers, randomness, position in the data and in the course.
            Assert.Equal(File.ReadAllBytes(Saved(whole, "whole")), File.ReadAllBytes(Saved(second, "second")));
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    [Fact]
    public void Optimisers_begin_anew_and_averages_follow_at_each_change_of_the_networks()
    {
        using var scope = torch.NewDisposeScope();
        var path = Path.GetTempFileName();
        try
        {
            var model = new ProgressiveGan(s_spec, Small, new Rng(1));
            using var training = Training(model, Small, 12);
            int[] since = [1, 2, 3, 1, 2, 1, 2, 3, 1, 2, 1, 2];
            foreach (var report in training.Run())
            {
                Checkpoint.Save(path, training);
                using var file = SafetensorsFile.Open(path);
                foreach (var player in new[] { "critic", "generator" })
                {
                    var counts = file.Names.Where(n => n.StartsWith($"player.{player}.", StringComparison.Ordinal) && n.EndsWith(".step", StringComparison.Ordinal)).ToArray();
                    Assert.NotEmpty(counts);
                    Assert.All(counts, n => Assert.Equal(since[report.Step - 1], file.Read(n).AsSpan<long>()[0]));
                }

                var live = Names(model, "generator.");
                Assert.Equal(live, Names(model, "ema."));
                Assert.All(live.Where(n => n.EndsWith("weight", StringComparison.Ordinal)), n => Assert.NotEqual(model.Get($"generator.{n}"), model.Get($"ema.{n}")));
            }
        }
        finally
        {
            File.Delete(path);
        }

        static string[] Names(torch.nn.Module model, string prefix) =>
            [.. model.Parameters().Where(p => p.Name.StartsWith(prefix, StringComparison.Ordinal)).Select(p => p.Name[prefix.Length..])];
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Equalized_layers_learn_at_one_speed_and_others_do_not(bool equalized)
    {
        using var scope = torch.NewDisposeScope();
        var options = Small with { Latent = 64, Width = 64, Cap = 16, Equalized = equalized, PhaseImages = 1 };
        var model = new ProgressiveGan(s_spec, options, new Rng(1));
        using var training = Training(model, options, 3);
        var before = First();
        _ = training.Run().Count();
        var speeds = First().Zip(before, (now, was) => Math.Sqrt(now.Zip(was, (n, w) => (n - w) * (n - w)).Average() / was.Average(w => w * w))).ToArray();
        Assert.Equal(2, speeds.Length);
        // Adam's steps are as long for every weight; relative to weights of deviation 1 they are equal, and relative to ones of √2/4/√64
        // and √2/√144 they differ by 2.7.
        var ratio = speeds.Max() / speeds.Min();
        Assert.True(equalized ? ratio < 1.3 : ratio > 2, $"The layers' speeds differ by a factor of {ratio:0.00}.");

        double[][] First() => [model.Get("generator.block4.1.weight"), model.Get("generator.block4.6.weight")];
    }

    [Fact]
    public void Both_scalings_start_with_the_same_effective_weights()
    {
        using var scope = torch.NewDisposeScope();
        foreach (var equalized in new[] { true, false })
        {
            var options = Small with { Equalized = equalized };
            var x = new Rng(2).Normal(64, 32, 8, 8);
            var y = options.Convolution(32, 32, 3, new Rng(1)).Call(x);
            // He's gain √2 doubles the variance; a tenth for the weights' own spread and the border, where a sixth of the inputs are zero.
            Assert.InRange(y.square().mean().ToDouble(), 1.5, 2.1);
            var z = options.Product(64, 256, new Rng(1), 1).Call(new Rng(3).Normal(64, 64));
            Assert.InRange(z.square().mean().ToDouble(), 0.9, 1.1);
        }
    }

    [Fact]
    public void The_critic_sees_how_much_samples_differ_unless_the_deviation_is_left_out()
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        var x = new Rng(3).Normal(4, 6, 4, 4);
        var alike = x.narrow(0, 0, 1).repeat(4, 1, 1, 1);
        double Channel(Tensor images) => new MinibatchDeviation().Call(images).narrow(1, 6, 1).mean().ToDouble();
        // √ε for images that are all the same. For standard Normal values, √(1 − 1/4) on average less what the root loses: c4(4)·√(3/4) = 0.80.
        Assert.Equal(1e-4, Channel(alike), 1e-6);
        Assert.InRange(Channel(x), 0.7, 0.9);

        foreach (var group in new[] { 4, 1 })
        {
            var options = Small with { Group = group };
            var critic = new GrowingCritic(s_spec, options, new Growth(torch.CPU), new Rng(1));
            var images = new Rng(5).Normal(4, 1, 4, 4);
            double First(Tensor batch) => critic.Call(batch).ToArray<double>()[0];
            // The same image among others, and among copies of itself.
            var (among, amongCopies) = (First(images), First(images.narrow(0, 0, 1).repeat(4, 1, 1, 1)));
            Assert.True(group == 1 ? Math.Abs(among - amongCopies) < 1e-6 : Math.Abs(among - amongCopies) > 1e-3, $"Groups of {group}: {among} became {amongCopies}.");
        }
    }

    [Fact]
    public void Phases_left_open_fill_the_run_and_stay_when_the_run_is_made_longer()
    {
        var course = new GrowthCourse(2, null, [4, 2, 1]);
        // Phases of N images are N/40, N/20 and N/10 steps of ten times 4, 2 and 1 examples: N/40 + 2·N/20 + 2·N/10 = 130 makes N = 400.
        var stages = Enumerable.Range(0, 130).Select(_ => course.Next(130, 10).Stage).ToArray();
        Assert.Equal([10, 20, 20, 40, 40], stages.GroupBy(s => s).Select(g => g.Count()));
        Assert.Equal((4, 1.0), course.Next(1000, 10));
    }

    [Theory]
    [InlineData(28, 28, 32)]
    [InlineData(72, 72, 64)]
    [InlineData(32, 64, 64)]
    [InlineData(4, 4, 8)]
    public void Images_of_another_size_are_refused_with_the_size_to_take(int height, int width, int size)
    {
        var recipe = ProgressiveGan.Recipe;
        var spec = new DataSpec([1, height, width], new Domain.Byte());
        var e = Assert.Throws<UsageException>(() => recipe.CreateModel(spec, [], new Rng(1)));
        Assert.Contains($"Size = {size}", e.Message, StringComparison.Ordinal);
        Assert.Equal(size, recipe.Need.Size!(spec));
        Assert.True(recipe.Need.Accepts(spec with { Shape = [1, size, size] }));
        Assert.Null(recipe.Need.Size(new([7], new Domain.Binary())));
    }

    private static Trainer<Batch> Training(ProgressiveGan model, ProgressiveGanOptions options, long steps)
    {
        TorchRuntime.Threads = 1;
        var values = new Rng(7).Uniform(32, s_spec.Dimensions).mul_(255).round().ToArray<float>();
        return Weights.Training(ProgressiveGan.Recipe.Objective(model, options, new Rng(2)), Weights.Data(s_spec, values), Batch, steps);
    }
}

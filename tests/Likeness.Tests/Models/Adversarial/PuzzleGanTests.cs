using Likeness.Tests.Data;

namespace Likeness.Tests.Models;

/// <summary>What makes a Puzzle-GAN one: patches without an order, masks that say where they belong, images that keep them, a critic that sees composites.</summary>
public sealed class PuzzleGanTests
{
    private static readonly long[][] s_orders = [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

    [Theory]
    [InlineData(1, 28)]
    [InlineData(3, 32)]
    public void Every_order_of_the_patches_gives_the_same_bits(int channels, int side)
    {
        using var scope = torch.NewDisposeScope();
        var model = Model(new([channels, side, side], new Domain.Byte()), out var patches, 5);
        var first = model.Restore(patches, new Rng(7));
        foreach (var order in s_orders)
        {
            var other = model.Restore(patches.index_select(1, Tensor.From(order, 3)), new Rng(7));
            Assert.Equal(Bits(first.Image), Bits(other.Image));
            Assert.Equal(Bits(first.Mask), Bits(other.Mask));
        }

        // And of each example on its own.
        var rows = Tensor.From([0L, 1, 2, 5, 3, 4, 7, 6, 8, 11, 10, 9, 13, 14, 12], 15);
        var mixed = model.Restore(patches.reshape([15, .. patches.shape[2..]]).index_select(0, rows).reshape(patches.shape), new Rng(7));
        Assert.Equal(Bits(first.Image), Bits(mixed.Image));
        Assert.NotEqual(Bits(first.Mask), Bits(model.Restore(patches.index_select(0, Tensor.From([1L, 0, 2, 3, 4], 5)), new Rng(7)).Mask));
    }

    [Fact]
    public void The_sum_itself_does_not_know_the_order()
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        var spec = new DataSpec([1, 28, 28], new Domain.Byte());
        var encoder = new PartEncoder(spec, 8, 12, new Rng(1));
        encoder.Scatter(0.2, 2);
        var patches = new Rng(3).Normal(3, 4, 1, 28, 28); // [patches, n, …], as the encoder stacks them
        var (levels, code) = encoder.Summed(patches.reshape(12, 1, 28, 28), 3);
        foreach (var order in s_orders)
        {
            var (otherLevels, otherCode) = encoder.Summed(patches.index_select(0, Tensor.From(order, 3)).reshape(12, 1, 28, 28), 3);
            foreach (var (a, b) in levels.Append(code).Zip(otherLevels.Append(otherCode)))
            {
                // Sums of three fp32 numbers in another order.
                Assert.InRange((a - b).abs().max().ToDouble() / a.abs().max().ToDouble(), 0, 1e-6);
            }
        }

        // It does know which patches they are: two copies of one for two different ones.
        Assert.True((code - encoder.Summed(patches.index_select(0, Tensor.From([0L, 0, 1], 3)).reshape(12, 1, 28, 28), 3).Code).abs().max().ToDouble() > 0.01);
    }

    [Fact]
    public void The_mask_depends_on_the_patches_alone_and_the_image_also_on_noise()
    {
        using var scope = torch.NewDisposeScope();
        var model = Model(new([1, 16, 16], new Domain.Byte()), out var patches, 5);
        var (a, b) = (model.Restore(patches, new Rng(1)), model.Restore(patches, new Rng(2)));
        Assert.Equal(Bits(a.Mask), Bits(b.Mask));
        Assert.NotEqual(Bits(a.Image), Bits(b.Image));
    }

    [Fact]
    public void Patches_of_another_number_are_refused()
    {
        using var scope = torch.NewDisposeScope();
        var model = Model(new([1, 16, 16], new Domain.Byte()), out var patches, 2);
        Assert.Contains("3 patches", Assert.Throws<UsageException>(() => model.Restore(patches.narrow(1, 0, 2), new Rng(1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_weight_falls_from_the_first_to_the_last_step_by_a_constant_factor()
    {
        using var scope = torch.NewDisposeScope();
        var spec = new DataSpec([1, 8, 8], new Domain.Byte());
        var model = new PuzzleGan(spec, Small, new Rng(1));
        using var training = Weights.Training(PuzzleGan.Recipe.Objective(model, Small, new Rng(2)), Weights.Data(spec, new float[4 * 64]), 4, 5);
        var weights = training.Run().Select(r => r.Terms.Single(t => t.Term == "weight").Value).ToArray();
        Assert.All(weights.Zip([1e-2, 1e-2 / Math.Sqrt(10), 1e-3, 1e-3 / Math.Sqrt(10), 1e-4]), w => Assert.Equal(w.Second, w.First, 1e-9));
    }

    [SkippableFact]
    public void Clothes_it_has_never_seen_are_restored_from_their_patches()
    {
        using var scope = torch.NewDisposeScope();
        var data = RealData.Require("fashion-mnist", new(Size: 16)).As<Batch>();
        var options = new PuzzleGanOptions
        {
            Width = 16, Code = 64, Noise = 16, FinalWeight = 1e-3, Generator = new Adam(1e-3, Beta1: 0.5), Critic = new Adam(4e-4, Beta1: 0.5),
        };
        var model = new PuzzleGan(data.Spec, options, new Rng(1));
        var game = (PuzzleGan.Game)PuzzleGan.Recipe.Objective(model, options, new Rng(2));
        using (var training = Weights.Training(game, data, 32, 300))
        {
            foreach (var _ in training.Run())
            {
            }
        }

        const int limit = 300;
        var scores = new PatchRestoration().Measure(model, data, new(Split.Test, Limit: limit), new Rng(3)).ToDictionary(s => s.Name, s => s.Score.Value);
        // Measured: 0.64 where another image's mask overlaps 0.26 and the best fixed one 0.39, and 0.13 where another image's patches give 0.28.
        Assert.InRange(scores["restoration-mask"], 0.5, 1);
        Assert.True(scores["restoration-mask"] > 2 * scores["restoration-mask-chance"]);
        Assert.True(scores["restoration-mask"] > 1.25 * scores["restoration-mask-constant"]);
        Assert.InRange(scores["restoration-appearance"], 0, 0.67 * scores["restoration-appearance-chance"]);

        // The critic, on unseen images: real ones above those with something of another image inside or outside of the patches.
        using var noGrad = torch.no_grad();
        var x = data.Read(Split.Test, limit, limit).First().X;
        var (_, m) = model.Cut(x);
        var other = torch.cat([x.narrow(0, 150, 150), x.narrow(0, 0, 150)], 0);
        var real = game.Judge(x).ToArray<float>();
        foreach (var composite in new[] { (m * other) + ((1 - m) * x), (m * x) + ((1 - m) * other) })
        {
            var mixed = game.Judge(composite).ToArray<float>();
            // Measured: 0.79 and more, where a critic that cannot tell has 0.5.
            Assert.InRange(real.Average(r => mixed.Average(c => r > c ? 1.0 : 0)), 0.7, 1);
        }
    }

    private static PuzzleGanOptions Small => new() { Width = 6, Code = 8, Noise = 4 };

    private static PuzzleGan Model(DataSpec spec, out Tensor patches, int count)
    {
        var model = new PuzzleGan(spec, Small, new Rng(1));
        model.Scatter(0.2, 2);
        patches = model.Cut(new Rng(3).Integers(0, 256, spec.BatchShape(count)).to(ScalarType.Float32)).Patches;
        return model;
    }

    private static int[] Bits(Tensor x) => Array.ConvertAll(x.ToArray<float>(), BitConverter.SingleToInt32Bits);
}

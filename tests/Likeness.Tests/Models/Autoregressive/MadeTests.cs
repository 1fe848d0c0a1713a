namespace Likeness.Tests.Models;

/// <summary>MADE is the masked autoencoder of Germain et al. 2015, in any order and averaged over masks.</summary>
public sealed class MadeTests
{
    private const int Inputs = 7, Count = 11;

    private static readonly DataSpec s_bits = new([Inputs], new Domain.Binary()), s_reals = new([Inputs], new Domain.Real()),
        s_levels = new([Inputs], new Domain.Categorical(3));

    public static TheoryData<string> Kinds => ["binary", "real", "categorical(3)"];

    [Fact]
    public void Units_see_what_their_degrees_allow_and_nothing_else()
    {
        using var scope = torch.NewDisposeScope();
        int[] order = [3, 0, 6, 2, 1, 5, 4];
        var network = new MaskedNetwork(new([order], [9, 8], Direct: true, Seed: 4), new Rng(1));
        network.Scatter(0.7, 3);
        var x = new Rng(2).Normal(Count, Inputs).to(ScalarType.Float64);
        network.to(ScalarType.Float64);

        // A path from variable order[j] to output order[i] exists exactly where j < i: with positive weights and inputs, its slope is positive.
        using (torch.no_grad())
        {
            foreach (var (_, value) in network.Parameters())
            {
                value.copy_(value.abs());
            }
        }

        var v = x.abs().requires_grad_();
        var y = network.Call(v).squeeze(2);
        for (var i = 0; i < Inputs; i++)
        {
            var slopes = Autograd.Grad([y.select(1, order[i]).sum()], [v], retainGraph: true, allowUnused: true)[0]!.abs().amax([0]).ToArray<double>();
            for (var j = 0; j < Inputs; j++)
            {
                Assert.Equal(j < i, slopes[order[j]] > 0);
            }
        }
    }

    [Theory]
    [InlineData(false, 0.30, 0.37)]
    [InlineData(true, 0, 0.1)]
    public void Another_mask_is_another_connectivity(bool sorted, double least, double most)
    {
        using var scope = torch.NewDisposeScope();
        int[] order = [.. Enumerable.Range(0, 200)];
        var network = new MaskedNetwork(new([order, order], [500], Sorted: sorted), new Rng(1));
        var (first, second) = (network.Degrees(0, 1), network.Degrees(1, 1));

        // Two uniform degrees differ by a third of their range on average, and as many of the unit's connections change.
        var changed = first.Zip(second, (a, b) => Math.Abs(a - b) / 200.0).Average();
        Assert.InRange(changed, least, most);
    }

    [Fact]
    public void Options_of_runs_from_before_there_was_a_choice_have_sorted_degrees()
    {
        foreach (IRecipe recipe in new IRecipe[] { Made.Recipe, OrderAgnosticMade.Recipe })
        {
            Assert.Equal("drawn", recipe.DefaultOptions["degrees"]!.ToString());
            Assert.Equal("sorted", recipe.Recorded(new() { ["masks"] = 4 })["degrees"]!.ToString());
            Assert.Equal("drawn", recipe.Recorded(recipe.DefaultOptions)["degrees"]!.ToString());
        }
    }

    [Fact]
    public void A_walk_gives_what_one_pass_gives()
    {
        using var scope = torch.NewDisposeScope();
        int[] order = [2, 0, 1, 3];
        var network = new MaskedNetwork(new([order, [3, 1, 0, 2]], [9, 5, 8], 2, 3, true, 4), new Rng(1));
        network.Scatter(0.7, 3);
        network.to(ScalarType.Float64);
        var x = new Rng(2).Normal(Count, 8).to(ScalarType.Float64);
        foreach (var (mask, places) in new[] { (0, order), (1, [3, 1, 0, 2]) })
        {
            var whole = network.Call(x, mask);
            var walk = network.Walk(Count, mask);
            foreach (var i in places)
            {
                // The same sums in another order: a few roundings of double precision.
                Near.Equal(whole.select(1, i), walk.Next(), 1e-12, $"mask {mask}, variable {i}");
                walk.Observe(x.narrow(1, 2 * i, 2));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Several_masks_are_averaged_and_the_average_is_autoregressive(string kind)
    {
        using var scope = torch.NewDisposeScope();
        var (made, x) = Make(kind, masks: 3);
        made.to(ScalarType.Float64);
        x = x.to(ScalarType.Float64);

        // Each mask alone: a model of as many masks whose others are turned away does not exist, so the mixture is taken apart by its walk.
        var walked = made.LogMarginal(x, [.. Enumerable.Repeat(true, Inputs)]);
        Near.Equal(made.LogProb(x), walked, 1e-10, "walked");

        // Conditionals are of the mixture: they do not depend on the variable itself, and the first one on nothing.
        var conditionals = made.Conditionals(x);
        var first = conditionals.select(1, made.Order[0]);
        Near.Equal(first.narrow(0, 0, 1).expand(first.shape), first, 1e-12, "the first conditional");
    }

    [Fact]
    public void The_average_lies_between_the_masks_and_differs_from_each()
    {
        using var scope = torch.NewDisposeScope();
        var (one, x) = Make("binary", masks: 1);
        var (three, _) = Make("binary", masks: 3);
        three.Scatter(0.7, 3);
        one.Scatter(0.7, 3);

        // The first mask of three is the only one of one: sorted degrees are drawn mask after mask.
        var (p1, p3) = (one.LogProb(x).ToArray<double>(), three.LogProb(x).ToArray<double>());
        Assert.All(p1.Zip(p3), p => Assert.True(Math.Exp(p.Second) >= Math.Exp(p.First) / 3 * (1 - 1e-5)));
        Assert.True(p1.Zip(p3).Max(p => Math.Abs(p.First - p.Second)) > 0.01);

        // Averages of probabilities are probabilities: the 2^7 of them add up to one.
        var all = Enumerable.Range(0, 128 * Inputs).Select(k => (float)((k / Inputs) >> (k % Inputs) & 1)).ToArray();
        Assert.Equal(1, three.LogProb(Tensor.From(all, 128, Inputs)).ToArray<double>().Sum(Math.Exp), 1e-5);
    }

    [Fact]
    public void Training_draws_one_of_the_masks_for_each_batch()
    {
        using var scope = torch.NewDisposeScope();
        var options = new MadeOptions { Hidden = [6], Masks = 2, Direct = false, Optimizer = new Sgd(1e-30) };
        var made = new Made(s_bits, options, new Rng(1));
        made.Scatter(0.7, 3);
        using var training = Weights.Training(Made.Recipe.Objective(made, options, new Rng(1)), Weights.Data(s_bits, Bits().ToArray<float>()), Count, 24);
        var losses = training.Run().Select(r => Math.Round(r.Terms[^1].Value, 4)).GroupBy(l => l).Select(g => g.Count()).ToArray();

        // Nothing moves at this rate but the bias that the first round sets, so each mask has one loss; 24 draws, 12 expected of each.
        Assert.Equal(2, losses.Length);
        Assert.All(losses, n => Assert.InRange(n, 3, 21));
    }

    private static (Made Model, Tensor X) Make(string kind, int masks)
    {
        TorchRuntime.Threads = 1;
        var spec = new[] { s_bits, s_reals, s_levels }.Single(s => s.Domain.ToString() == kind);
        var made = new Made(spec, new() { Hidden = [12, 10], Masks = masks, Order = new VariableOrder.Random(4), Components = 3, Seed = 5, Degrees = MaskDegrees.Sorted }, new Rng(1));
        made.Scatter(0.7, 3);
        var x = kind == "binary" ? Bits() : kind == "real" ? new Rng(5).Normal(Count, Inputs) : new Rng(5).Integers(0, 3, Count, Inputs).to(ScalarType.Float32);
        return (made, x);
    }

    private static Tensor Bits() => new Rng(5).Bernoulli(torch.full([Count, Inputs], 0.4, ScalarType.Float32));
}

namespace Likeness.Tests.Models.Explicit;

/// <summary>The private tree beside the tree of Chow and Liu, and what its ledger says.</summary>
public sealed class PrivateTreeTests
{
    private const int Examples = 4000, Variables = 6;

    private static DataSpec Spec => new([Variables], new Domain.Categorical(3));

    [Fact]
    public void With_hardly_any_noise_it_is_the_tree_of_the_largest_dependence()
    {
        using var scope = torch.NewDisposeScope();
        var data = Chain();
        var (tree, ledger) = Learn(data, new() { Epsilon = 1e6, Seed = 1 });

        // Every variable depends on the one before it in the data, and on no other.
        Assert.Equal([-1, 0, 1, 2, 3, 4], tree.Parents);
        var exact = ((IRecipe)ChowLiu.Recipe).CreateModel(Spec, [], new Rng(0));
        using var training = ((IRecipe)ChowLiu.Recipe).CreateTraining(exact, [], data, new(1, 0), new Rng(0));
        _ = training.Run().Count();
        var x = data.Read(Split.Train, Examples).First().X;
        Assert.Equal(((IDensity)exact).LogProb(x).mean().ToDouble(), tree.LogProb(x).mean().ToDouble(), 2e-3);
        Assert.Equal(3, ledger.Sums.Sum(s => s.Times));
    }

    // At ε = 1 with 4000 examples: near the truth, and far better than independence.
    [Fact]
    public void At_a_budget_of_one_it_still_knows_what_depends_on_what()
    {
        using var scope = torch.NewDisposeScope();
        var data = Chain();
        var x = data.Read(Split.Train, Examples).First().X;
        var best = Learn(data, new() { Epsilon = 1e6, Seed = 1 }).Tree.LogProb(x).mean().ToDouble();
        foreach (var seed in Enumerable.Range(0, 5))
        {
            var (tree, ledger) = Learn(data, new() { Epsilon = 1, Seed = seed });
            Assert.Equal([-1, 0, 1, 2, 3, 4], tree.Parents);
            Assert.InRange(tree.LogProb(x).mean().ToDouble(), best - 0.3, best);
            Assert.Equal(1, ledger.Epsilon(Examples).Value, 1e-4);
        }

        // Independent variables of three about equally frequent values cost 6 log 3 = 6.6 nats.
        Assert.True(best > -5);
    }

    [Fact]
    public void Less_budget_is_more_noise_and_a_worse_tree()
    {
        using var scope = torch.NewDisposeScope();
        var data = Chain();
        var x = data.Read(Split.Train, Examples).First().X;
        double Mean(double epsilon) => Enumerable.Range(0, 8).Average(seed => Learn(data, new() { Epsilon = epsilon, Seed = seed }).Tree.LogProb(x).mean().ToDouble());
        var (strong, middle, weak) = (Mean(0.02), Mean(0.2), Mean(5));
        Assert.True(strong < middle && middle < weak, $"{strong}, {middle}, {weak}");
    }

    private static (PrivateTree Tree, PrivacyLedger Ledger) Learn(MemoryDataset data, PrivateTreeOptions options)
    {
        var model = new PrivateTree(Spec, options, new Rng(0));
        using var training = PrivateTree.Recipe.CreateTraining(model, OptionsJson.Write(options, PrivateTree.Recipe.Json), data, new(1, 0), new Rng(0));
        _ = training.Run().Count();
        return (model, training.Ledger!);
    }

    // A chain that stays at its value with the chance 0.7.
    private static MemoryDataset Chain()
    {
        var random = new Random(5);
        var values = new float[Examples * Variables];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = i % Variables == 0 || random.NextDouble() > 0.7 ? random.Next(3) : values[i - 1];
        }

        return MemoryDataset.Of("chain", "none", Spec, values);
    }
}

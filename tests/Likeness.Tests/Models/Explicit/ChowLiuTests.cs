using Likeness.Tests.Data;

namespace Likeness.Tests.Models;

/// <summary>The tree is the best of all trees, and reaches the literature's test likelihoods.</summary>
public sealed class ChowLiuTests
{
    [Fact]
    public void A_tree_that_made_the_data_is_found()
    {
        using var scope = torch.NewDisposeScope();
        const int d = 12, count = 4000;
        var random = new Random(1);
        // Each variable copies its parent nine times in ten.
        var parent = Enumerable.Range(0, d).Select(i => i == 0 ? -1 : random.Next(i)).ToArray();
        var x = new float[count * d];
        for (var n = 0; n < x.Length; n += d)
        {
            for (var i = 0; i < d; i++)
            {
                x[n + i] = i > 0 && random.NextDouble() < 0.8 ? x[n + parent[i]] : random.Next(2);
            }
        }

        var tree = Fit(Weights.Data(new([d], new Domain.Binary()), x), count);
        Assert.Equal(Edges(parent), Edges(tree.Parents));
        Assert.Equal(-1, tree.Parents[tree.Order[0]]);
        Assert.All(Enumerable.Range(1, d - 1), place => Assert.Contains(tree.Parents[tree.Order[place]], tree.Order.Take(place)));
    }

    [Fact]
    public void No_other_tree_is_as_likely()
    {
        using var scope = torch.NewDisposeScope();
        const int d = 4, count = 300;
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            var weights = Enumerable.Range(0, 81).Select(_ => Math.Pow(random.NextDouble(), 3)).ToArray();
            var x = Enumerable.Range(0, count).SelectMany(_ => Values(Draw(random, weights))).ToArray();
            var counts = new double[81];
            foreach (var example in x.Chunk(d))
            {
                counts[(int)example.Aggregate((a, b) => (3 * a) + b)]++;
            }

            // The likelihood of a tree is −Σ H(i) + Σ I(i, parent): of all 4² = 16 trees, by Cayley, the largest.
            var table = ProbabilityTable.Normalised([3, 3, 3, 3], counts);
            var separate = Enumerable.Range(0, d).Sum(i => table.Marginal(i).Entropy());
            var best = Trees().Max(edges => edges.Sum(e => table.MutualInformation([e.A], [e.B]))) - separate;
            Assert.Equal(16, Trees().Count());
            var spec = new DataSpec([d], new Domain.Categorical(3));
            var tree = Fit(Weights.Data(spec, x), count, prior: 1e-6);
            Assert.Equal(best, tree.LogProb(Tensor.From(x, count, d)).mean().ToDouble(), 1e-4);
        }
    }

    [SkippableTheory]
    [InlineData("debd/nltcs", -6.759)]
    [InlineData("debd/plants", -16.524)]
    [InlineData("debd/baudio", -44.374)]
    public void The_published_test_likelihoods_are_reached(string name, double published)
    {
        using var scope = torch.NewDisposeScope();
        var data = RealData.Require(name).As<Batch>();
        var tree = Fit(data, data.Count(Split.Train));
        var (sum, count) = (0.0, 0);
        foreach (var batch in data.Read(Split.Test, 1000))
        {
            using var part = torch.NewDisposeScope();
            sum += tree.LogProb(batch.X).sum().ToDouble();
            count += batch.Count;
        }

        // The tree is determined by the data; only the smoothing differs.
        Assert.Equal(data.Count(Split.Test), count);
        Assert.Equal(published, sum / count, 0.02);
    }

    private static ChowLiu Fit(IDataset<Batch> data, int batchSize, double prior = 1)
    {
        var tree = new ChowLiu(data.Spec, new() { Prior = prior }, new Rng(1));
        using var training = Weights.Training(new Counting<ChowLiu, Batch>(tree), data, batchSize);
        Assert.Single(training.Run());
        return tree;
    }

    private static IEnumerable<(int, int)> Edges(IReadOnlyList<int> parents) =>
        parents.Select((p, i) => (Math.Min(p, i), Math.Max(p, i))).Where(e => e.Item1 >= 0).Order();

    // All choices of three of the six edges that leave no circle.
    private static IEnumerable<(int A, int B)[]> Trees()
    {
        (int A, int B)[] edges = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)];
        return Enumerable.Range(0, 64).Select(set => edges.Where((_, e) => (set >> e & 1) == 1).ToArray()).Where(tree =>
        {
            var group = Enumerable.Range(0, 4).ToArray();
            foreach (var (a, b) in tree)
            {
                var (old, now) = (group[b], group[a]);
                group = Array.ConvertAll(group, g => g == old ? now : g);
            }

            return tree.Length == 3 && group.Distinct().Count() == 1;
        });
    }

    private static int Draw(Random random, double[] weights)
    {
        var u = random.NextDouble() * weights.Sum();
        var cell = 0;
        while (cell < weights.Length - 1 && (u -= weights[cell]) > 0)
        {
            cell++;
        }

        return cell;
    }

    private static float[] Values(int cell) => [cell / 27, cell / 9 % 3, cell / 3 % 3, cell % 3];
}

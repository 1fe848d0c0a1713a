namespace Likeness.Tests;

/// <summary>Clusters, matchings and agreements against what can be counted by hand.</summary>
public sealed class ClusteringTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 4)]
    [InlineData(6, 6)]
    [InlineData(3, 6)]
    [InlineData(6, 3)]
    public void The_matching_is_the_cheapest_of_all(int rows, int columns)
    {
        using var scope = torch.NewDisposeScope();
        for (var trial = 0; trial < 50; trial++)
        {
            // Few different costs, so ties occur; negative ones too.
            var drawn = new Rng((ulong)trial).Integers(-9, 10, rows * columns).ToArray<long>();
            var cost = new double[rows, columns];
            for (var i = 0; i < drawn.Length; i++)
            {
                cost[i / columns, i % columns] = drawn[i];
            }

            var match = Assignment.Cheapest(cost);
            Assert.Equal(Math.Min(rows, columns), match.Count(c => c >= 0));
            Assert.Equal(match.Count(c => c >= 0), match.Where(c => c >= 0).Distinct().Count());
            Assert.Equal(Cheapest(cost, 0, []), Enumerable.Range(0, rows).Where(i => match[i] >= 0).Sum(i => cost[i, match[i]]));
        }
    }

    [Fact]
    public void Agreements_are_those_of_scikit_learn()
    {
        // sklearn.metrics 1.3: adjusted_rand_score, normalized_mutual_info_score of its own documentation's examples.
        var finer = ClusterAgreement.Of([0, 0, 1, 2], [0, 0, 1, 1]);
        Assert.Equal(0.571428571428571, finer.RandIndex, 1e-12);
        // I = log 2, entropies 1.5 log 2 and log 2.
        Assert.Equal(0.8, finer.MutualInformation, 1e-12);
        Assert.Equal(0.75, finer.Accuracy, 1e-12);
        // Every pair is divided: as bad as chance.
        Assert.Equal(new(0.5, 0, -0.5), Rounded(ClusterAgreement.Of([0, 1, 0, 1], [0, 0, 1, 1])));
        Assert.Equal(new(0.25, 0, 0), Rounded(ClusterAgreement.Of([0, 0, 0, 0], [0, 1, 2, 3])));
        Assert.Equal(new(1, 1, 1), Rounded(ClusterAgreement.Of([2, 2, 0, 0, 1], [0, 0, 1, 1, 2])));
    }

    [Fact]
    public void The_rand_index_counts_pairs()
    {
        using var scope = torch.NewDisposeScope();
        var clusters = Array.ConvertAll(new Rng(1).Integers(0, 4, 60).ToArray<long>(), v => (int)v);
        var classes = Array.ConvertAll(new Rng(2).Integers(0, 3, 60).ToArray<long>(), v => (int)v);
        for (var i = 0; i < 40; i++)
        {
            classes[i] = clusters[i] % 3;
        }

        var (both, first, second, pairs) = (0.0, 0.0, 0.0, 0.0);
        for (var i = 0; i < 60; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var (a, b) = (clusters[i] == clusters[j], classes[i] == classes[j]);
                both += a && b ? 1 : 0;
                first += a ? 1 : 0;
                second += b ? 1 : 0;
                pairs++;
            }
        }

        var chance = first * second / pairs;
        Assert.Equal((both - chance) / (((first + second) / 2) - chance), ClusterAgreement.Of(clusters, classes).RandIndex, 1e-12);
    }

    [Fact]
    public void Agreements_come_with_their_error_over_resamples()
    {
        // 300 of 400 examples are where they belong: √(0.75 · 0.25 / 400).
        int[] classes = [.. Enumerable.Range(0, 400).Select(i => i % 2)], clusters = [.. classes.Select((c, i) => i < 300 ? c : 1 - c)];
        var scores = ClusterAgreement.Scores("some", clusters, classes, Evidence.Exact, new Rng(0));
        Assert.Equal(["some-accuracy", "some-nmi", "some-ari"], scores.Select(s => s.Name));
        Assert.Equal((75, "%", 400), (scores[0].Score.Value, scores[0].Score.Unit, scores[0].Score.Count));
        Assert.InRange(scores[0].Score.StandardError, 2.165 * 0.8, 2.165 * 1.2); // 200 resamples: 5 % of it
        Assert.Throws<ArgumentException>(() => ClusterAgreement.Of([0], [0, 1]));
    }

    [Fact]
    public void K_means_finds_far_blobs_in_any_number_of_beginnings()
    {
        using var scope = torch.NewDisposeScope();
        var classes = Enumerable.Range(0, 300).Select(i => i % 3).ToArray();
        var centres = Tensor.From<float>([0, 0, 1000, 0, 0, 1000], 3, 2);
        var x = new Rng(3).Normal(300, 2) + centres.index_select(0, Tensor.From(Array.ConvertAll(classes, c => (long)c), 300)) + 5000;
        var found = KMeans.Fit(x, 3, 4, new Rng(4));
        Assert.Equal(1, ClusterAgreement.Of(found.Members, classes).Accuracy);

        // A χ² variable of 2 (300 − 3) degrees of freedom: its mean is 594 and its deviation √(2 · 594) = 34.
        Assert.InRange(found.Inertia, 594 - (4 * 34), 594 + (4 * 34));
    }

    [Fact]
    public void K_means_is_where_no_sweep_moves_it_and_fills_every_cluster()
    {
        using var scope = torch.NewDisposeScope();
        var x = new Rng(5).Normal(200, 3);
        var found = KMeans.Fit(x, 12, 3, new Rng(6));
        Assert.Equal(12, found.Members.Distinct().Count());
        var values = x.ToArray<float>();
        var inertia = 0.0;
        foreach (var group in Enumerable.Range(0, 200).GroupBy(i => found.Members[i]))
        {
            for (var c = 0; c < 3; c++)
            {
                var mean = group.Average(i => values[(3 * i) + c]);
                inertia += group.Sum(i => Math.Pow(values[(3 * i) + c] - mean, 2));
            }
        }

        // Sums in fp32 of about 100.
        Assert.Equal(inertia, found.Inertia, 1e-3 * inertia);
        Assert.Equal(found.Members, KMeans.Fit(x, 12, 3, new Rng(6)).Members);
        Assert.InRange(KMeans.Fit(x, 12, 10, new Rng(6)).Inertia, 0, found.Inertia);
        Assert.Equal(0, KMeans.Fit(x, 200, 1, new Rng(6)).Inertia, 1e-3);
        Assert.Throws<UsageException>(() => KMeans.Fit(x, 201, 1, new Rng(6)));
    }

    private static ClusterAgreement Rounded(ClusterAgreement a) =>
        new(Math.Round(a.Accuracy, 12), Math.Round(a.MutualInformation, 12), Math.Round(a.RandIndex, 12));

    // By trying everything: rows in turn take a free column, or none where rows are more.
    private static double Cheapest(double[,] cost, int row, HashSet<int> taken)
    {
        var (rows, columns) = (cost.GetLength(0), cost.GetLength(1));
        if (row == rows)
        {
            return taken.Count == Math.Min(rows, columns) ? 0 : double.PositiveInfinity;
        }

        var best = rows > columns ? Cheapest(cost, row + 1, taken) : double.PositiveInfinity;
        for (var j = 0; j < columns; j++)
        {
            if (taken.Add(j))
            {
                best = Math.Min(best, cost[row, j] + Cheapest(cost, row + 1, taken));
                taken.Remove(j);
            }
        }

        return best;
    }
}

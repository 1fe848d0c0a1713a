namespace Likeness.Tests.Statistics;

/// <summary>t-SNE keeps neighbours together and clusters apart.</summary>
public sealed class NeighbourEmbeddingTests
{
    [Fact]
    public void Clusters_stay_together_and_apart()
    {
        using var scope = torch.NewDisposeScope();
        const int each = 60;
        var rng = new Rng(1);
        // Three clusters in ten dimensions, ten deviations from each other.
        var points = torch.cat([.. Enumerable.Range(0, 3).Select(k =>
        {
            var cluster = rng.Normal(each, 10);
            cluster.select(1, k).add_(10);
            return cluster;
        })]);
        var plane = NeighbourEmbedding.Of(points, 20, new Rng(2)).ToArray<float>();
        Assert.Equal(3 * each * 2, plane.Length);
        Assert.All(plane, v => Assert.True(float.IsFinite(v)));
        // The nearest other point is of the same cluster for all of them: the distance to other clusters is several times that within one.
        for (var i = 0; i < 3 * each; i++)
        {
            var nearest = Enumerable.Range(0, 3 * each).Where(j => j != i).MinBy(j => Math.Pow(plane[2 * i] - plane[2 * j], 2) + Math.Pow(plane[(2 * i) + 1] - plane[(2 * j) + 1], 2));
            Assert.Equal(i / each, nearest / each);
        }
    }
}

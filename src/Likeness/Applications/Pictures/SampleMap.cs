namespace Likeness;

/// <summary>Generated among real examples in one picture: in the plane in which they differ most, and with neighbours kept together by t-SNE.</summary>
public static class SampleMap
{
    private const int Most = 500;
    private const double Perplexity = 40;

    /// <param name="generated">Examples; as many as there are real ones, and 500 at most, are drawn.</param>
    /// <param name="real">Examples of the same kind.</param>
    /// <param name="rng">Which are drawn, and where t-SNE begins.</param>
    public static Image Draw(ExampleSet generated, ExampleSet real, Rng rng)
    {
        var count = Math.Min(Most, Math.Min(generated.Count, real.Count));
        if (count < 3)
        {
            throw new UsageException($"{count} examples of each kind make no map: take at least 3.");
        }

        var (plane, share, near) = (Array.Empty<float>(), 0.0, Array.Empty<float>());
        Chain.Value(() =>
        {
            Tensor Of(ExampleSet set, string name) => Tensor.From(set.Values, set.Count, set.Values.Length / set.Count).index_select(0, rng.Fork(name).Permutation(set.Count).narrow(0, 0, count));
            var points = torch.cat([Of(real, "real"), Of(generated, "generated")]);
            var flat = points.shape[1] < 2 ? torch.nn.functional.pad(points, [0, 1]) : points;
            var principal = PrincipalPlane.Of(flat);
            (plane, share) = (principal.Points.ToArray<float>(), principal.Share);
            near = NeighbourEmbedding.Of(flat, Perplexity, rng.Fork("map")).ToArray<float>();
        });
        int[] labels = [.. Enumerable.Repeat(0, count), .. Enumerable.Repeat(1, count)];
        Image Plot(float[] points, string title) => Chain.Value(() => ScatterPlot.Draw(Tensor.From(points, 2 * count, 2), labels, ["real", "generated"], new(title)));
        return Panels.Draw([
            ($"the plane that holds {100 * share:0} % of the variance", Plot(plane, "principal plane")),
            ($"t-SNE with a perplexity of {Perplexity:0}", Plot(near, "t-SNE"))]);
    }
}

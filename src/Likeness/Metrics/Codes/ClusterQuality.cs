namespace Likeness;

/// <summary>
/// How well clusters agree with the classes, which they were found without: a model's own clusters where it has some, and those that
/// k-means finds among its codes, as many as there are classes. The same on the data itself says what the encoder has gained.
/// The examples of the split are both what is clustered and what is judged.
/// </summary>
public sealed class ClusterQuality() : Metric("clustering",
    "agreement with the classes of the model's clusters, or of k-means on its codes and on the data: accuracy of the best matching, normalised mutual information, adjusted Rand index")
{
    /// <summary>Beginnings of k-means of which the one with the smallest inertia is kept, as in Xie et al. 2016.</summary>
    public const int Restarts = 20;

    /// <summary>Twenty clusterings take longer than most scores.</summary>
    public override bool OnRequest => true;

    public override bool Applies(Module model, IDataset data) => model is IEncoder or IClustering && Codes.AreLabelled(data);

    protected override IReadOnlyList<NamedScore> Compute(Module model, IDataset data, MeasureOptions options, Rng rng)
    {
        var scores = new List<NamedScore>();
        if (model is IClustering own)
        {
            var members = Codes.Of(data, options, model.Device, x => own.Responsibilities(x).topk(1).indexes);
            scores.AddRange(ClusterAgreement.Scores("cluster", Array.ConvertAll(members.Values, v => (int)v), members.Labels!, Evidence.Exact, rng.Fork("own")));
        }

        if (model is IEncoder encoder)
        {
            var codes = Codes.Of(data, options with { Progress = null }, model.Device, encoder.Encode);
            scores.AddRange(Scores("kmeans", codes, data.Spec.Classes, rng, share => options.Progress?.Invoke(share / 2)));
            scores.AddRange(Scores("kmeans-raw", Codes.Raw(data, options with { Progress = null }), data.Spec.Classes, rng, share => options.Progress?.Invoke((1 + share) / 2)));
        }

        return scores;
    }

    private static IReadOnlyList<NamedScore> Scores(string name, Codes codes, int classes, Rng rng, Action<double> progress)
    {
        return Chain.Value(() =>
        {
            var own = rng.Fork(name);
            var found = KMeans.Fit(codes.Points, classes, Restarts, new Rng(own.Seed), progress);
            return ClusterAgreement.Scores(name, found.Members, codes.Labels!, Evidence.Estimate, own);
        });
    }
}

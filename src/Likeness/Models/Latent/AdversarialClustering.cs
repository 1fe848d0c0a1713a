namespace Likeness;

/// <summary>Options of a clustering adversarial autoencoder.</summary>
public sealed record AdversarialClusteringOptions
{
    /// <summary>Number of clusters.</summary>
    [AtLeast(2)]
    public int Clusters { get; init; } = 16;

    /// <summary>Dimension of the style, networks and training phases.</summary>
    public CategoricalCodeOptions Code { get; init; } = new();
}

/// <summary>
/// Adversarial autoencoder that clusters (Makhzani et al. 2016, section 5): the code is a cluster and a style, and critics draw the one to a
/// single category of equal probabilities and the other to a Normal distribution. What the style cannot say must be said by the cluster.
/// </summary>
public sealed class AdversarialClustering : CategoricalAutoencoder<AdversarialClusteringOptions>, IClustering
{
    public AdversarialClustering(DataSpec spec, AdversarialClusteringOptions options, Rng rng)
        : base(spec, options, options.Clusters, options.Code, rng)
    {
    }

    public static Recipe<AdversarialClusteringOptions, AdversarialClustering, Batch> Recipe { get; } = new(
        "aae-clustering",
        "An adversarial autoencoder whose code consists of a cluster and a style: soft clustering without labels.",
        AdversarialPaper.Citation,
        (model, _, rng) => new Learning(model, rng),
        new(Steps: 50_000, BatchSize: 100),
        DataNeed.Numbers)
    {
        Smallest = new() { Clusters = 3, Code = CategoricalCodeOptions.Smallest },
    };

    public Tensor Responsibilities(Tensor x) => Code.LogCategories(x).exp();

    private sealed class Learning : Objective<Batch>
    {
        private readonly CategoricalCode.Phases _phases;

        public Learning(AdversarialClustering model, Rng rng)
        {
            Add("model", model);
            _phases = Add("phases", new CategoricalCode.Phases(model.Code, rng));
        }

        public override IReadOnlyList<Player> Players => _phases.Players;

        public override IEnumerable<Turn> Round(IFeed<Batch> feed, Rng rng) => _phases.Round(feed.Next().X, rng);
    }
}

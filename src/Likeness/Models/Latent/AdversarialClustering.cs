using System.Text.Json;
using System.Text.Json.Serialization;

namespace Likeness;

/// <summary>What an adversarial autoencoder that clusters is made of.</summary>
public sealed record AdversarialClusteringOptions
{
    /// <summary>Clusters.</summary>
    [AtLeast(2)]
    public int Clusters { get; init; } = 16;

    /// <summary>Style, networks and phases.</summary>
    public CategoricalCodeOptions Code { get; init; } = new();
}

/// <summary>
/// Adversarial autoencoder that clusters (Makhzani et al. 2016, section 5): the code is a cluster and a style, and critics draw the one to a
/// single category of equal probabilities and the other to a Normal distribution. What the style cannot say must be said by the cluster.
/// </summary>
public sealed class AdversarialClustering : Module, IGenerative, IAutoencoder, ILatentPrior, IClustering
{
    private readonly CategoricalCode _code;

    public AdversarialClustering(DataSpec spec, AdversarialClusteringOptions options, Rng rng)
    {
        OptionRanges.Check(options, AdversarialClusteringJson.Default.AdversarialClusteringOptions);
        _code = new CategoricalCode(spec, options.Clusters, options.Code, rng);
        Add("encoder", _code.Encoder);
        Add("decoder", _code.Decoder);
    }

    public static Recipe<AdversarialClusteringOptions, AdversarialClustering, Batch> Recipe { get; } = new(
        "aae-clustering",
        "An adversarial autoencoder whose code is a cluster and a style: soft clusters without labels.",
        AdversarialPaper.Citation,
        new(),
        AdversarialClusteringJson.Default.AdversarialClusteringOptions,
        (spec, options, rng) => new AdversarialClustering(spec, options, rng),
        (model, _, rng) => new Learning(model, rng),
        new(Steps: 50_000, BatchSize: 100),
        DataNeed.Numbers)
    {
        Smallest = new() { Clusters = 3, Code = CategoricalCodeOptions.Smallest },
    };

    public Tensor Responsibilities(Tensor x) => _code.LogCategories(x).exp();

    /// <summary>The clusters' probabilities, then the style: [n, clusters + style].</summary>
    public Tensor Encode(Tensor x) => _code.Encode(x);

    public Tensor Decode(Tensor z) => _code.Decode(z);

    public Tensor SampleLatent(int count, Rng rng) => _code.Sample(count, rng);

    public Tensor Sample(int count, Rng rng)
    {
        rng = rng.PerExample();
        return _code.SampleExamples(_code.DrawCategories(count, rng), rng);
    }

    private sealed class Learning : Objective<Batch>
    {
        private readonly CategoricalCode.Phases _phases;

        public Learning(AdversarialClustering model, Rng rng)
        {
            Add("model", model);
            _phases = Add("phases", new CategoricalCode.Phases(model._code, rng));
        }

        public override IReadOnlyList<Player> Players => _phases.Players;

        public override IEnumerable<Turn> Round(IFeed<Batch> feed, Rng rng) => _phases.Round(feed.Next().X, rng);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(AdversarialClusteringOptions))]
[JsonSerializable(typeof(CriticPenalty.None), TypeInfoPropertyName = "NoPenalty")]
internal sealed partial class AdversarialClusteringJson : JsonSerializerContext;

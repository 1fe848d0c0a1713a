using System.Text.Json;
using System.Text.Json.Serialization;

namespace Likeness;

/// <summary>What a semi-supervised adversarial autoencoder is made of.</summary>
public sealed record AdversarialClassifierOptions
{
    /// <summary>Style, networks and phases.</summary>
    public CategoricalCodeOptions Code { get; init; } = new() { Style = 10 };

    /// <summary>How the encoder descends on labelled examples in the third phase.</summary>
    public OptimizerOptions Optimizer { get; init; } = new Adam(5e-4) { Schedule = new Schedule.Linear(0.01, From: 0.5) };
}

/// <summary>
/// Semi-supervised adversarial autoencoder (Makhzani et al. 2016, section 4): the code is a class and a style; after the two phases of every batch, a
/// third one descends the cross-entropy of as many labelled examples. Labels of other examples are never asked for.
/// </summary>
public sealed class AdversarialClassifier : Module, IGenerative, IGenerative<ClassCondition>, IAutoencoder, ILatentPrior, IClassifier
{
    private readonly CategoricalCode _code;

    public AdversarialClassifier(DataSpec spec, AdversarialClassifierOptions options, Rng rng)
    {
        OptionRanges.Check(options, AdversarialClassifierJson.Default.AdversarialClassifierOptions);
        DataNeed.CheckClasses(spec, "A classifier");
        _code = new CategoricalCode(spec, spec.Classes, options.Code, rng);
        Add("encoder", _code.Encoder);
        Add("decoder", _code.Decoder);
    }

    public static Recipe<AdversarialClassifierOptions, AdversarialClassifier, PartlyLabelledBatch> Recipe { get; } = new(
        "aae-classifier",
        "An adversarial autoencoder whose code is a class and a style: classifies with few labels and many examples without.",
        AdversarialPaper.Citation,
        new(),
        AdversarialClassifierJson.Default.AdversarialClassifierOptions,
        (spec, options, rng) => new AdversarialClassifier(spec, options, rng),
        (model, options, rng) => new Learning(model, options, rng),
        new(Steps: 50_000, BatchSize: 100),
        DataNeed.Numbers.WithClasses())
    {
        Smallest = new() { Code = CategoricalCodeOptions.Smallest, Optimizer = new Adam(0.01) },
    };

    public Tensor ClassLogProbs(Tensor x) => _code.LogCategories(x);

    /// <summary>The classes' probabilities, then the style: [n, classes + style].</summary>
    public Tensor Encode(Tensor x) => _code.Encode(x);

    public Tensor Decode(Tensor z) => _code.Decode(z);

    public Tensor SampleLatent(int count, Rng rng) => _code.Sample(count, rng);

    public Tensor Sample(int count, Rng rng)
    {
        rng = rng.PerExample();
        return _code.SampleExamples(_code.DrawCategories(count, rng), rng);
    }

    /// <summary>New examples of these classes: one label for all, or one for each.</summary>
    public Tensor Sample(ClassCondition condition, int count, Rng rng) => _code.SampleExamples(condition.Of(count), rng.PerExample());

    private sealed class Learning : Objective<PartlyLabelledBatch>
    {
        private readonly CategoricalCode.Phases _phases;
        private readonly Player _classifier;

        public Learning(AdversarialClassifier model, AdversarialClassifierOptions options, Rng rng)
        {
            Add("model", model);
            _phases = Add("phases", new CategoricalCode.Phases(model._code, rng));
            _classifier = new Player("classifier", options.Optimizer, model._code.Encoder);
        }

        public override IReadOnlyList<Player> Players => [.. _phases.Players, _classifier];

        public override IEnumerable<Turn> Round(IFeed<PartlyLabelledBatch> feed, Rng rng)
        {
            var batch = feed.Next();
            foreach (var turn in _phases.Round(batch.X, rng))
            {
                yield return turn;
            }

            yield return _classifier.Minimise(("cross-entropy", _phases.CrossEntropy(batch.LabelledX, batch.Labels, rng)));
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(AdversarialClassifierOptions))]
[JsonSerializable(typeof(CriticPenalty.None), TypeInfoPropertyName = "NoPenalty")]
internal sealed partial class AdversarialClassifierJson : JsonSerializerContext;

namespace Likeness;

/// <summary>Options of a semi-supervised adversarial autoencoder.</summary>
public sealed record AdversarialClassifierOptions
{
    /// <summary>Dimension of the style, networks and training phases.</summary>
    public CategoricalCodeOptions Code { get; init; } = new() { Style = 10 };

    /// <summary>Optimiser of the encoder on labelled examples, in the third phase.</summary>
    public OptimizerOptions Optimizer { get; init; } = new Adam(5e-4) { Schedule = new Schedule.Linear(0.01, From: 0.5) };
}

/// <summary>
/// Semi-supervised adversarial autoencoder (Makhzani et al. 2016, section 4): the code is a class and a style; after the two phases of every batch, a
/// third one descends the cross-entropy of as many labelled examples. Labels of other examples are never asked for.
/// </summary>
public sealed class AdversarialClassifier : CategoricalAutoencoder<AdversarialClassifierOptions>, IGenerative<ClassCondition>, IClassifier
{
    public AdversarialClassifier(DataSpec spec, AdversarialClassifierOptions options, Rng rng)
        : base(spec, options, DataNeed.CheckClasses(spec, "A classifier").Classes, options.Code, rng)
    {
    }

    public static Recipe<AdversarialClassifierOptions, AdversarialClassifier, PartlyLabelledBatch> Recipe { get; } = new(
        "aae-classifier",
        "An adversarial autoencoder whose code consists of a class and a style: semi-supervised classification from a few labelled and many unlabelled examples.",
        AdversarialPaper.Citation,
        (model, options, rng) => new Learning(model, options, rng),
        new(Steps: 50_000, BatchSize: 100),
        DataNeed.Numbers.WithClasses())
    {
        Smallest = new() { Code = CategoricalCodeOptions.Smallest, Optimizer = new Adam(0.01) },
    };

    public Tensor ClassLogProbs(Tensor x) => Code.LogCategories(x);

    /// <summary>New examples of these classes: one label for all, or one for each.</summary>
    public Tensor Sample(ClassCondition condition, int count, Rng rng) => Code.SampleExamples(condition.Of(count), rng.PerExample());

    private sealed class Learning : Objective<PartlyLabelledBatch>
    {
        private readonly CategoricalCode.Phases _phases;
        private readonly Player _classifier;

        public Learning(AdversarialClassifier model, AdversarialClassifierOptions options, Rng rng)
        {
            Add("model", model);
            _phases = Add("phases", new CategoricalCode.Phases(model.Code, rng));
            _classifier = new Player("classifier", options.Optimizer, model.Code.Encoder);
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

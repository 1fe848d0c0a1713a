namespace Likeness;

/// <summary>Generated examples, the real ones beside them and the network between: what scores of samples are measured on, and what each of them says of itself.</summary>
public sealed class SampleJudge
{
    /// <summary>Real and generated examples of which no limit is named: enough for most scores to settle.</summary>
    public const int UsualExamples = 10_000;

    private readonly Comparison _comparison;

    /// <param name="source">The generated examples.</param>
    /// <param name="against">The real data.</param>
    /// <param name="split">Which part of it is compared with.</param>
    /// <param name="real">The examples of that part.</param>
    /// <param name="features">The network.</param>
    /// <param name="learned">What the model learned from; the real data where nothing else is known.</param>
    /// <param name="progress">Told the share of the network's work done, 0 … 1.</param>
    public SampleJudge(SampleSource source, IDataset against, Split split, ExampleSet real, FeatureSource features, IDataset learned, Action<double>? progress = null)
    {
        JudgedBy = $"{features.Network.Description}; {source.Description}; {real.Count} of {against.Name} ({against.Protocol}, {split.Word()})";
        Func<ExampleSet, IReadOnlyList<ExampleSet>, Rng, IReadOnlyList<Codes>>? teach =
            features.Judge is { } judge && judge.Spec.Shape.SequenceEqual(against.Spec.Shape) && judge.Spec.Domain == against.Spec.Domain
                ? (examples, asked, rng) => Taught(judge, against.Spec, examples, asked, rng) : null;
        _comparison = new(against.Spec, source.Examples, real, features.Network)
        {
            Training = Other(against, Split.Train),
            Learned = Other(learned, Split.Train),
            Validation = Other(against, Split.Validation),
            Cells = against.Origin.Fit is { Schema: not null } fit ? fit : null,
            AreDrawn = source.AreDrawn,
            Relearn = teach is null ? null
                : (examples, rng) => [.. Comparison.Likeliest(teach(examples, [real], rng)[0]).Zip(real.Labels!, (found, label) => found == label ? 1.0 : 0)],
            Teach = teach,
            Progress = progress,
        };

        ExampleSet? Other(IDataset data, Split other) =>
            (other != split || data != against) && data.Count(other) > 0 ? ExampleSet.Of(data, other, int.MaxValue, 100) : null;
    }

    /// <summary>The network and its hash, where the generated examples come from and what was done to them, and the real ones: scores of another are not comparable.</summary>
    public string JudgedBy { get; }

    /// <summary>What is missing for a metric; null where nothing is.</summary>
    public string? Missing(SampleMetric metric) => metric.Missing(_comparison);

    public IReadOnlyList<NamedScore> Measure(SampleMetric metric, Rng rng) =>
        [.. metric.Measure(_comparison, rng).Select(score => score with { JudgedBy = score.JudgedBy is { } by ? $"{JudgedBy}; {by}" : JudgedBy })];

    /// <summary>Generated among real examples in one picture: by the features of the network, where one was named, else by their values.</summary>
    /// <param name="rng">Which are drawn, and where t-SNE begins.</param>
    public Image Map(Rng rng)
    {
        ExampleSet Seen(ExampleSet examples) => _comparison.Network.IsValues ? examples : new(_comparison.Features(examples).Values, examples.Count);
        return SampleMap.Draw(Seen(_comparison.Generated), Seen(_comparison.Real), rng);
    }

    // A new network of the judge's recipe, options and length of training, on other examples.
    private static IReadOnlyList<Codes> Taught(TrainedModel judge, DataSpec spec, ExampleSet examples, IReadOnlyList<ExampleSet> asked, Rng rng)
    {
        return Chain.Value<IReadOnlyList<Codes>>(() =>
        {
            var (record, known) = (judge.Folder.Record, judge.Spec);
            var model = judge.Recipe.CreateModel(known, record.Options, rng.Fork("model"));
            var data = MemoryDataset.Of("the generated examples", "made up", known, examples.Values, examples.Labels);
            using (var training = judge.Recipe.CreateTraining(model, record.Options, data, record.Training with { Validation = null }, rng.Fork("training")))
            {
                foreach (var _ in training.Run())
                {
                }
            }

            var network = new FeatureNetwork("relearned", x => x) { ClassLogProbs = ((IClassifier)(object)model).ClassLogProbs, Device = ((Module)model).Device };
            return [.. asked.Select(a => new Comparison(spec, examples, a, network).ClassLogProbs(a))];
        });
    }
}

namespace Likeness;

/// <summary>
/// How well a linear classifier tells the classes apart from the codes alone (Alain and Bengio 2017): logistic regression on the codes of
/// the training split, judged on the split. The same on the data itself says what the encoder has gained.
/// </summary>
public sealed class LinearProbe() : Metric("probe",
    "accuracy of logistic regression trained on the codes of the training data, and on the data itself for comparison")
{
    /// <summary>Training the probes takes longer than most scores.</summary>
    public override bool OnRequest => true;

    public override bool Applies(Module model, IDataset data) => model is IEncoder && Codes.AreLabelled(data);

    public override string? Missing(Module model, IDataset data, MeasureOptions options) => options.MissingTeaching(data);

    /// <summary>With a limit, so many examples train the probe and so many judge it.</summary>
    protected override IReadOnlyList<NamedScore> Compute(Module model, IDataset data, MeasureOptions options, Rng rng)
    {
        var (encoder, training) = ((IEncoder)model, options.Teaching(data));
        var codes = Accuracy(Read(training, Split.Train, 0), Read(data, options.Split, 0.25), data.Spec.Classes);
        var raw = Accuracy(Codes.Raw(training, Part(Split.Train, 0.5)), Codes.Raw(data, Part(options.Split, 0.75)), data.Spec.Classes);
        var source = TrainingPart.Source(training, data);
        return [new(Name, codes) { JudgedBy = source }, new($"{Name}-raw", raw) { JudgedBy = source }];

        Codes Read(IDataset examples, Split split, double done) => Codes.Of(examples, Part(split, done), model.Device, encoder.Encode);

        MeasureOptions Part(Split split, double done) => options with { Split = split, Progress = share => options.Progress?.Invoke(done + (share / 4)) };
    }

    /// <summary>The accuracy in % of a probe that learned from some codes and is judged on others.</summary>
    internal static Score Accuracy(Codes training, Codes judged, int classes)
    {
        return Chain.Value(() =>
        {
            var probe = LogisticRegression.Fit(training.Points, training.Labels, classes);
            var called = probe.Classify(judged.Points);
            var right = called.Zip(judged.Labels!, (c, l) => c == l ? 100.0 : 0).ToArray();
            return Score.Mean(right, "%", Evidence.Exact);
        });
    }
}

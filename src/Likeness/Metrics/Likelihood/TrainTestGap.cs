namespace Likeness;

/// <summary>
/// The negative log-likelihood of held-out examples minus that of training examples (the empirical risk), as many of each: what a
/// model has learned by heart. None on the training data itself. Other data is held against the examples that the model learned from.
/// </summary>
public sealed class TrainTestGap() : Metric<IDensity>("gap",
    "generalisation gap: negative log-likelihood of held-out examples minus that of training examples")
{
    // Without a limit of the user's own, so scoring a slow model does not take twice the time.
    private const int MostExamples = 2000;

    public override string? Missing(Module model, IDataset data, MeasureOptions options) =>
        IsTraining(options) ? "the training split is what others are held against: choose another split" : options.MissingSeen(data);

    protected override IReadOnlyList<NamedScore> Compute(IDensity model, IDataset<Batch> data, MeasureOptions options, Rng rng)
    {
        if (IsTraining(options))
        {
            return [];
        }

        var training = options.Seen(data).As<Batch>();
        var limit = Math.Min(options.Limit == int.MaxValue ? MostExamples : options.Limit, Math.Min(data.Count(options.Split), training.Count(Split.Train)));
        var device = ((Module)model).Device;
        Score Nll(IDataset<Batch> examples, Split split, double from) => Score.Mean(
            PerExample.Measure(examples, options with { Split = split, Limit = limit, Progress = share => options.Progress?.Invoke(from + (share / 2)) }, device, x => -model.LogProb(x)),
            "nats", Evidence.Exact);
        var (held, seen) = (Nll(data, options.Split, 0), Nll(training, Split.Train, 0.5));
        var error = Math.Sqrt((held.StandardError * held.StandardError) + (seen.StandardError * seen.StandardError));
        return [new(Name, new(held.Value - seen.Value, error, "nats", Evidence.Exact, held.Count)) { JudgedBy = TrainingPart.Source(training, data) }];
    }

    private static bool IsTraining(MeasureOptions options) => options.Split == Split.Train && options.Learned is null;
}

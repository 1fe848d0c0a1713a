namespace Likeness;

/// <summary>
/// The negative log-likelihood of held-out examples less that of training examples (the empirical risk), as many of each: what a
/// model has learned by heart. None on the training data itself.
/// </summary>
public sealed class TrainTestGap : Metric<IDensity>
{
    // Without a limit of the user's own, so that scoring a slow model does not take twice the time.
    private const int MostExamples = 2000;

    public override string Name => "gap";

    public override string Summary => "negative log-likelihood of held-out examples less that of training examples";

    protected override IReadOnlyList<NamedScore> Compute(IDensity model, IDataset<Batch> data, MeasureOptions options, Rng rng)
    {
        if (options.Split == Split.Train)
        {
            return [];
        }

        var limit = Math.Min(options.Limit == int.MaxValue ? MostExamples : options.Limit, Math.Min(data.Count(options.Split), data.Count(Split.Train)));
        var device = ((Module)model).Device;
        Score Nll(Split split, double from) => Score.Mean(
            PerExample.Measure(data, options with { Split = split, Limit = limit, Progress = share => options.Progress?.Invoke(from + (share / 2)) }, device, x => -model.LogProb(x)),
            "nats", Evidence.Exact);
        var (held, seen) = (Nll(options.Split, 0), Nll(Split.Train, 0.5));
        var error = Math.Sqrt((held.StandardError * held.StandardError) + (seen.StandardError * seen.StandardError));
        return [new(Name, new(held.Value - seen.Value, error, "nats", Evidence.Exact, held.Count))];
    }
}

namespace Likeness;

/// <summary>
/// Calibration without examples to spare (cross-conformal prediction, Vovk 2015): the model is trained again without each fold of its training data, and
/// what is scored is compared with the fold by the model that has not seen it. Every training example calibrates, and none was learned by whoever judges it.
/// </summary>
public static class CrossCalibration
{
    /// <summary>Folds where none are named.</summary>
    public const int UsualFolds = 5;

    /// <summary>Judges the examples of a split.</summary>
    /// <param name="trained">Whose recipe, options and length of training; it gives the scores that are shown.</param>
    /// <param name="own">The data that it learned from.</param>
    /// <param name="scores">Its scores of the examples.</param>
    /// <param name="data">Where the examples are.</param>
    /// <param name="options">Which of them, and progress.</param>
    /// <param name="rate">The false discovery rate, between 0 and 1.</param>
    /// <param name="rng">Where the trainings and the draws of a bound come from.</param>
    /// <param name="folds">How often it is trained again.</param>
    /// <exception cref="LikenessException">The data cannot be divided, or a training fails.</exception>
    public static AnomalyReport Judge(
        TrainedModel trained, IDataset own, ExampleScores scores, IDataset data, MeasureOptions options, double rate, Rng rng, int folds = UsualFolds)
    {
        AnomalyReport.CheckRate(rate);
        var parts = Folds.Of(own, folds, rng.Seed);
        var lower = new long[scores.Values.Length];
        var count = 0;
        for (var fold = 0; fold < parts.Count; fold++)
        {
            var (part, at) = (parts[fold], fold);
            var (held, seen) = Scores(part, rng.Fork($"fold {fold}"), share => options.Progress?.Invoke((at + share) / parts.Count));
            count += held.Length;
            Anomalies.CountLower(seen, held, lower);
        }

        double[] pValues = [.. lower.Select(k => (1.0 + k) / (count + 1.0))];
        return AnomalyReport.Of(scores, pValues, new(Split.Train, count, parts.Count), rate);

        (double[] Held, double[] Seen) Scores(IDataset part, Rng draws, Action<double> progress) => Chain.Value(() =>
        {
            var record = trained.Folder.Record;
            var settings = trained.Recipe.Recorded(record.Options);
            var model = trained.Recipe.CreateModel(part.Spec, settings, draws.Fork("model"));
            var plan = record.Training with { Validation = null, BatchSize = Math.Min(record.Training.BatchSize, part.Count(Split.Train)) };
            using (var training = trained.Recipe.CreateTraining(model, settings, part, plan, draws.Fork("training")))
            {
                foreach (var report in training.Run())
                {
                    progress((double)report.Step / training.Steps);
                }
            }

            var quiet = options with { Progress = null };
            return (ExampleScores.Measure(model, part, quiet with { Split = Split.Validation, Limit = int.MaxValue }, draws.Fork("held out"), scores.Basis).Values,
                ExampleScores.Measure(model, data, quiet, draws.Fork("score"), scores.Basis).Values);
        });
    }
}

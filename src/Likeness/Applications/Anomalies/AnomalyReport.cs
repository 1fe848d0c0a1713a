namespace Likeness;

/// <summary>What p-values were calibrated on.</summary>
/// <param name="Split">Which part of the data that the model learned from.</param>
/// <param name="Count">How many examples.</param>
/// <param name="Folds">In how many folds they were held out in turn, each judged by a model that had not seen it; 0 where all are judged by the one model.</param>
public sealed record Calibration(Split Split, int Count, int Folds = 0)
{
    /// <summary>
    /// Whether the model has seen these examples. It then scores them higher than ordinary examples that it has not seen, so p-values
    /// are too small and the false discovery rate is not guaranteed.
    /// </summary>
    public bool Seen => Split == Split.Train && Folds == 0;
}

/// <summary>Which examples are too unlikely to be ordinary, at a false discovery rate.</summary>
/// <param name="Scores">Of the examples.</param>
/// <param name="PValues">Of the examples, as <see cref="Anomalies.PValues"/> says.</param>
/// <param name="Threshold">The largest p-value that is called an anomaly; negative where none is.</param>
/// <param name="Rate">The share of false calls among all calls that is allowed, in expectation.</param>
/// <param name="Calibration">What the p-values were calibrated on.</param>
public sealed record AnomalyReport(ExampleScores Scores, double[] PValues, double Threshold, double Rate, Calibration Calibration)
{
    /// <summary>
    /// Benjamini and Hochberg's procedure on calibrated p-values. These are dependent, since they share their calibration, but in
    /// a way for which the procedure still controls the rate (Bates et al. 2023, theorem 2).
    /// </summary>
    /// <param name="scores">Of the examples.</param>
    /// <param name="ordinary">Of ordinary examples.</param>
    /// <param name="split">Which part of the data the ordinary examples are.</param>
    /// <param name="rate">Between 0 and 1.</param>
    public static AnomalyReport Of(ExampleScores scores, ExampleScores ordinary, Split split, double rate)
    {
        CheckRate(rate);
        return Of(scores, Anomalies.PValues(scores.Values, ordinary.Values), new(split, ordinary.Values.Length), rate);
    }

    internal static AnomalyReport Of(ExampleScores scores, double[] pValues, Calibration calibration, double rate) =>
        new(scores, pValues, Anomalies.FalseDiscoveryThreshold(pValues, rate), rate, calibration);

    internal static void CheckRate(double rate)
    {
        if (!(rate > 0 && rate < 1))
        {
            throw new UsageException($"The false discovery rate {rate} is not allowed: give a number between 0 and 1, such as 0.05.");
        }
    }

    /// <summary>The examples that are called anomalies, least likely first.</summary>
    public IReadOnlyList<int> Flagged { get; } = [.. Enumerable.Range(0, PValues.Length).Where(i => PValues[i] <= Threshold).OrderBy(i => Scores.Values[i])];

    /// <summary>All examples, least likely first.</summary>
    public IReadOnlyList<int> Ranked { get; } = [.. Enumerable.Range(0, PValues.Length).OrderBy(i => Scores.Values[i])];

    /// <summary>For each example the smallest rate at which it would be called: the adjusted p-value of Benjamini and Hochberg.</summary>
    public IReadOnlyList<double> LeastRates { get; } = Anomalies.LeastRates(PValues);

    /// <summary>How many examples must reach the smallest p-value that the calibration allows, before any is called.</summary>
    public int LeastCalls => (int)Math.Ceiling(PValues.Length / (Rate * (Calibration.Count + 1)));

    /// <summary>How the calls agree with labels that are known: 1 for an anomaly and 0 for an ordinary example.</summary>
    /// <exception cref="DataException">All labels are alike.</exception>
    public LabelledAnomalies Against(IReadOnlyList<int> labels)
    {
        double[] Of(int label) => [.. Enumerable.Range(0, labels.Count).Where(i => labels[i] == label).Select(i => Scores.Values[i])];
        var anomalies = Of(1);
        return new(Anomalies.Auroc(Of(0), anomalies), anomalies.Length, Flagged.Count, Flagged.Count(i => labels[i] == 1));
    }

    /// <summary>The labels of examples whose classes are "normal" and "anomaly", or 0 and 1 in a user's file; null where they mean something else or are alike.</summary>
    public static int[]? Labels(IDataset data, Split split, int limit)
    {
        if (data.TryAs<LabelledBatch>() is not { } labelled || data.ClassNames is not (["normal", "anomaly"] or ["0", "1"]))
        {
            return null;
        }

        var labels = new List<int>();
        Chain.Each(labelled.Read(split, 1000, limit), batch =>
        {
            labels.AddRange(batch.Labels.ToArray<long>().Select(l => (int)l));
        });

        return labels.Distinct().Count() == 2 ? [.. labels] : null;
    }
}

/// <summary>Calls of anomalies held against the truth.</summary>
/// <param name="Auroc">Of the scores: 0.5 is guessing, 1 is perfect.</param>
/// <param name="Anomalies">How many there are.</param>
/// <param name="Called">How many examples were called anomalies.</param>
/// <param name="Right">How many of those are.</param>
public sealed record LabelledAnomalies(double Auroc, int Anomalies, int Called, int Right)
{
    /// <summary>The share of the calls that are right; not a number where there are none.</summary>
    public double Precision => (double)Right / Called;

    /// <summary>The share of the anomalies that were called.</summary>
    public double Recall => (double)Right / Anomalies;

    /// <summary>The share of the calls that are false, which the rate bounds in expectation.</summary>
    public double FalseDiscoveries => Called == 0 ? 0 : 1 - Precision;
}

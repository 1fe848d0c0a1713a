namespace Likeness;

/// <summary>
/// What a fit costs with its k parameters charged for: −2 log L on the n training examples plus 2k (Akaike 1974) or k log n
/// (Schwarz 1978). The smaller one of two models on the same data is to be preferred.
/// </summary>
public sealed class InformationCriterion : Metric
{
    private readonly Func<double, int, double> _charge;

    private InformationCriterion(string name, string summary, Func<double, int, double> charge)
        : base(name, summary) => _charge = charge;

    public static InformationCriterion Akaike { get; } = new("aic", "Akaike information criterion: −2 log-likelihood of the training data + 2 per free parameter", (k, _) => 2 * k);

    public static InformationCriterion Bayesian { get; } = new("bic", "Bayesian (Schwarz) information criterion: −2 log-likelihood of the training data + log n per free parameter", (k, n) => k * Math.Log(n));

    public override bool Applies(Module model, IDataset data) => model is IDensity and IFreeParameters && data.Has<Batch>();

    public override string? Missing(Module model, IDataset data, MeasureOptions options) => options.MissingSeen(data);

    /// <summary>On the data that the model learned from, whatever is measured; with a limit, its examples stand for all.</summary>
    protected override IReadOnlyList<NamedScore> Compute(Module model, IDataset data, MeasureOptions options, Rng rng)
    {
        var training = options.Seen(data);
        var nll = Score.Mean(
            PerExample.Measure(training.As<Batch>(), options with { Split = Split.Train }, model.Device, x => -((IDensity)model).LogProb(x)), "nats", Evidence.Exact);
        var n = training.Count(Split.Train);
        var fit = nll.Times(2.0 * n, "nats in all");
        var evidence = nll.Count == n ? Evidence.Exact : Evidence.Estimate;
        return [new(Name, fit with { Value = fit.Value + _charge((double)((IFreeParameters)model).FreeParameters, n), Evidence = evidence }) { JudgedBy = TrainingPart.Source(training, data) }];
    }
}

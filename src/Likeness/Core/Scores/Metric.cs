namespace Likeness;

/// <summary>How a metric is computed.</summary>
/// <param name="Split">The split of the data on which the metric is computed.</param>
/// <param name="BatchSize">Examples per batch: affects memory, not the result.</param>
/// <param name="Limit">Largest number of examples.</param>
/// <param name="Samples">Samples per example, for metrics that use them (importance samples); null takes the metric's default.</param>
/// <param name="Progress">Receives the progress, 0 … 1.</param>
/// <param name="Features">Maps examples [n, …] to features [n, width], for metrics that compare examples; null compares their values.</param>
/// <param name="FeaturesBy">Describes these features, to be shown with the score.</param>
public sealed record MeasureOptions(Split Split = Split.Test, int BatchSize = 100, int Limit = int.MaxValue, int? Samples = null, Action<double>? Progress = null,
    Func<Tensor, Tensor>? Features = null, string? FeaturesBy = null)
{
    /// <summary>Draws per example where neither the user nor the metric has reasons for another number.</summary>
    public const int UsualSamples = 100;

    /// <summary>
    /// The data that the model was trained on, if the metric is computed on other data: metrics that need training examples take them from here. Null if both
    /// are the same, or if it is not available.
    /// </summary>
    public IDataset? Learned { get; init; }
}

/// <summary>A score under its name: "nll", "iwae-1000".</summary>
public readonly record struct NamedScore(string Name, Score Score)
{
    /// <summary>Draws per example, where there are such.</summary>
    public int? Draws { get; init; }

    /// <summary>How long it took, where that matters.</summary>
    public TimeSpan? Time { get; init; }

    /// <summary>The ends of a 95 % interval, where there is more to say than the standard error.</summary>
    public (double Low, double High)? Interval { get; init; }

    /// <summary>By what and on how much it was judged, where two scores of one name need not be comparable.</summary>
    public string? JudgedBy { get; init; }
}

/// <summary>A measurement of a model on data.</summary>
/// <param name="name">By which it is asked for.</param>
/// <param name="summary">One sentence.</param>
public abstract class Metric(string name, string summary)
{
    public string Name => name;

    public string Summary => summary;

    /// <summary>Whether it is computed only when asked for by name, because it takes long.</summary>
    public virtual bool OnRequest => false;

    /// <summary>Whether this model on this data can be measured so.</summary>
    public abstract bool Applies(Module model, IDataset data);

    /// <summary>What is missing for it here although it applies, as the end of a sentence with its remedy; null where nothing is.</summary>
    public virtual string? Missing(Module model, IDataset data, MeasureOptions options) => null;

    /// <summary>The scores of a model on data.</summary>
    public IReadOnlyList<NamedScore> Measure(Module model, IDataset data, MeasureOptions options, Rng rng) => Chain.Value(() => Compute(model, data, options, rng));

    /// <summary>What <see cref="Measure"/> asks for; the tensors that it makes are freed for it.</summary>
    protected abstract IReadOnlyList<NamedScore> Compute(Module model, IDataset data, MeasureOptions options, Rng rng);
}

/// <summary>A measurement of whatever has a capability, on examples.</summary>
public abstract class Metric<TCapability>(string name, string summary) : Metric(name, summary)
{
    public override bool Applies(Module model, IDataset data) => model is TCapability && data.Has<Batch>();

    protected override IReadOnlyList<NamedScore> Compute(Module model, IDataset data, MeasureOptions options, Rng rng) =>
        Compute((TCapability)(object)model, data.As<Batch>(), options, rng);

    protected abstract IReadOnlyList<NamedScore> Compute(TCapability model, IDataset<Batch> data, MeasureOptions options, Rng rng);
}

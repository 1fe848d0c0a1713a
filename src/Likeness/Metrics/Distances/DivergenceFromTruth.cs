namespace Likeness;

/// <summary>How far a model's density q is from that of its data p, where p is known: estimated from examples and from the model's draws.</summary>
public sealed class DivergenceFromTruth : Metric
{
    // Without a limit of the user's own.
    private const int MostDraws = 5000;

    private readonly bool _draws;
    private readonly Func<(double Own, double Other)[], (double Own, double Other)[], Score?> _measure;

    private DivergenceFromTruth(string name, string summary, bool draws, Func<(double Own, double Other)[], (double Own, double Other)[], Score?> measure)
        : base(name, summary) => (_draws, _measure) = (draws, measure);

    /// <summary>KL(p ‖ q) from examples: large where the model misses some of the data.</summary>
    public static DivergenceFromTruth Forward { get; } = new("kl", "KL(truth ‖ model), for data whose true density is known", false, (ofTruth, _) => Divergences.Kl(ofTruth));

    /// <summary>KL(q ‖ p) from draws of the model: large where the model invents; infinite, and then left out, where it draws what cannot be.</summary>
    public static DivergenceFromTruth Reverse { get; } = new(
        "reverse-kl", "KL(model ‖ truth), for data whose true density is known; omitted when infinite", true,
        (_, ofModel) => Divergences.Kl(ofModel) is { } score && double.IsFinite(score.Value) ? score : null);

    /// <summary>Between 0 and log 2.</summary>
    public static DivergenceFromTruth JensenShannon { get; } = new(
        "jsd", "Jensen–Shannon divergence between model and truth, for data whose true density is known; at most log 2", true, (p, q) => Divergences.JensenShannon(p, q));

    /// <summary>Between 0 and 1.</summary>
    public static DivergenceFromTruth TotalVariation { get; } = new(
        "total-variation", "total variation distance between model and truth (the largest difference in probability of any event), for data whose true density is known", true, (p, q) => Divergences.TotalVariation(p, q));

    public override bool Applies(Module model, IDataset data) => model is IDensity && (!_draws || model is IGenerative) && data is IKnownDensity && data.Has<Batch>();

    protected override IReadOnlyList<NamedScore> Compute(Module model, IDataset data, MeasureOptions options, Rng rng)
    {
        options = options with { Limit = options.Limit == int.MaxValue ? MostDraws : options.Limit };
        var examples = Draws.Read(data.As<Batch>(), options.Split, options.Limit, options.BatchSize);
        var ofTruth = Logs(examples);
        var ofModel = _draws
            ? Array.ConvertAll(Logs(Draws.Generate((IGenerative)model, ofTruth.Length, options, rng)), l => (l.Other, l.Own))
            : [];
        return _measure(ofTruth, ofModel) is { } score ? [new(Name, score)] : [];

        // log p and log q of each point.
        (double Own, double Other)[] Logs(float[] points)
        {
            var (d, known) = (data.Spec.Dimensions, (IKnownDensity)data);
            var logs = new List<(double, double)>(points.Length / d);
            Chain.Parts(points.Length, options.BatchSize * d, (from, length) =>
            {
                var part = points[from..(from + length)];
                var estimates = ((IDensity)model).LogProb(Tensor.From(part, data.Spec.BatchShape(part.Length / d)).to(model.Device)).ToArray<double>();
                logs.AddRange(estimates.Select((q, i) => (known.LogProb(part.AsSpan(i * d, d)), q)));
            });

            return [.. logs];
        }
    }
}

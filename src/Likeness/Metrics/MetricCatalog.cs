namespace Likeness;

/// <summary>An explicit list of metrics.</summary>
public static class MetricCatalog
{
    /// <summary>Every metric that comes with the library.</summary>
    public static IReadOnlyList<Metric> BuiltIn { get; } =
    [
        new NegativeLogLikelihood(),
        new NegativeBound(),
        new FlowNegativeLogLikelihood(),
        new ImportanceWeightedBound(),
        new LikelihoodLadder(),
        new TrainTestGap(),
        new LinearProbe(),
        new ClusterQuality(),
        InformationCriterion.Akaike,
        InformationCriterion.Bayesian,
        new SlicedWasserstein(),
        new ForecastScore(),
        new SinkhornDivergence(),
        new MaximumMeanDiscrepancy(),
        new AggregatedPosterior(),
        new ReconstructionError(),
        new ClassificationError(),
        new ClusterError(),
        new PartnerRetrieval(),
        new TranslationAccuracy(),
        new CaptionRetrieval(),
        new AttributeAccuracy(),
        new CodeInformation(),
        new PatchRestoration(),
        new TableQuality(),
        new SdgymEfficacy(),
        DivergenceFromTruth.Forward,
        DivergenceFromTruth.Reverse,
        DivergenceFromTruth.JensenShannon,
        DivergenceFromTruth.TotalVariation,
    ];

    /// <exception cref="UsageException">There is no such metric.</exception>
    public static Metric Find(string name) =>
        BuiltIn.FirstOrDefault(m => m.Name == name) ?? throw UsageException.Unknown("metric", name, BuiltIn.Select(m => m.Name));
}

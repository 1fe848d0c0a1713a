namespace Likeness;

/// <summary>An explicit list of the ways to judge samples.</summary>
public static class SampleMetricCatalog
{
    public static IReadOnlyList<SampleMetric> BuiltIn { get; } =
    [
        new FrechetDistance(),
        new PolynomialKernelDistance(),
        new ClassifierScore(),
        new ClassAgreement(),
        new PrecisionRecall(),
        new DensityCoverage(),
        new PatchDistance(),
        new StructuralSimilarity(),
        new Memorisation(),
        new ClassificationAccuracy(),
        new Augmentation(),
        new ParzenWindow(),
        new ModeCount(),
        new DiscriminativeScore(),
        new PredictiveScore(),
        new SampleRows(),
    ];
}

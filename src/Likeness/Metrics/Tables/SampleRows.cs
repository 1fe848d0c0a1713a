namespace Likeness;

/// <summary>How alike rows of a mixed table are to real ones, wherever they come from: what <see cref="TableQuality"/> says of the rows of a model.</summary>
public sealed class SampleRows() : SampleMetric("rows",
    "what the metric table measures, of the rows of any program: columns, pairs of columns, coverage (column-coverage), ranges, copied rows, detection, and accuracy of a classifier trained on them")
{
    public override string? Missing(Comparison samples) => samples.Cells?.Schema is null ? "it needs rows of a mixed table: judge against one"
        : samples.FewerThan(2);

    protected override IReadOnlyList<NamedScore> Compute(Comparison samples, Rng rng)
    {
        var fit = samples.Cells!;
        var made = samples.AreDrawn ? Rows(samples.Generated) : TableRows.AsGiven(fit, samples.Generated.First(TableQuality.MostRows).Values);
        var (real, training) = (Rows(samples.Real), Rows(samples.Learned ?? samples.Training ?? samples.Real));
        // What balls around rows cover is called so, too.
        return [.. TableQuality.Compare(real, made, training, fit.Schema!.Target).Select(s => s.Name == "coverage" ? s with { Name = "column-coverage" } : s)];

        TableRows Rows(ExampleSet examples) => TableRows.Of(fit.Schema!, [.. fit.Cells(examples.First(TableQuality.MostRows).Values)]);
    }
}

namespace Likeness;

/// <summary>The exact −log p(x), in nats per example and in bits per dimension.</summary>
public sealed class NegativeLogLikelihood() : Metric<IDensity>("nll",
    "exact negative log-likelihood")
{
    protected override IReadOnlyList<NamedScore> Compute(IDensity model, IDataset<Batch> data, MeasureOptions options, Rng rng)
    {
        var nats = PerExample.Measure(data, options, ((Module)model).Device, x => -model.LogProb(x));
        return PerExample.Likelihood(Name, nats, Evidence.Exact, data.Spec);
    }
}

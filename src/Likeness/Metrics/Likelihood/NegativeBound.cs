namespace Likeness;

/// <summary>
/// The negative of the model's bound on log p(x) (for a VAE the ELBO, for a diffusion model its variational bound), one draw per
/// example: an upper bound on the negative log-likelihood.
/// </summary>
public sealed class NegativeBound() : Metric<IBound>("elbo",
    "upper bound on the negative log-likelihood, from the model's variational bound")
{
    protected override IReadOnlyList<NamedScore> Compute(IBound model, IDataset<Batch> data, MeasureOptions options, Rng rng)
    {
        var nats = PerExample.Measure(data, options, ((Module)model).Device, x => -model.LogProbBound(x, rng));
        return PerExample.Likelihood(Name, nats, Evidence.UpperBound, data.Spec);
    }
}

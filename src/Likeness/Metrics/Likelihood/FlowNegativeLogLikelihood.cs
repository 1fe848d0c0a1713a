namespace Likeness;

/// <summary>
/// An estimate of −log p(x) by following a diffusion's probability flow from each example to noise (Song et al. 2021, section 4.3): neither a bound nor exact.
/// Each example takes hundreds of passes through the network.
/// </summary>
public sealed class FlowNegativeLogLikelihood() : Metric("flow-nll",
    "estimated negative log-likelihood, by the probability-flow ODE, of the first 100 examples unless more are requested. Takes minutes, so it is computed only when asked for by name")
{
    // What a step of the solver may be off, relative to the size of the values.
    private const double Tolerance = 1e-3;

    // Unless there is a limit of the user's own.
    private const int Examples = 100;

    public override bool OnRequest => true;

    public override bool Applies(Module model, IDataset data) => model is IFlowLikelihood && data.Has<Batch>();

    protected override IReadOnlyList<NamedScore> Compute(Module model, IDataset data, MeasureOptions options, Rng rng)
    {
        var flow = (IFlowLikelihood)model;
        options = options.Limit < int.MaxValue ? options : options with { Limit = Examples };
        return PerExample.Likelihood(Name, PerExample.Measure(data.As<Batch>(), options, model.Device, x => -flow.EstimateLogProb(x, Tolerance, rng)), Evidence.Estimate, data.Spec);
    }
}

namespace Likeness;

/// <summary>
/// The predictive score of windows of series (Yoon et al. 2019): the mean absolute error, in units of the range, of a recurrent network that learned from generated
/// windows to tell the next value of the last column from the other columns so far, on real windows; of series of one value, from that value. Beside it stands the same
/// learned from real windows. 5000 steps, as in the authors' program.
/// </summary>
public sealed class PredictiveScore() : SampleMetric("predictive",
    "error, on real windows of series, of a recurrent network trained on generated windows to predict the next value, compared with one trained on real windows")
{
    private const int Steps = 5_000;

    /// <summary>It trains networks.</summary>
    public override bool OnRequest => true;

    public override string? Missing(Comparison samples) => PostHoc.Missing(samples);

    protected override IReadOnlyList<NamedScore> Compute(Comparison samples, Rng rng)
    {
        var real = PostHoc.Scaled(samples, samples.Real);
        var protocol = $"one layer of {Math.Max(1, samples.Spec.Shape[1] / 2)} gated recurrent units, {Steps} steps of {PostHoc.Batch}, Adam 1e-3; {samples.Real.Count} real windows";
        NamedScore Of(string name, Tensor windows) => Bootstrap.Mean(name, Errors(samples.Spec, windows, real, rng.Fork(name)), "of the range", rng) with { JudgedBy = protocol };
        return [Of(Name, PostHoc.Scaled(samples, samples.Generated)), Of($"{Name}-of-real", samples.Training is { } training ? PostHoc.Scaled(samples, training) : real)];
    }

    private static double[] Errors(DataSpec spec, Tensor windows, Tensor real, Rng rng)
    {
        var (steps, values) = (spec.Shape[0], spec.Shape[1]);
        var inputs = Math.Max(values - 1, 1);
        var network = PostHoc.Network(spec, inputs, rng.Fork("weights"));
        Tensor Error(Tensor x) => (network.Call(x.narrow(1, 0, steps - 1).narrow(2, 0, inputs)).sigmoid() - x.narrow(1, 1, steps - 1).narrow(2, values - 1, 1)).abs();
        PostHoc.Train(network, Steps, draws => Error(windows.index_select(0, draws.Integers(0, windows.shape[0], Math.Min(PostHoc.Batch, windows.shape[0])))).mean(), rng.Fork("training"));
        using var noGrad = torch.no_grad();
        return Error(real).mean([1, 2]).ToArray<double>();
    }
}

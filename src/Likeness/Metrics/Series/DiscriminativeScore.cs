namespace Likeness;

/// <summary>
/// The discriminative score of windows of series (Yoon et al. 2019): |½ − accuracy| of a recurrent classifier that learned to tell generated from real windows on four
/// fifths of both, on the last fifth; 0 where they cannot be told apart, ½ where they always can. 2000 steps, as in the authors' program.
/// </summary>
public sealed class DiscriminativeScore() : SampleMetric("discriminative",
    "how far above chance a recurrent classifier distinguishes generated windows of series from real ones (0 is ideal, 0.5 the worst)")
{
    private const int Steps = 2_000;

    /// <summary>It trains a network.</summary>
    public override bool OnRequest => true;

    public override string? Missing(Comparison samples) => PostHoc.Missing(samples);

    protected override IReadOnlyList<NamedScore> Compute(Comparison samples, Rng rng)
    {
        var count = Math.Min(samples.Generated.Count, samples.Real.Count);
        var (seen, held) = (count * 4 / 5, count - (count * 4 / 5));
        Tensor Mixed(ExampleSet set, string name) => PostHoc.Scaled(samples, set).index_select(0, rng.Fork(name).Permutation(set.Count).narrow(0, 0, count));
        var (made, real) = (Mixed(samples.Generated, "generated"), Mixed(samples.Real, "real"));
        var network = PostHoc.Network(samples.Spec, samples.Spec.Shape[1], rng.Fork("weights"));
        PostHoc.Train(network, Steps, draws =>
        {
            Tensor Logits(Tensor windows) => network.Last(windows.index_select(0, draws.Integers(0, seen, Math.Min(PostHoc.Batch, seen))));
            return (-Logits(real)).softplus().mean() + Logits(made).softplus().mean();
        }, rng.Fork("training"));
        using var noGrad = torch.no_grad();
        double[] Right(Tensor windows, double sign) => [.. network.Last(windows.narrow(0, seen, held)).ToArray<float>().Select(l => sign * l > 0 ? 1.0 : sign * l < 0 ? 0 : 0.5)];
        double[] right = [.. Right(real, 1), .. Right(made, -1)];
        // What resampling itself adds to a distance from chance is no error of the score: that of the accuracy is.
        var accuracy = Score.Mean(right, "share", Evidence.Estimate);
        return
        [
            new(Name, accuracy with { Value = Math.Abs(0.5 - accuracy.Value) }) { JudgedBy = Protocol(samples.Spec) },
            new($"{Name}-accuracy", accuracy) { JudgedBy = Protocol(samples.Spec) },
        ];
    }

    private static string Protocol(DataSpec spec) => $"one layer of {Math.Max(1, spec.Shape[1] / 2)} gated recurrent units, {Steps} steps of {PostHoc.Batch}, Adam 1e-3; four fifths to learn from";
}

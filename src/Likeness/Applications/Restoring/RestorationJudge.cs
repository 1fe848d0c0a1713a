namespace Likeness;

/// <summary>How well a method restores images whose truth is known.</summary>
/// <param name="Method">The method, with the run where there is one.</param>
/// <param name="Psnr">Peak signal-to-noise ratio of the draws, dB, averaged over images; higher is nearer.</param>
/// <param name="PsnrError">The standard error of that mean.</param>
/// <param name="PsnrOfMean">The same of the mean of an image's draws, the best guess of a squared error.</param>
/// <param name="Similarity">Structural similarity at one scale, 1 for the same image.</param>
/// <param name="FeatureDistance">Distance between the features of a draw and of the truth, as a share of that between two different images.</param>
/// <param name="Frechet">Fréchet distance between the features of first draws and of the truth.</param>
/// <param name="Diversity">Root mean square difference between two draws of an image, as a share of the range of values; not a number for one draw.</param>
/// <param name="Disagreement">The largest difference between what was measured and what is measured of a draw, as a share of the range.</param>
/// <param name="Seconds">Time for each draw.</param>
public sealed record RestorationScore(
    string Method, double Psnr, double PsnrError, double PsnrOfMean, double Similarity, double FeatureDistance, double Frechet, double Diversity, double Disagreement, double Seconds);

/// <summary>Judges methods on the same images, by what was measured of them.</summary>
public sealed class RestorationJudge
{
    private const int AtOnce = 100;

    // What no rounding of 8 bits is under: the ratio of an image to itself.
    private const double LeastError = 1e-10;

    private readonly DataSpec _spec;
    private readonly LinearMeasurement _measurement;
    private readonly FeatureNetwork _network;
    private readonly Tensor _truth, _features;
    private readonly double _range, _apart;

    /// <param name="spec">What the images are; they have a range of values.</param>
    /// <param name="measurement">What is done to them.</param>
    /// <param name="truth">Images [n, channels, height, width], in main memory.</param>
    /// <param name="network">Through whose eyes they are compared.</param>
    /// <exception cref="UsageException">Values have no range, or there are fewer than two images.</exception>
    public RestorationJudge(DataSpec spec, LinearMeasurement measurement, Tensor truth, FeatureNetwork network)
    {
        if (spec.Domain.LevelCount is not { } levels || truth.size(0) < 2)
        {
            throw new UsageException($"Restorations are judged on at least 2 images whose values have a range, and these are {truth.size(0)} of {spec}: choose images of bytes or bits.");
        }

        (_spec, _measurement, _truth, _network, _range) = (spec, measurement, truth, network, levels - 1);
        Measured = measurement.Measure(truth);
        _features = Features(truth);
        _apart = Distances(_features, _features.roll(1, 0)).Average();
    }

    /// <summary>y = A x of the images.</summary>
    public Tensor Measured { get; }

    /// <summary>How good some restorations are.</summary>
    /// <param name="method">What they are called.</param>
    /// <param name="restored">[n · draws, …], the draws of the first image first.</param>
    /// <param name="time">How long they took.</param>
    public RestorationScore Judge(string method, Tensor restored, TimeSpan time)
    {
        return Chain.Value(() =>
        {
            using var noGrad = torch.no_grad();
            var (n, total) = ((int)_truth.size(0), (int)restored.size(0));
            var draws = total / n;
            var truth = _truth.repeat_interleave(draws, 0);
            var ratios = Ratios(restored, truth).Chunk(draws).Select(d => d.Average()).ToArray();
            var score = Score.Mean(ratios, "dB", Evidence.Exact);
            var byImage = restored.reshape([n, draws, .. restored.shape[1..]]);
            var features = Features(restored);
            var first = features.reshape(n, draws, -1).select(1, 0).to(ScalarType.Float64);
            return new RestorationScore(
                method, score.Value, score.StandardError, Ratios(byImage.mean([1]), _truth).Average(),
                StructuralSimilarity.OfOneScale(restored, truth, _range).Average(),
                Distances(features, _features.repeat_interleave(draws, 0)).Average() / _apart,
                FrechetDistance.Between(first, _features.to(ScalarType.Float64)),
                // Twice the variance of a draw is the mean square difference of two.
                draws < 2 ? double.NaN : Math.Sqrt(2 * byImage.to(ScalarType.Float64).@var([1]).mean().ToDouble()) / _range,
                new Restoring(Baselines.Nearest(_measurement), _measurement, _spec).Disagreement(restored, Measured.repeat_interleave(draws, 0)).Max(),
                time.TotalSeconds / total);
        });
    }

    /// <summary>What anyone would do without a model, judged alike: bicubic where something was made smaller, nearest, and the mean of training images.</summary>
    /// <param name="mean">The mean of training images [1, channels, height, width]; null where there are none.</param>
    public IEnumerable<(string Method, Tensor Restored)> WithoutModel(Tensor? mean)
    {
        foreach (var method in new[] { Baselines.Bicubic(_measurement), Baselines.Nearest(_measurement), mean is null ? null : Baselines.Mean(_measurement, mean) }.OfType<IRestoringMethod>())
        {
            yield return (method.Name, method.Restore(Measured, new Rng(0)).round().clamp(0, _range));
        }
    }

    /// <summary>10 log₁₀ of the squared range over the mean squared difference, dB, for each pair of images.</summary>
    public static double[] Ratios(Tensor a, Tensor b, double range) => Chain.Value(() =>
        ((a - b).to(ScalarType.Float64) / range).square().flatten(1).mean([1]).clamp_min(LeastError).log10().mul(-10).ToArray<double>());

    private double[] Ratios(Tensor a, Tensor b) => Ratios(a, b, _range);

    private Tensor Features(Tensor x) => Chain.Concat(Enumerable.Range(0, ((int)x.size(0) + AtOnce - 1) / AtOnce), part =>
        _network.Features(x.narrow(0, part * AtOnce, Math.Min(AtOnce, x.size(0) - (part * AtOnce))).to(_network.Device)).to(torch.CPU).flatten(1));

    private static double[] Distances(Tensor a, Tensor b) => Chain.Value(() => (a - b).to(ScalarType.Float64).square().sum([1]).sqrt().ToArray<double>());
}

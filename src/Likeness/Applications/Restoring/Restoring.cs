namespace Likeness;

/// <summary>Whole images of what a measurement has left of them, by one of the methods: several draws of each, every one of which would be measured as what was given.</summary>
public sealed class Restoring
{
    // Images that are worked on at once.
    private const int AtOnce = 64;

    // Alternating projections (Bregman 1965) end where values are this near to what was given, as a share of their range, or after so many rounds.
    private const double Near = 1e-4;
    private const int MostRounds = 200;

    private readonly IRestoringMethod _method;
    private readonly DataSpec _spec;
    private readonly Device _device;

    /// <param name="method">What makes the images.</param>
    /// <param name="measurement">What was done to them.</param>
    /// <param name="spec">What they are.</param>
    /// <param name="device">Where the work is done; main memory unless said.</param>
    public Restoring(IRestoringMethod method, LinearMeasurement measurement, DataSpec spec, Device? device = null) =>
        (_method, Measurement, _spec, _device) = (method, measurement, spec, device ?? torch.CPU);

    public LinearMeasurement Measurement { get; }

    /// <summary>Restored images [n · draws, channels, height, width] in main memory: the draws of the first, then those of the second, and so on.</summary>
    /// <param name="y">What was measured, [n, …], in the data's units.</param>
    /// <param name="draws">Images of each.</param>
    /// <param name="rng">The same state gives the same images.</param>
    /// <param name="progress">Told the share done, 0 … 1.</param>
    /// <exception cref="UsageException">Fewer than one draw.</exception>
    public Tensor Draw(Tensor y, int draws, Rng rng, Action<double>? progress = null)
    {
        if (draws < 1)
        {
            throw new UsageException($"{draws} images cannot be drawn: ask for at least 1.");
        }

        var wanted = Repeated(y, draws);
        var total = (int)wanted.shape[0];
        return Chain.Concat(Enumerable.Range(0, (total + AtOnce - 1) / AtOnce), part =>
        {
            var (from, count) = (part * AtOnce, Math.Min(AtOnce, total - (part * AtOnce)));
            var some = wanted.narrow(0, from, count).to(_device);
            return Agreeing(_method.Restore(some, rng.Fork($"part {part}"), share => progress?.Invoke((from + (share * count)) / total)), some).to(torch.CPU);
        });
    }

    /// <summary>The largest difference between y and what is measured of each image, as a share of the range of values, [n].</summary>
    public double[] Disagreement(Tensor x, Tensor y) =>
        Chain.Value(() => ((Measurement.Measure(x) - y) / (2 * ValueRange.Of(_spec).Scale)).abs().flatten(1).amax([1]).ToArray<double>());

    // The nearest images of the data's kind of which y is seen: exactly where it is pixels, else to the rounding of their values.
    private Tensor Agreeing(Tensor x, Tensor y)
    {
        if (_spec.Domain.LevelCount is not { } levels)
        {
            return Measurement.Project(x, y);
        }

        // What was measured may itself have been rounded.
        var projected = Measurement.Project(x, y);
        for (var round = 0; round < MostRounds && ((projected - projected.clamp(0, levels - 1)).abs().max() / (levels - 1.0)).ToDouble() > Near; round++)
        {
            projected = Measurement.Project(projected.clamp(0, levels - 1), y);
        }

        return projected.round().clamp(0, levels - 1);
    }

    private static Tensor Repeated(Tensor y, int times) => y.repeat_interleave(times, 0);
}

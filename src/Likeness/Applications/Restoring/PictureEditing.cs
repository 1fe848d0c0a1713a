namespace Likeness;

/// <summary>What a denoiser makes of pictures that are there: SDEdit and the way between two.</summary>
public static class PictureEditing
{
    /// <summary>
    /// SDEdit (Meng et al. 2022): noise is added to rough pictures and taken away again. The more of it, the more the result is like the model's data, and the less like the picture.
    /// </summary>
    /// <param name="model">What denoises.</param>
    /// <param name="spec">What it knows.</param>
    /// <param name="x">Pictures [n, channels, height, width] in the data's units.</param>
    /// <param name="strength">The share of the noise levels that are walked: 0 leaves pictures as they are, 1 makes new ones.</param>
    /// <param name="rng">Where noise comes from.</param>
    /// <param name="walk">Which levels, and how.</param>
    /// <param name="kept">Pixels that stay as they are; null for none.</param>
    /// <param name="progress">Told the share done, 0 … 1.</param>
    /// <exception cref="UsageException">The strength is not between 0 and 1.</exception>
    public static Tensor Edit(IDenoiser model, DataSpec spec, Tensor x, double strength, Rng rng, NullSpaceWalk? walk = null, Mask? kept = null, Action<double>? progress = null)
    {
        walk ??= new();
        rng = rng.PerExample();
        var units = ValueRange.Of(spec);
        var clean = units.ToModel(x);
        var levels = Levels(model, strength, walk);
        if (levels.Length == 1)
        {
            return x;
        }

        var denoiser = kept is null ? model : new MeasuredDenoiser(model, kept, kept.Measure(clean), 0);
        var made = units.ToData(NoiseWalk.Down(denoiser, clean + (rng.Normal(x.shape) * levels[0]), levels, walk, rng, progress));
        return spec.Domain.LevelCount is { } most ? made.round().clamp(0, most - 1) : made;
    }

    /// <summary>
    /// Pictures on the way from one to another (Ho et al. 2020, section 4.2 and figure 9): both get the same noise, lie on a line there, and lose it again.
    /// </summary>
    /// <param name="model">What denoises.</param>
    /// <param name="spec">What it knows.</param>
    /// <param name="a">One picture [1, channels, height, width].</param>
    /// <param name="b">The other.</param>
    /// <param name="count">Pictures on the way, both ends included.</param>
    /// <param name="strength">The share of the noise levels that are walked.</param>
    /// <param name="rng">Where noise comes from.</param>
    /// <param name="walk">Which levels, and how.</param>
    /// <param name="progress">Told the share done, 0 … 1.</param>
    public static Tensor Between(IDenoiser model, DataSpec spec, Tensor a, Tensor b, int count, double strength, Rng rng, NullSpaceWalk? walk = null, Action<double>? progress = null)
    {
        walk ??= new(Eta: 0);
        var units = ValueRange.Of(spec);
        var levels = Levels(model, strength, walk);
        var share = Tensor.From([.. Enumerable.Range(0, count).Select(i => (float)i / Math.Max(1, count - 1))], count, 1, 1, 1).to(a.device);
        var line = (units.ToModel(a) * (1 - share)) + (units.ToModel(b) * share);
        var made = levels.Length == 1 ? line : NoiseWalk.Down(model, line + (rng.Normal(a.shape) * levels[0]), levels, walk, rng.PerExample(), progress);
        return spec.Domain.LevelCount is { } most ? units.ToData(made).round().clamp(0, most - 1) : units.ToData(made);
    }

    // The last of the levels, and 0.
    private static double[] Levels(IDenoiser model, double strength, NullSpaceWalk walk)
    {
        if (!(strength is >= 0 and <= 1))
        {
            throw new UsageException($"A strength of {strength} is not allowed: choose one from 0, which leaves pictures as they are, to 1, which makes new ones.");
        }

        var all = model.NoiseLevels(walk.Steps);
        return [.. all.TakeLast((int)Math.Round(strength * all.Count)), 0];
    }
}

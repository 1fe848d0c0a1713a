namespace Likeness;

/// <summary>Completions as a picture: in each row the original, what of it was given, and its completions.</summary>
public static class CompletionPicture
{
    // Missing pixels are hatched in two greys, which no run of pixels is by accident.
    private const float Light = 160;
    private const float Dark = 96;

    /// <param name="originals">[n, channels, height, width].</param>
    /// <param name="given">For each variable of the flattened example, whether it is given.</param>
    /// <param name="completions">[n · copies, channels, height, width].</param>
    /// <param name="spec">What they are.</param>
    /// <exception cref="UsageException">The data has no pictures, or there are too many for one.</exception>
    public static Image Draw(Tensor originals, bool[] given, Tensor completions, DataSpec spec)
    {
        if (!spec.IsImage)
        {
            throw new UsageException($"Data of {spec} cannot be drawn as images: write a .npy or .csv file instead.");
        }

        var (n, d) = ((int)originals.shape[0], spec.Dimensions);
        var copies = (int)completions.shape[0] / n;
        var (before, after) = (originals.ToArray<float>(), completions.ToArray<float>());
        var (low, high) = Range(spec, [.. before, .. after]);
        var cells = new float[n * (copies + 2) * d];
        for (var i = 0; i < n; i++)
        {
            var row = cells.AsSpan(i * (copies + 2) * d, (copies + 2) * d);
            for (var k = 0; k < d; k++)
            {
                row[k] = Intensity(before[(i * d) + k]);
                row[d + k] = given[k] ? row[k] : ((k / spec.Width % spec.Height) + (k % spec.Width)) % 4 < 2 ? Light : Dark;
                for (var c = 0; c < copies; c++)
                {
                    row[((c + 2) * d) + k] = Intensity(after[(((i * copies) + c) * d) + k]);
                }
            }
        }

        var bytes = spec with { Domain = new Domain.Byte() };
        return Chain.Value(() => ImageGrid.Draw(Tensor.From(cells, bytes.BatchShape(n * (copies + 2))), bytes, copies + 2));

        float Intensity(float value) => high > low ? Math.Clamp((value - low) / (high - low) * 255, 0, 255) : 0;
    }

    private static (float Low, float High) Range(DataSpec spec, float[] values) =>
        spec.Domain.LevelCount is { } levels ? (0, levels - 1) : (values.Min(), values.Max());
}

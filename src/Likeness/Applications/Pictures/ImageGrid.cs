namespace Likeness;

/// <summary>Many examples in one picture.</summary>
public static class ImageGrid
{
    private const int Gap = 2;

    // Small images are enlarged by whole factors until they are at least this wide.
    private const int ComfortableWidth = 56;

    // A picture that every viewer still opens.
    private const long MostPixels = 64_000_000;

    /// <summary>Draws examples row by row.</summary>
    /// <param name="x">Examples [n, channels, height, width] in the units of the data's domain.</param>
    /// <param name="spec">What they are.</param>
    /// <param name="columns">Images per row; near-square where null.</param>
    /// <exception cref="UsageException">The data has no pictures, or there are too many for one.</exception>
    public static Image Draw(Tensor x, DataSpec spec, int? columns = null)
    {
        if (!spec.IsImage)
        {
            throw new UsageException($"Data of {spec} cannot be drawn as images: write a .npy or .csv file instead.");
        }

        var count = (int)x.shape[0];
        var across = columns ?? (int)Math.Ceiling(Math.Sqrt(count));
        var down = (count + across - 1) / across;
        var factor = (ComfortableWidth + spec.Width - 1) / spec.Width;
        var (cellWidth, cellHeight) = ((spec.Width * factor) + Gap, (spec.Height * factor) + Gap);
        if ((long)cellWidth * across * cellHeight * down > MostPixels)
        {
            throw new UsageException($"{count} images of {spec} do not fit into one picture of {MostPixels} pixels: draw fewer, or write a .npy file.");
        }

        using var drawing = new Drawing((across * cellWidth) + Gap, (down * cellHeight) + Gap);
        var intensities = Intensities(x, spec);
        var length = spec.Dimensions;
        for (var i = 0; i < count; i++)
        {
            var cell = ImageScaling.FromPlanes(intensities.AsSpan(i * length, length), spec.Channels, spec.Width, spec.Height);
            drawing.Paste(cell, Gap + (i % across * cellWidth), Gap + (i / across * cellHeight), factor);
        }

        return drawing.ToImage(spec.Channels);
    }

    // Real values have no fixed black and white: the darkest and the brightest of all examples take their place.
    internal static byte[] Intensities(Tensor x, DataSpec spec)
    {
        var values = x.ToArray<float>();
        var (low, high) = spec.Domain switch
        {
            Domain.Byte => (0f, 255f),
            Domain.Binary => (0f, 1f),
            Domain.Categorical k => (0f, k.Levels - 1f),
            _ => values.Length == 0 ? (0f, 1f) : (values.Min(), values.Max()),
        };
        var scale = high > low ? 255 / (high - low) : 0;
        return Array.ConvertAll(values, v => (byte)Math.Clamp(MathF.Round((v - low) * scale), 0, 255));
    }
}

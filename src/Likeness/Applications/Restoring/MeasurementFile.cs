namespace Likeness;

/// <summary>Measurements whose masks may be files.</summary>
public static class MeasurementFile
{
    private const long LargestFile = 64L << 20;
    private const long MostPixels = 64L << 20;

    /// <summary>Reads a measurement such as <c>downsample:4</c> or <c>mask:hole.png</c>.</summary>
    /// <param name="text">As <see cref="Measurements.Parse"/> has it; a mask's file is a picture, white where pixels are kept and black where they are missing, or a .npy file, not 0 where they are kept.</param>
    /// <param name="spec">What is measured.</param>
    /// <exception cref="LikenessException">It is no measurement of such images, or the file cannot be read.</exception>
    public static LinearMeasurement Read(string text, DataSpec spec) => Measurements.Parse(text, spec, OfFile);

    private static bool[] OfFile(string path, IReadOnlyList<int> shape)
    {
        if (!File.Exists(path))
        {
            throw new UsageException($"There is no mask 'mask:{path}': choose one of {string.Join(", ", Measurements.Forms.Take(3))}, or give the path of a picture or a .npy file.");
        }

        if (path.EndsWith(".npy", StringComparison.OrdinalIgnoreCase))
        {
            return Array.ConvertAll(Npy.Read(path).ToSingles(path), v => v != 0);
        }

        try
        {
            using var file = BoundedReader.Open(path, LargestFile);
            var image = ImageScaling.Grey(ImageScaling.Opaque(ImageCodec.Decode(file.ReadToEnd(), 0, MostPixels)));
            return Array.ConvertAll(ImageScaling.Stretch(image, shape[2], shape[1]).Pixels, p => p >= 128);
        }
        catch (InvalidDataException e)
        {
            throw new DataException($"The mask '{path}' is not a readable image ({e.Message.TrimEnd('.')}): give {ImageCodec.Formats}.", e);
        }
    }
}

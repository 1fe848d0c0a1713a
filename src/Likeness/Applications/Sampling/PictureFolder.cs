using System.Globalization;

namespace Likeness;

/// <summary>A folder with a picture of each example, 0001.png, 0002.png …, as folders of images are read.</summary>
internal static class PictureFolder
{
    private const int FewestDigits = 4;

    /// <exception cref="UsageException">The examples are no images, or the folder holds other pictures, with which they would be mixed.</exception>
    public static void Write(string path, Tensor x, DataSpec spec)
    {
        Check(path, spec);
        var count = (int)x.shape[0];
        var digits = Math.Max(FewestDigits, count.ToString(CultureInfo.InvariantCulture).Length);
        string[] names = [.. Enumerable.Range(1, count).Select(i => $"{i.ToString($"D{digits}", CultureInfo.InvariantCulture)}.png")];
        if (Directory.Exists(path) && Directory.EnumerateFiles(path).Select(f => Path.GetFileName(f)!).FirstOrDefault(f => ImageCodec.Reads(f) && !names.Contains(f)) is { } other)
        {
            throw new UsageException($"The folder '{path}' holds '{other}' and maybe more pictures, which would be taken for some of these: name an empty folder, or remove them.");
        }

        Directory.CreateDirectory(path);
        var intensities = ImageGrid.Intensities(x, spec);
        for (var i = 0; i < count; i++)
        {
            Sampling.WritePicture(Path.Combine(path, names[i]), ImageScaling.FromPlanes(intensities.AsSpan(i * spec.Dimensions, spec.Dimensions), spec.Channels, spec.Width, spec.Height));
        }
    }

    public static void Check(string path, DataSpec spec)
    {
        if (!spec.IsImage)
        {
            throw new UsageException($"Data of {spec} has no pictures to put into the folder '{path}': name a file that ends in .csv, .npy or .npz.");
        }
    }
}

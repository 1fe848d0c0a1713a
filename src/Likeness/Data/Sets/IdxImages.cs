namespace Likeness;

/// <summary>Pairs of IDX files: images [n, height, width] and labels [n].</summary>
internal static class IdxImages
{
    /// <summary>Reads a pair and checks it.</summary>
    /// <exception cref="DataException">The files are damaged or do not belong together.</exception>
    public static ImageData Read(string imagesPath, string labelsPath, int classes)
    {
        var images = Idx.Read(imagesPath);
        if (images.Bytes is not { } pixels || images.Shape.Count != 3)
        {
            throw new DataException($"'{imagesPath}' has {images.Shape.Count} dimensions of {images.Values.GetType().Name[..^2]}: images are bytes in 3 dimensions.");
        }

        var labels = Idx.Read(labelsPath).ToLabels(labelsPath);
        if (labels.Length != images.Rows || labels.AsSpan().ContainsAnyExceptInRange(0, classes - 1))
        {
            throw new DataException(
                $"'{labelsPath}' has {labels.Length} labels and '{imagesPath}' {images.Rows} images: there must be one label 0 … {classes - 1} for each image.");
        }

        return new(pixels, [1, images.Shape[1], images.Shape[2]], labels);
    }
}

namespace Likeness;

/// <summary>
/// Image files in a folder or a ZIP archive. Top-level folders train, validation and test (or val, valid) divide them;
/// the folder inside is the class, where every image has one. With a metadata table (`metadata.csv` inside, or
/// `NAME.metadata.csv` beside `NAME.zip`) the set is the images that it lists.
/// </summary>
/// <param name="Name">The folder or archive.</param>
/// <param name="Files">The relative names, sorted, or in the metadata's order.</param>
/// <param name="Metadata">The metadata, whose rows go with Files; null where there is none.</param>
internal sealed record ImageFolder(string Name, IReadOnlyList<string> Files, Metadata? Metadata)
{
    private const long LargestFile = 256L << 20;
    private const int DeepestFolder = 8;
    private const long MostPixels = 64L << 20;

    /// <summary>Lists and decodes.</summary>
    /// <param name="path">A folder or a ZIP archive.</param>
    /// <param name="size">Side of the square to which images are brought; null where all have one size already.</param>
    /// <returns>What was found, and the pixels as bytes [n, channels, height, width]: grey only when all images are.</returns>
    /// <exception cref="DataException">No images, damaged ones, or ones of different sizes.</exception>
    public static (ImageFolder Folder, ImageData Images) Read(string path, int? size)
    {
        if (size is { } side)
        {
            ImageData.CheckSize(side);
        }

        if (Directory.Exists(path))
        {
            // Links may lead in circles: folders in folders end somewhere.
            var all = Directory.EnumerateFiles(path, "*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = DeepestFolder })
                .Select(file => Path.GetRelativePath(path, file).Replace('\\', '/')).ToList();
            var table = all.Contains("metadata.csv") ? Metadata.Read(Path.Combine(path, "metadata.csv")) : null;
            return Read(path, all, table, size, name =>
            {
                using var file = BoundedReader.Open(Path.Combine(path, name), LargestFile);
                return file.ReadToEnd();
            });
        }

        using var stream = Npz.OpenFile(path);
        using var zip = new ZipFiles(stream, path, LargestFile);
        var entries = zip.Entries.GroupBy(e => e.FullName).ToDictionary(g => g.Key, g => g.First());
        var beside = Path.ChangeExtension(path, ".metadata.csv");
        var metadata = entries.TryGetValue("metadata.csv", out var inside) ? zip.Read(inside, (s, label) => Metadata.Read(s, label))
            : File.Exists(beside) ? Metadata.Read(beside)
            : null;
        return Read(path, [.. entries.Keys], metadata, size, name => zip.ReadAllBytes(entries[name]));
    }

    private static (ImageFolder, ImageData) Read(string path, List<string> all, Metadata? metadata, int? size, Func<string, byte[]> read)
    {
        var present = all.Where(IsImage).ToHashSet(StringComparer.Ordinal);
        IReadOnlyList<string> files = metadata?.Column("file_name") ?? [.. present.Order(StringComparer.Ordinal)];
        if (files.FirstOrDefault(f => !present.Contains(f)) is { } missing)
        {
            throw new DataException($"'{path}' lacks the image '{missing}' that its metadata lists: add it or drop its row.");
        }

        if (files.Count == 0)
        {
            throw new DataException($"'{path}' has no images: {ImageCodec.Formats} are read.");
        }

        return (new(path, files, metadata), Pack(path, Decode(path, files, size, read)));
    }

    private static Image[] Decode(string path, IReadOnlyList<string> files, int? size, Func<string, byte[]> read)
    {
        var images = new Image[files.Count];
        // Archives are read by one thread; decoding, which is most of the work, is done by all.
        const int atOnce = 256;
        for (var from = 0; from < images.Length; from += atOnce)
        {
            var packed = files.Skip(from).Take(atOnce).Select(read).ToArray();
            var first = from;
            InParallel.For(packed.Length, i =>
            {
                try
                {
                    var image = ImageScaling.Opaque(ImageCodec.Decode(packed[i], 0, MostPixels));
                    images[first + i] = size is { } side ? ImageScaling.Square(image, side) : image;
                }
                catch (InvalidDataException e)
                {
                    throw new DataException($"'{path}/{files[first + i]}' is not a readable image ({e.Message.TrimEnd('.')}): mend or remove it.", e);
                }
            });
        }

        return images;
    }

    private static ImageData Pack(string path, Image[] images)
    {
        var first = images[0];
        if (Array.Find(images, i => (i.Width, i.Height) != (first.Width, first.Height)) is { } other)
        {
            throw new ImageSizesException(
                $"'{path}' has images of {first.Width}×{first.Height} and of {other.Width}×{other.Height} pixels: give a size to which all are brought.");
        }

        var channels = images.Max(i => i.Channels);
        var length = channels * first.Width * first.Height;
        if ((long)length * images.Length > Array.MaxLength)
        {
            throw new DataException($"'{path}' has {images.Length} images of {length} values, which do not fit in memory: give a smaller size.");
        }

        var pixels = new byte[images.Length * length];
        for (var i = 0; i < images.Length; i++)
        {
            ImageScaling.Planes(images[i], channels, pixels.AsSpan(i * length, length));
        }

        return new(pixels, [channels, first.Height, first.Width]);
    }

    private static bool IsImage(string name) => !Path.GetFileName(name).StartsWith('.') && ImageCodec.Reads(name);
}

namespace Likeness;

/// <summary>
/// Image files in a folder or a ZIP archive. Top-level folders train, validation and test (or val, valid) divide them;
/// the folder inside is the class, where every image has one. With metadata tables (<see cref="MetadataFiles"/>) the set is the images that they list.
/// </summary>
/// <param name="Name">The folder or archive.</param>
/// <param name="Files">The relative names, sorted, or in the metadata's order.</param>
/// <param name="Metadata">The metadata, whose rows go with Files; null where there is none.</param>
internal sealed record ImageFolder(string Name, IReadOnlyList<string> Files, Metadata? Metadata)
{
    private const long LargestFile = 256L << 20;
    private const int DeepestFolder = 8;
    private const long MostPixels = 64L << 20;
    private const int MostNamed = 10;

    /// <summary>What was left out, and why: a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; private init; } = [];

    /// <summary>The files that could not be read and were left out.</summary>
    public IReadOnlyList<string> Damaged { get; private init; } = [];

    /// <summary>Lists and decodes.</summary>
    /// <param name="path">A folder or a ZIP archive.</param>
    /// <param name="size">Side of the square to which images are brought; null where all have one size already.</param>
    /// <param name="skipDamaged">Whether files that cannot be read are left out.</param>
    /// <returns>What was found, and the pixels as bytes [n, channels, height, width]: grey only when all images are.</returns>
    /// <exception cref="DataException">No images, damaged ones, or ones of different sizes.</exception>
    public static (ImageFolder Folder, ImageData Images) Read(string path, int? size, bool skipDamaged)
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
            return Read(path, all, MetadataFiles.OfFolder(path, all), size, skipDamaged, name =>
            {
                using var file = BoundedReader.Open(Path.Combine(path, name), LargestFile);
                return file.ReadToEnd();
            });
        }

        using var stream = Npz.OpenFile(path);
        using var zip = new ZipFiles(stream, path, LargestFile);
        var entries = zip.Entries.GroupBy(e => e.FullName).ToDictionary(g => g.Key, g => g.First());
        return Read(path, [.. entries.Keys], MetadataFiles.OfArchive(path, zip, entries), size, skipDamaged, name => zip.ReadAllBytes(entries[name]));
    }

    private static (ImageFolder, ImageData) Read(string path, List<string> all, Metadata? metadata, int? size, bool skipDamaged, Func<string, byte[]> read)
    {
        var present = all.Where(IsImage).ToHashSet(StringComparer.Ordinal);
        IReadOnlyList<string> files = metadata?.Column("file_name") ?? [.. present.Order(StringComparer.Ordinal)];
        if (files.FirstOrDefault(f => !present.Contains(f)) is { } missing)
        {
            throw new DataException(all.Contains(missing) && !ImageCodec.Reads(missing)
                ? $"'{path}' lists '{missing}' in its metadata, which is of no kind that is read: {ImageCodec.Formats} are."
                : $"'{path}' lacks the image '{missing}' that its metadata lists: add it or drop its row.");
        }

        var notes = LeftOut(path, all, present, files).ToList();
        if (files.Count == 0)
        {
            throw new DataException($"'{path}' has no images: {ImageCodec.Formats} are read{(notes.Count > 0 ? ", and it holds other files only" : "")}.");
        }

        var (images, faults) = Decode(files, size, read);
        var damaged = Enumerable.Range(0, files.Count).Where(i => faults[i] is not null).ToList();
        if (damaged.Count > 0)
        {
            if (!skipDamaged)
            {
                var more = damaged.Count > 1 ? $", and {damaged.Count - 1} more are not" : "";
                throw new DataException($"'{path.TrimEnd('/')}/{files[damaged[0]]}' is not a readable image ({faults[damaged[0]]!.Message.TrimEnd('.')}){more}: repair or remove it, or leave such files out with {new Remedy.Option("SkipDamaged")}.");
            }

            notes.Add($"{damaged.Count} damaged pictures of '{path}' are left out: {Listed(damaged.Select(i => $"{files[i]} ({faults[i]!.Message.TrimEnd('.')})"), damaged.Count)}.");
            var whole = Enumerable.Range(0, files.Count).Where(i => faults[i] is null).ToList();
            var lost = damaged.ConvertAll(i => files[i]);
            metadata = metadata is null ? null : metadata with { Rows = whole.ConvertAll(i => metadata.Rows[i]) };
            (files, images) = (whole.ConvertAll(i => files[i]), [.. whole.Select(i => images[i])]);
            return files.Count > 0 ? (new(path, files, metadata) { Notes = notes, Damaged = lost }, Pack(path, images))
                : throw new DataException($"'{path}' has no images but damaged ones, such as '{lost[0]}' ({faults[0]!.Message.TrimEnd('.')}): get the files again.");
        }

        return (new(path, files, metadata) { Notes = notes }, Pack(path, images));
    }

    // Files that a person sees in the folder and would miss among the examples.
    private static IEnumerable<string> LeftOut(string path, List<string> all, HashSet<string> present, IReadOnlyList<string> files)
    {
        var others = all.Where(f => !present.Contains(f) && !IsHidden(f) && !MetadataFiles.IsOne(f)).ToList();
        if (others.Count > 0)
        {
            var kinds = others.GroupBy(f => Path.GetExtension(f).ToLowerInvariant()).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal)
                .Select(g => $"{g.Count()} {(g.Key.Length > 0 ? g.Key : "without an ending")}").ToList();
            yield return $"{others.Count} {(others.Count == 1 ? "file" : "files")} of '{path}' {(others.Count == 1 ? "is" : "are")} left out ({Listed(kinds, kinds.Count)}): {ImageCodec.Formats} are read.";
        }

        var unlisted = present.Count - files.Distinct().Count();
        if (unlisted > 0)
        {
            yield return $"{unlisted} {(unlisted == 1 ? "picture" : "pictures")} of '{path}' {(unlisted == 1 ? "is" : "are")} left out, because the metadata does not list {(unlisted == 1 ? "it" : "them")}.";
        }
    }

    private static string Listed(IEnumerable<string> names, int count) => string.Join(", ", names.Take(MostNamed)) + (count > MostNamed ? $", and {count - MostNamed} more" : "");

    private static (Image[] Images, InvalidDataException?[] Faults) Decode(IReadOnlyList<string> files, int? size, Func<string, byte[]> read)
    {
        var (images, faults) = (new Image[files.Count], new InvalidDataException?[files.Count]);
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
                    faults[first + i] = e;
                }
            });
        }

        return (images, faults);
    }

    private static ImageData Pack(string path, Image[] images)
    {
        var first = images[0];
        if (Array.Find(images, i => (i.Width, i.Height) != (first.Width, first.Height)) is { } other)
        {
            var least = images.Min(i => Math.Min(i.Width, i.Height));
            throw new ImageSizesException(
                $"'{path}' has images of {first.Width}×{first.Height} and of {other.Width}×{other.Height} pixels: bring all to one, for example with {new Remedy.Option("Size", least)}.");
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

    private static bool IsImage(string name) => !IsHidden(name) && ImageCodec.Reads(name);

    // What systems leave behind without being asked.
    private static bool IsHidden(string name) =>
        Path.GetFileName(name) is ['.', ..] or "Thumbs.db" or "desktop.ini" || name.Split('/')[..^1].Any(folder => folder is ['.', ..] or "__MACOSX");
}

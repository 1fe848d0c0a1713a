namespace Likeness;

/// <summary>One picture that is to be worked on.</summary>
/// <param name="Name">Its relative name without an ending, which what is made of it keeps.</param>
/// <param name="Label">Where it comes from, for messages.</param>
/// <param name="Read">Reads it; throws <see cref="DataException"/> or <see cref="InvalidDataException"/> where it cannot be read.</param>
/// <param name="Known">What is known about it, by column of a metadata table.</param>
public sealed record SourcePicture(string Name, string Label, Func<Image> Read, IReadOnlyDictionary<string, string> Known);

/// <summary>Pictures from files, folders, ZIP archives and data sets of images, one at a time.</summary>
public sealed class PictureSource : IDisposable
{
    private const long LargestFile = 256L << 20;
    private const long MostPixels = 64L << 20;
    private const int DeepestFolder = 8;
    private const int AtOnce = 256;

    private readonly List<IDisposable> _open = [];

    private PictureSource()
    {
    }

    /// <summary>All pictures, in the order of the inputs.</summary>
    public IReadOnlyList<SourcePicture> Pictures { get; private set; } = [];

    /// <summary>Lists the pictures of some inputs.</summary>
    /// <param name="inputs">Files, folders, archives and names of data sets.</param>
    /// <param name="split">Which part of data sets.</param>
    /// <param name="limit">At most so many of each input.</param>
    /// <param name="size">The side to which pictures of data sets are brought.</param>
    /// <param name="dataRoot">Where data files are looked for first.</param>
    /// <exception cref="LikenessException">An input is not there, or two pictures would have the same name.</exception>
    public static PictureSource Open(IReadOnlyList<string> inputs, Split split, int limit, int size, string? dataRoot)
    {
        var source = new PictureSource();
        try
        {
            source.Pictures = [.. inputs.SelectMany(input => source.List(input, split, size, dataRoot).Take(limit))];
        }
        catch
        {
            source.Dispose();
            throw;
        }

        if (source.Pictures.GroupBy(p => p.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Skip(1).Any())?.ToList() is { } same)
        {
            source.Dispose();
            throw new UsageException($"'{same[0].Label}' and '{same[1].Label}' would both be written as '{same[0].Name}.png': rename one, or work on them one after the other into different folders.");
        }

        return source;
    }

    public void Dispose() => _open.ForEach(o => o.Dispose());

    private IEnumerable<SourcePicture> List(string input, Split split, int size, string? dataRoot)
    {
        if (Directory.Exists(input))
        {
            var files = Directory.EnumerateFiles(input, "*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = DeepestFolder })
                .Select(f => Path.GetRelativePath(input, f).Replace('\\', '/')).Order(StringComparer.Ordinal).ToList();
            return Listed(input, files, MetadataFiles.OfFolder(input, files), name => ReadFile(Path.Combine(input, name)));
        }

        if (File.Exists(input))
        {
            return Path.GetExtension(input).ToLowerInvariant() switch
            {
                ".zip" => Archive(input),
                _ when ImageCodec.Reads(input) => [new(Path.GetFileNameWithoutExtension(input), input, () => Decode(ReadFile(input)), new Dictionary<string, string>())],
                _ => throw new DataException($"'{input}' is no picture: give {ImageCodec.Formats}, folders or ZIP archives of them, or the name of a data set."),
            };
        }

        return DatasetCatalog.BuiltIn.Any(e => e.Name == input)
            ? OfDataset(DatasetCatalog.Open(input, new(dataRoot, Protocols.Bytes, size)), split)
            : throw new DataException($"'{input}' is neither there as a file or folder nor the name of a data set ({new Remedy.Deed(Work.ListData)} lists them).");
    }

    private IEnumerable<SourcePicture> Archive(string path)
    {
        var stream = Npz.OpenFile(path);
        _open.Add(stream);
        var zip = new ZipFiles(stream, path, LargestFile);
        _open.Add(zip);
        var entries = zip.Entries.GroupBy(e => e.FullName).ToDictionary(g => g.Key, g => g.First());
        var table = MetadataFiles.OfArchive(path, zip, entries);
        return Listed(path, [.. entries.Keys.Order(StringComparer.Ordinal)], table, name => zip.ReadAllBytes(entries[name]));
    }

    private static IEnumerable<SourcePicture> Listed(string input, List<string> files, Metadata? table, Func<string, byte[]> read)
    {
        var names = table?.Column("file_name");
        var known = names?.Select((name, row) => (name, row)).DistinctBy(n => n.name).ToDictionary(n => n.name,
            n => (IReadOnlyDictionary<string, string>)table!.Columns.Select((column, c) => (column, cell: table.Rows[n.row][c])).Where(c => c.column != "file_name").DistinctBy(c => c.column).ToDictionary(c => c.column, c => c.cell));
        var pictures = files.Where(f => ImageCodec.Reads(f) && !Path.GetFileName(f).StartsWith('.')).ToList();
        return pictures.Count > 0
            ? pictures.Select(f => new SourcePicture(Path.ChangeExtension(f, null), $"{input}/{f}", () => Decode(read(f)), known?.GetValueOrDefault(f) ?? new Dictionary<string, string>()))
            : throw new DataException($"'{input}' has no pictures: {ImageCodec.Formats} are read.");
    }

    // Numbered as in the split; labels and attributes are kept by their names.
    private static IEnumerable<SourcePicture> OfDataset(IDataset data, Split split)
    {
        if (!data.Spec.IsImage)
        {
            throw new DataException($"'{data.Name}' is {data.Spec} and has no pictures: choose images.");
        }

        var word = split.Word();
        var known = Columns(data, split);
        var pages = new Pages(data.As<Batch>(), split);
        return Enumerable.Range(0, data.Count(split)).Select(i => new SourcePicture($"{word}-{i:D5}", $"{data.Name} {word} {i}", () => pages[i],
            known.Select(c => (c.Name, Cell: c.Cells[i])).Append((Name: "split", Cell: word)).ToDictionary(c => c.Name, c => c.Cell)));
    }

    private static List<(string Name, string[] Cells)> Columns(IDataset data, Split split)
    {
        return Chain.Value(() =>
        {
            var columns = new List<(string, string[])>();
            if (data.TryAs<LabelledBatch>() is { } labelled && data.ClassNames is { Count: > 0 } names)
            {
                columns.Add(("label", [.. labelled.Read(split, AtOnce).SelectMany(b => b.Labels.ToArray<long>()).Select(l => names[(int)l])]));
            }

            var groups = data.Spec.Attributes;
            if (data.TryAs<AttributedBatch>() is { } attributed && groups.Any(g => g.Name != "class"))
            {
                var values = attributed.Read(split, AtOnce).SelectMany(b => b.Attributes.ToArray<long>().Chunk(groups.Count)).ToArray();
                columns.AddRange(groups.Select((g, a) => (g.Name, Array.ConvertAll(values, row => g.Values[(int)row[a]]))));
            }

            return columns;
        });
    }

    private static byte[] ReadFile(string path)
    {
        using var file = BoundedReader.Open(path, LargestFile);
        return file.ReadToEnd();
    }

    private static Image Decode(byte[] file) => ImageScaling.Opaque(ImageCodec.Decode(file, 0, MostPixels));

    // Pictures are asked for in order: a page of them is read at a time.
    private sealed class Pages(IDataset<Batch> data, Split split)
    {
        private IEnumerator<Batch>? _batches;
        private float[] _page = [];
        private int _next;

        public Image this[int i]
        {
            get
            {
                if (_batches is null || i < _next - AtOnce)
                {
                    (_batches, _next) = (data.Read(split, AtOnce).GetEnumerator(), 0);
                }

                while (i >= _next && Chain.Value(() => Turned(_batches)))
                {
                }

                var (spec, area) = (data.Spec, data.Spec.Height * data.Spec.Width);
                var pixels = new byte[spec.Channels * area];
                for (var p = 0; p < pixels.Length; p++)
                {
                    pixels[p] = (byte)_page[(i % AtOnce * pixels.Length) + (p % spec.Channels * area) + (p / spec.Channels)];
                }

                return new(spec.Width, spec.Height, spec.Channels, pixels);
            }
        }

        private bool Turned(IEnumerator<Batch> batches)
        {
            if (!batches.MoveNext())
            {
                return false;
            }

            (_page, _next) = (batches.Current.X.ToArray<float>(), _next + AtOnce);
            return true;
        }
    }
}

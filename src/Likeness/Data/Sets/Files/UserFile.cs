namespace Likeness;

/// <summary>Opens whatever the user points at, by the name's ending (before `.gz`).</summary>
internal static class UserFile
{
    private const string Endings = ".npy, .npz, .csv, .tsv, .txt, .data, .amat, .idx, -ubyte, .zip (each but the archives also with .gz) or a folder of images";

    public static IDataset Open(string path, DataOptions options)
    {
        var name = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        return Directory.Exists(path) ? UserImages.Open(path, options)
            : !File.Exists(path) ? throw new DataException($"'{path}' does not exist: give the name of a data set ({new Remedy.Deed(Work.ListData)} lists them), a file or a folder of images.")
            : Path.GetExtension(name).ToLowerInvariant() switch
            {
                ".npy" => FromArray(path, Npy.Read(path), null, options),
                ".npz" => FromArchive(path, options),
                ".csv" or ".tsv" or ".txt" or ".data" or ".amat" => FromTable(path, options),
                ".idx" => FromArray(path, Idx.Read(path), null, options),
                ".zip" => UserImages.Open(path, options),
                _ when name.Contains("-ubyte", StringComparison.Ordinal) => FromIdx(path, options),
                _ => throw new DataException($"'{path}' is of no kind that is read: use {Endings}."),
            };
    }

    // Labels lie beside images under the name that MNIST's files have.
    private static IDataset FromIdx(string path, DataOptions options)
    {
        var folder = Path.GetDirectoryName(path) ?? "";
        var beside = Path.Combine(folder, Path.GetFileName(path).Replace("images-idx3", "labels-idx1", StringComparison.Ordinal));
        var labels = beside != path && File.Exists(beside) ? Idx.Read(beside).ToLabels(beside) : null;
        return FromArray(path, Idx.Read(path), labels, options);
    }

    private static IDataset FromArchive(string path, DataOptions options)
    {
        var arrays = Npz.Read(path);
        var x = Named("X", "x", "data", "images", "arr_0") ?? (arrays.Count == 1 ? arrays[0].Array : null)
            ?? throw new DataException($"'{path}' has the arrays {string.Join(", ", arrays.Select(a => a.Name))}: name the one with the examples X.");
        return FromArray(path, x, Named("y", "Y", "labels", "label", "arr_1")?.ToLabels(path), options);

        NumericArray? Named(params string[] names) =>
            names.Select(n => arrays.FirstOrDefault(a => a.Name == n).Array).FirstOrDefault(a => a is not null);
    }

    // A column named label or class holds the labels.
    private static IDataset FromTable(string path, DataOptions options)
    {
        var table = TextTable.Read(path);
        var (rows, columns) = (table.Values.Rows, table.Values.RowLength);
        var column = table.Columns?.Select((name, i) => (name, i)).Where(c => c.name is "label" or "class").Select(c => c.i).DefaultIfEmpty(-1).First() ?? -1;
        if (column < 0 || columns == 1)
        {
            return UserTable.Open(path, table.Values, table.Columns, null, options);
        }

        var values = table.Values.ToSingles(path);
        var labels = new float[rows];
        var rest = new float[rows * (columns - 1)];
        for (int i = 0, to = 0; i < values.Length; i++)
        {
            if (i % columns == column)
            {
                labels[i / columns] = values[i];
            }
            else
            {
                rest[to++] = values[i];
            }
        }

        return UserTable.Open(path, new(rest, [rows, columns - 1]), [.. table.Columns!.Where((_, i) => i != column)], new NumericArray(labels, [rows]).ToLabels(path), options);
    }

    // Bytes in the shape of images are images; everything else is a table or an array of numbers.
    private static IDataset FromArray(string path, NumericArray array, int[]? labels, DataOptions options)
    {
        var shape = array.Shape;
        if (array.Bytes is not { } bytes || shape.Count is < 3 or > 4 || (shape.Count == 4 && shape[1] is not (1 or 3) && shape[3] is not (1 or 3)))
        {
            return UserTable.Open(path, array, null, labels, options);
        }

        if (bytes.Length == 0 || (labels is not null && labels.Length != shape[0]))
        {
            throw new DataException($"'{path}' has {shape[0]} images of {string.Join('x', shape.Skip(1))} and {labels?.Length ?? 0} labels: there must be at least one image, and one label for each or none.");
        }

        var images = shape.Count == 3 ? new ImageData(bytes, [1, shape[1], shape[2]], labels)
            : shape[3] is 1 or 3 ? ImageData.Interleaved(bytes, shape, labels)
            : new ImageData(bytes, [shape[1], shape[2], shape[3]], labels);
        var splits = Allotment.Of(images.Count, options);
        images = images.InColours(options.For);
        if (labels is null)
        {
            return Dataset(images, [], []);
        }

        var words = ClassLabels.Words(labels);
        (splits, var classes, var notes) = ClassLabels.Of(words, splits[0], options.KnownClasses).Settle(path, splits, words, options.KnownClasses is not null);
        return Dataset(images with { Labels = classes?.Numbers }, classes?.Names ?? [], notes);

        IDataset Dataset(ImageData all, IReadOnlyList<string> classNames, IReadOnlyList<string> notes) =>
            ImageData.Dataset(path, options, classNames, all.Choose(splits[0]), all.Choose(splits[1]), all.Choose(splits[2]), notes);
    }
}

namespace Likeness;

/// <summary>Opens whatever the user points at, by the name's ending (before `.gz`).</summary>
internal static class UserFile
{
    private const string Endings = ".npy, .npz, .csv, .tsv, .txt, .data, .amat, .ts, .idx, -ubyte, .zip (each but the archives also with .gz), a folder of images, or one with train.csv";

    public static IDataset Open(string path, DataOptions options)
    {
        if (!Path.Exists(path))
        {
            throw new DataException($"'{path}' does not exist: give the name of a data set ({new Remedy.Deed(Work.ListData)} lists them), a file or a folder of images.");
        }

        IReadOnlyList<(Split, string)> splits = Directory.Exists(path) ? SheetFiles.InFolder(path)
            : options.Table is { } table && (table.Validation ?? table.Test) is not null ? [(Split.Train, path), .. Named(Split.Validation, table.Validation), .. Named(Split.Test, table.Test)]
            : [];
        if (splits.Count > 0)
        {
            return FromSheet(SheetFiles.Joined(path, splits, options), options);
        }

        if (!Directory.Exists(path) && SheetFiles.IsSheet(path))
        {
            return FromSheet(SheetFiles.Read(path, options), options);
        }

        if (options.Table is not null && options.For is null)
        {
            throw new UsageException($"'{path}' is no table, which alone has columns: what is said about columns, rows or further files holds for tables; leave it out.");
        }

        return Directory.Exists(path) || SheetFiles.Ending(path) == ".zip" ? UserImages.Open(path, options)
            : SheetFiles.Ending(path) == ".idx" || path.Contains("-ubyte", StringComparison.Ordinal) ? FromIdx(path, options)
            : throw new DataException($"'{path}' is of no kind that is read: use {Endings}.");

        static (Split, string)[] Named(Split split, string? file) => file is null ? [] : [(split, file)];
    }

    // Labels lie beside images under the name that MNIST's files have.
    private static IDataset FromIdx(string path, DataOptions options)
    {
        var folder = Path.GetDirectoryName(path) ?? "";
        var beside = Path.Combine(folder, Path.GetFileName(path).Replace("images-idx3", "labels-idx1", StringComparison.Ordinal));
        var labels = beside != path && File.Exists(beside) ? ClassLabels.Of(beside, Idx.Read(beside)) : null;
        return FromSheet(new(path, Idx.Read(path), null) { Labels = labels }, options);
    }

    // Bytes in the shape of images are images; everything else is a table or an array of numbers.
    private static IDataset FromSheet(Sheet sheet, DataOptions options)
    {
        var shape = sheet.Values.Shape;
        if (sheet.Values.Bytes is not { } bytes || shape.Count is < 3 or > 4 || (shape.Count == 4 && shape[1] is not (1 or 3) && shape[3] is not (1 or 3)))
        {
            return UserTable.Open(sheet, options);
        }

        if (bytes.Length == 0 || (sheet.Labels is { } all && all.Count != shape[0]))
        {
            throw new DataException($"'{sheet.Name}' has {shape[0]} images of {string.Join('x', shape.Skip(1))} and {sheet.Labels?.Count ?? 0} labels: there must be at least one image, and one label for each or none.");
        }

        var images = shape.Count == 3 ? new ImageData(bytes, [1, shape[1], shape[2]], null)
            : shape[3] is 1 or 3 ? ImageData.Interleaved(bytes, shape, null)
            : new ImageData(bytes, [shape[1], shape[2], shape[3]], null);
        var (splits, classes, notes) = UserTable.Labelled(sheet, Allotment.Of(images.Count, sheet.Parts, options), options);
        images = images.InColours(options.For) with { Labels = classes?.Numbers };
        return ImageData.Dataset(sheet.Name, options, classes?.Names ?? [], images.Choose(splits[0]), images.Choose(splits[1]), images.Choose(splits[2]), notes);
    }
}

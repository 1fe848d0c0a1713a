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
            : ImageCodec.Reads(path) ? throw new DataException($"'{path}' is one picture: give a folder or a ZIP archive of pictures, one for each example.")
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

    private static IDataset FromSheet(Sheet sheet, DataOptions options) => UserArray.Open(
        sheet.Columns is { } names && sheet.Shape is null && PixelColumns.Shape(names) is { } shape ? sheet with { Values = sheet.Values with { Shape = [sheet.Rows, .. shape] }, Columns = null, Shape = shape } : sheet,
        options);
}

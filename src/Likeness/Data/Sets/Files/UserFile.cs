namespace Likeness;

/// <summary>Opens whatever the user points at, by the name's ending (before `.gz`).</summary>
internal static class UserFile
{
    private const string Endings = ".npy, .npz, .csv, .tsv, .txt, .data, .amat, .parquet, .db, .sqlite, .ts, .idx, -ubyte, .zip (each but the archives also with .gz), a folder of images, or one with train.csv";

    public static IDataset Open(string path, DataOptions options)
    {
        if (!Path.Exists(path))
        {
            throw new DataException($"'{path}' does not exist: give the name of a data set ({new Remedy.Deed(Work.ListData)} lists them), a file or a folder of images.");
        }

        if (options.For is null)
        {
            SqliteCells.CheckAsked(path, options.Table?.Query);
        }

        var hasTypes = SheetFiles.Ending(path) == ".parquet" || SqliteCells.Reads(path);
        if (options.Protocol is { } asked ? Protocols.OfSchemas.Contains(asked) : options.Table?.Schema is not null || hasTypes)
        {
            return options.Table is not { Static.Count: > 0 } ? Mixed(path, options)
                : throw StaticFeatures.OfNoSeries(path, options.Protocol);
        }

        if (hasTypes)
        {
            throw new UsageException($"'{path}' is read as a mixed table and not under the protocol '{options.Protocol}': choose a model of such tables ({new Remedy.Models(new([2], new Domain.Mixed([0, 2])))}), or write its numbers to a CSV file.");
        }

        try
        {
            return OpenNumbers(path, options);
        }
        catch (DataException e) when (e.IsOfCell && options is { Protocol: null, For: null, Like: null, Table: null or { SeriesColumn: null, RowsAreSeries: false, Static.Count: 0 } })
        {
            return MixedOr(path, options, e);
        }
        catch (DataException e) when (e.IsOfCell && options is { For: null, Table: { Static.Count: > 0, RowsAreSeries: false, OfWorld: false } } && (options.Protocol is null || !Protocols.OfSeries.Contains(options.Protocol)))
        {
            // What its cells hold matters once it is known for what they are read.
            throw StaticFeatures.OfNoSeries(path, options.Protocol);
        }
    }

    private static IDataset OpenNumbers(string path, DataOptions options)
    {

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

    // Where columns of numbers alone do not explain the cells, others may: words, dates. What they do not explain either is what was wrong at first, unless rows lack.
    private static IDataset MixedOr(string path, DataOptions options, DataException numbers)
    {
        try
        {
            var data = Mixed(path, options);
            return data.Origin.Fit.Schema is { } schema && schema.Columns.Count > 1 && schema.Columns.Any(c => c is { IsCategory: true, Values.Count: > 1 } or { Kind: ColumnKind.Date or ColumnKind.Text })
                ? data
                : throw numbers;
        }
        catch (DataException e) when (!e.IsOfRows)
        {
            throw numbers;
        }
    }

    private static IDataset Mixed(string path, DataOptions options)
    {
        IReadOnlyList<(Split, string)> inFolder = Directory.Exists(path) ? SheetFiles.InFolder(path) : [];
        IReadOnlyList<(Split?, string)> files = inFolder.Count > 0 ? [.. inFolder.Select(f => ((Split?)f.Item1, f.Item2))]
            : Directory.Exists(path) ? throw new DataException($"'{path}' is a folder without train.csv: give a table.")
            : options.Table is { Validation: null, Test: null } or null ? [(null, path)]
            : [(Split.Train, path), .. options.Table.Validation is { } v ? new (Split?, string)[] { (Split.Validation, v) } : [], .. options.Table.Test is { } t ? new (Split?, string)[] { (Split.Test, t) } : []];
        foreach (var (_, file) in files)
        {
            if (!File.Exists(file))
            {
                throw new DataException($"'{file}' does not exist: give a table.");
            }

            if (!CellTable.Reads(file))
            {
                throw new DataException($"'{file}' is no table of cells: mixed tables are read from .csv, .tsv, .txt, .data (also .gz), .parquet, .db, .db3, .sqlite and .sqlite3 files.");
            }
        }

        return MixedTable.Open(path, files, options);
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

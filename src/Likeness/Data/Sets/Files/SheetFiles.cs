namespace Likeness;

/// <summary>Rows of numbers from one file, or from several that are the splits of one data set.</summary>
internal static class SheetFiles
{
    private static readonly string[] s_examples = [ArrayDescription.Examples, "x", "data", "images", "arr_0"];
    private static readonly string[] s_labels = [ArrayDescription.Labels, "Y", "labels", "label", "target", "targets", "arr_1"];
    private static readonly string[] s_endings = [".csv", ".tsv", ".txt", ".data", ".amat", ".npy", ".npz", ".ts"];

    /// <summary>The ending of a name, without `.gz`.</summary>
    public static string Ending(string path) => Path.GetExtension(path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path).ToLowerInvariant();

    /// <summary>Whether rows of numbers are read from files of this name.</summary>
    public static bool IsSheet(string path) => s_endings.Contains(Ending(path));

    /// <summary>The files of a folder that are called train, validation and test; none where it has no such table to train on.</summary>
    /// <exception cref="DataException">A split is there twice.</exception>
    public static IReadOnlyList<(Split Split, string Path)> InFolder(string folder)
    {
        var found = Directory.EnumerateFiles(folder).Where(IsSheet).Order(StringComparer.Ordinal)
            .Select(path => (Split: Sheet.SplitOf(Path.GetFileName(path).Split('.')[0]), Path: path)).Where(f => f.Split is not null)
            .Select(f => (Split: f.Split!.Value, f.Path)).OrderBy(f => f.Split).ToArray();
        return found.GroupBy(f => f.Split).FirstOrDefault(g => g.Skip(1).Any()) is { } twice
            ? throw new DataException($"'{folder}' has {string.Join(" and ", twice.Select(f => $"'{Path.GetFileName(f.Path)}'"))} for the {twice.Key.Word()} split: leave one of them.")
            : found.Any(f => f.Split == Split.Train) ? found : [];
    }

    /// <summary>The splits of one data set as one sheet.</summary>
    public static Sheet Joined(string name, IReadOnlyList<(Split Split, string Path)> files, DataOptions options) =>
        Sheet.Joined([.. files.Select(f => (f.Split, Read(f.Path, options)))]) with { Name = name };

    /// <summary>One file, as it is.</summary>
    /// <exception cref="DataException">The file is of another kind, or damaged.</exception>
    public static Sheet Read(string path, DataOptions options) => !File.Exists(path)
        ? throw new DataException($"'{path}' does not exist: give a table.")
        : Ending(path) switch
        {
            ".npy" => Npy.Read(path) is var array && array.Values is string[] ? throw new DataException($"'{path}' holds text: only numbers can be learned from.") : Named(new(path, array, null), options),
            ".npz" => Archive(path, options),
            ".ts" => options.Table is { Static.Count: > 0 } ? throw new UsageException($"'{path}' has no columns: static features ({new Remedy.Option("Static")}) are columns of text tables.") : TsText.Read(path),
            ".csv" or ".tsv" or ".txt" or ".data" or ".amat" => Sheet.Of(path, TextTable.Read(path, TableReading.Of(options)), options.For is null ? options.Table?.Only : null),
            _ => throw new DataException($"'{path}' is no table: use {string.Join(", ", s_endings)}."),
        };

    // Arrays X and y, or those of each split: X_train, X_test, train, test, train_labels, …
    private static Sheet Archive(string path, DataOptions options)
    {
        var description = ArrayDescription.Of(Npz.Read(path), out var arrays);
        var splits = arrays.Select(a => (Split: SplitOf(a.Name, out var rest), Kind: rest, a.Array)).Where(a => a.Split is not null)
            .GroupBy(a => a.Split!.Value).OrderBy(g => g.Key).Select(g => (Split: g.Key,
                X: g.FirstOrDefault(a => a.Kind.Length == 0 || s_examples.Contains(a.Kind)).Array, Y: g.FirstOrDefault(a => s_labels.Contains(a.Kind)).Array)).Where(s => s.X is not null).ToList();
        if (splits.Any(s => s.Split == Split.Train))
        {
            return Sheet.Joined([.. splits.Select(s => (s.Split, Named(Labelled(s.X, s.Y), options)))]) with { Name = path };
        }

        var x = First(s_examples) ?? (arrays.Count == 1 ? arrays[0].Array : null)
            ?? throw new DataException($"'{path}' has the arrays {string.Join(", ", arrays.Select(a => a.Name).DefaultIfEmpty("(none)"))}: name the one with the examples X.");
        // A name that nobody foresaw is that of the labels where no other array can be meant.
        var others = arrays.Where(a => !ReferenceEquals(a.Array, x) && a.Array.Shape is [var count] && count == x.Rows).ToList();
        return Named(description.Tell(Labelled(x, First(s_labels) ?? (others.Count == 1 ? others[0].Array : null))), options);

        NumericArray? First(string[] names) => names.Select(n => arrays.FirstOrDefault(a => a.Name == n).Array).FirstOrDefault(a => a is not null);

        Sheet Labelled(NumericArray examples, NumericArray? labels) => examples.Values is string[] ? throw new DataException($"'{path}' holds text where the examples should be: give numbers in X, and words in y only.") : new(path, examples, null) { Labels = labels is null ? null : ClassLabels.Of(path, labels) };
    }

    private static Split? SplitOf(string name, out string rest)
    {
        var words = name.Split('_');
        var place = Array.FindIndex(words, w => Sheet.SplitOf(w) is not null);
        rest = string.Join('_', words.Where((_, i) => i != place));
        return place < 0 ? null : Sheet.SplitOf(words[place]);
    }

    // Of an array without names the columns are x1, x2, …; some may be chosen.
    private static Sheet Named(Sheet sheet, DataOptions options)
    {
        var table = options.Table;
        if (table is null || (table.Columns.Count == 0 && table.Drop.Count == 0 && table.Static.Count == 0 && (table.LabelColumn ?? table.SplitColumn ?? table.SeriesColumn ?? table.Only) is null))
        {
            return sheet;
        }

        if (sheet.Values.Shape.Count != 2 || table.Static.Count > 0 || (table.LabelColumn ?? table.SplitColumn ?? table.SeriesColumn ?? table.Only) is not null)
        {
            throw new UsageException($"'{sheet.Name}' has no columns with words in them: labels, splits, series and static features are told by columns of text tables only.");
        }

        string[] names = [.. Enumerable.Range(1, sheet.Values.RowLength).Select(i => $"x{i}")];
        if (table.Columns.Concat(table.Drop).FirstOrDefault(n => !names.Contains(n)) is { } unknown && options.For is null)
        {
            throw UsageException.Unknown($"column of '{sheet.Name}'", unknown, names);
        }

        var kept = Enumerable.Range(0, names.Length).Where(i => !table.Drop.Contains(names[i]) && (table.Columns.Count == 0 || table.Columns.Contains(names[i]))).ToArray();
        return sheet with { Values = sheet.Values.Columns(kept), Columns = [.. kept.Select(i => names[i])] };
    }
}

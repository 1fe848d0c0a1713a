namespace Likeness;

/// <summary>The data sets that have a name, and the way to open them or the user's own files.</summary>
public static class DatasetCatalog
{
    /// <summary>Every built-in data set.</summary>
    public static IReadOnlyList<DatasetEntry> BuiltIn { get; } =
    [
        Mnist.Entry,
        Mnist.Fashion,
        BinarizedMnist.Entry,
        StackedMnist.Entry,
        Usps.Entry,
        Cifar10.Entry,
        Cifar10Sample.Entry,
        .. Debd.Entries,
        .. Uci.Entries,
        AdultIncome.Entry,
        People.Entry,
        .. AdBench.Entries,
        .. Shapes.Entries,
        .. Toys.Entries,
        .. TimeSeries.Entries,
        .. Experience.Entries,
    ];

    /// <summary>The entry of a built-in data set.</summary>
    /// <exception cref="UsageException">There is none of this name.</exception>
    public static DatasetEntry Find(string name) =>
        BuiltIn.FirstOrDefault(e => e.Name == name) ?? throw Unknown(name);

    /// <summary>
    /// Opens a built-in data set by its name, or else the user's own data by a path: a file (.npy, .npz, .csv, .tsv, .txt, .data,
    /// .amat, IDX, Parquet, SQLite), a folder of images, or a ZIP archive of them. A path is anything that exists, has a separator, or an ending. Several of
    /// images, joined as "mnist::usps", are one whose classes they are: domains; joined as "a++b", one with the attributes of both.
    /// </summary>
    /// <exception cref="UsageException">The name or the protocol is unknown.</exception>
    /// <exception cref="DataException">Files are missing or damaged.</exception>
    public static IDataset Open(string name, DataOptions? options = null)
    {
        options ??= DataOptions.Default;
        if (SqliteCells.Reads(name) && options.Table?.Query is null)
        {
            // By its name the table is found again when the database has others, too.
            options = options with { Table = (options.Table ?? new()) with { Query = SqliteCells.Only(name) } };
        }

        var data = OpenWhole(name, options);
        if (data is MemoryDataset memory)
        {
            data = memory.Opened(new(Rooted(name), data.Protocol)
            {
                Size = options.Size,
                Root = options.DataRoot is { } root ? Path.GetFullPath(root) : null,
                Labels = options.Labels,
                Disjoint = options.Disjoint,
                Table = options.Table is { } table ? table with { Validation = Whole(table.Validation), Test = Whole(table.Test) } : null,
                SkipDamaged = options.SkipDamaged,
                HoldOut = options.HoldOut,
            });
        }

        if (options.HoldOut is { } share)
        {
            data = HeldOut.Of(data, share);
        }

        return options.Labels is not { } labels ? data
            : data is MemoryDataset { Splits.AreLabelled: true } labelled ? labelled.WithLabels(labels)
            : throw new UsageException($"The data set '{data.Name}' has no class labels, of which {labels} could be kept: leave the number of labels out, or choose labelled data.");
    }

    /// <summary>
    /// Opens data for a model to learn from. Where protocol or size are left open and the data's own will not do, it is opened with what the model's need
    /// names, and a note of its origin says so.
    /// </summary>
    /// <inheritdoc cref="Open"/>
    public static IDataset OpenFor(IRecipe recipe, string name, DataOptions? options = null)
    {
        options ??= DataOptions.Default;
        var need = recipe.Need;
        IDataset data;
        try
        {
            data = Open(name, options);
        }
        catch (DataException e) when (e.IsOfCell && options.Protocol is null && (need.IsForImages || need.Protocol == Protocols.Mixed))
        {
            // Whoever wants no columns of numbers is not to be told how to make some.
            return need.IsForImages ? throw IsTable("a table", new([1], new Domain.Mixed([0]))) : Open(name, options with { Protocol = Protocols.Mixed });
        }

        if (need.IsForImages && data.Spec.Shape.Count == 1)
        {
            throw IsTable($"a table ({data.Spec})", data.Spec);
        }

        if (data.Spec.Shape.Count == 1 && Path.Exists(name) && Allotment.TooFew(name, Enum.GetValues<Split>().Sum(data.Count), data.Count(Split.Train)) is { } few)
        {
            throw few;
        }

        if (need.Accepts(data.Spec))
        {
            return data;
        }

        if (data.Spec.Domain is Domain.Mixed && options.Protocol is null && need.Protocol != Protocols.Mixed)
        {
            // Models of levels see the ranges of numbers; for others a table has to be one of numbers, and the complaint says where it is not.
            return need.Accepts(data.Spec with { Domain = new Domain.Categorical(2) }) && data.Origin.Fit.Schema is not null
                ? Noted(Open(name, options with { Protocol = Protocols.Discretised }), $"{recipe.Name} needs {need.Description}: numbers of {name} are read as ranges (protocol '{Protocols.Discretised}').")
                : Open(name, options with { Protocol = Protocols.Reals });
        }

        if (need.Protocol is { } protocol && options.Protocol is null)
        {
            try
            {
                return Noted(Open(name, options with { Protocol = protocol }), $"{recipe.Name} needs {need.Description}: reading {name} under the protocol '{protocol}'.");
            }
            catch (LikenessException e)
            {
                // The data is of another kind, and what is wrong is not the protocol, of which nobody has spoken.
                throw new UsageException($"The model '{recipe.Name}' needs {need.Description}, and '{name}' is {data.Spec}, which cannot be read as such: choose a model for such data ({new Remedy.Deed(Work.ListModels)} says what each needs), or other data.", e);
            }
        }

        return need.Size?.Invoke(data.Spec) is { } side && options.Size is null
            ? Noted(Open(name, options with { Size = side }), $"Warning: {recipe.Name} needs {need.Description}, and {name} is {data.Spec}: its images are brought to {side}x{side}.")
            : data;

        static IDataset Noted(IDataset data, string note) => data is MemoryDataset memory ? memory.Noted(note) : data;

        UsageException IsTable(string what, DataSpec spec) =>
            new($"The model '{recipe.Name}' needs {need.Description}, and '{name}' is {what}: choose a model of tables ({new Remedy.Models(spec)}), or give pictures.");
    }

    /// <summary>The same data by a name that holds wherever the program runs: paths become absolute.</summary>
    public static string Rooted(string name)
    {
        var (parts, separator) = Parts(name);
        return string.Join(separator, parts.Select(part => Path.Exists(part) ? Path.GetFullPath(part) : part));
    }

    private static string? Whole(string? path) => path is null ? null : Path.GetFullPath(path);

    /// <summary>The data sets that a name joins, and how.</summary>
    private static (string[] Names, string Separator) Parts(string name)
    {
        var separator = Array.Find([JoinedDomains.Separator, JoinedAttributes.Separator], s => name.Contains(s, StringComparison.Ordinal) && !Path.Exists(name));
        var parts = separator is null ? [name] : name.Split(separator);
        return !parts.Contains("") ? (parts, separator ?? "")
            : throw new UsageException($"'{name}' lacks the name of a data set: write NAME{separator}NAME.");
    }

    private static IDataset OpenWhole(string name, DataOptions options)
    {
        var (parts, separator) = Parts(name);
        if (separator == JoinedDomains.Separator)
        {
            return JoinedDomains.Open(parts, options.Disjoint, part => OpenOne(part, options with { ByName = true }));
        }

        if (options.Disjoint)
        {
            throw new UsageException($"'{name}' is one data set, and things can only be divided among several: leave the division out, or give domains as NAME::NAME.");
        }

        return separator == JoinedAttributes.Separator ? JoinedAttributes.Open(parts, part => OpenOne(part, options)) : OpenOne(name, options);
    }

    private static IDataset OpenOne(string name, DataOptions options)
    {
        if (BuiltIn.FirstOrDefault(e => e.Name == name) is { } entry)
        {
            if (options.Table is not null && options.For is null)
            {
                throw new UsageException($"'{name}' is a built-in data set, whose columns and splits are its own: what is said about columns, rows or further files holds for tables of yours; leave it out.");
            }

            if (options.Download)
            {
                using var client = new HttpClient();
                new Download(client).FetchAsync(entry, options).GetAwaiter().GetResult();
            }

            return entry.Load(new DataFiles(entry, options), options);
        }

        return Path.Exists(name) || name.Contains(Path.DirectorySeparatorChar) || Path.HasExtension(name)
            ? UserFile.Open(name, options)
            : throw Unknown(name);
    }

    private static UsageException Unknown(string name)
    {
        var list = new Remedy.Deed(Work.ListData);
        return NearNames.Of(name, BuiltIn.Select(e => e.Name)).Count > 0 ? UsageException.Unknown("data set", name, BuiltIn.Select(e => e.Name), list)
            : new($"There is no data set, file or folder '{name}': check the path, or choose one of the {BuiltIn.Count} data sets that {list} shows.");
    }
}

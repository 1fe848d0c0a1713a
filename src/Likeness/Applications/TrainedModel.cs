using System.Text.Json.Nodes;

namespace Likeness;

/// <summary>The model of a run, ready to be asked.</summary>
/// <param name="Folder">The run.</param>
/// <param name="Recipe">How it was made.</param>
/// <param name="Model">With the weights of the last checkpoint.</param>
/// <param name="Step">How many steps it was trained.</param>
public sealed record TrainedModel(RunFolder Folder, IRecipe Recipe, Module Model, long Step)
{
    /// <summary>The options that were chosen anew for it, by their names with dots; null where none were.</summary>
    public JsonObject? Chosen { get; init; }

    /// <summary>The same as people type them, such as "sampler.kind=heun sampler.steps=30"; null where none were.</summary>
    public string? ChosenText => Chosen is { } chosen ? LaterOptions.Text(chosen) : null;

    /// <summary>What other databases are asked, a SELECT or the name of a table; null for what the run's own was asked, or the only table.</summary>
    public string? Query { get; init; }

    public DataSpec Spec => Folder.Record.Data.Spec;

    /// <summary>The model as what answers a question.</summary>
    /// <exception cref="UsageException">It cannot be asked that.</exception>
    public T Require<T>() where T : class => Capabilities.Require<T>(Model, Recipe.Name);

    /// <summary>Opens the model of the run in a folder.</summary>
    /// <exception cref="LikenessException">There is no run, its model is unknown, or its files are damaged.</exception>
    /// <param name="path">The folder.</param>
    /// <param name="zoo">Where its recipe is.</param>
    /// <param name="changes">Options that are chosen anew, such as the sampler of a diffusion model; null leaves them as they were.</param>
    public static TrainedModel Open(string path, Zoo zoo, JsonObject? changes = null)
    {
        var folder = RunFolder.Open(path);
        var recipe = zoo.Find(folder.Record.Recipe);
        var model = Run.LoadModel(folder, recipe, out var step, changes);
        return new(folder, recipe, model, step) { Chosen = LaterOptions.Named(changes) };
    }

    /// <summary>What to know before its answers are believed: that its training failed; null where nothing is.</summary>
    public string? Warning => Folder.Failure is not { } failure ? null
        : string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"The training of '{Folder.Path}' failed after step {failure.Step}, and what follows comes from its last checkpoint, of step {Step}: {failure.Reason}");

    /// <summary>Opens the run in a folder to train on, with the data that it was trained on.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="zoo">Where its recipe is.</param>
    /// <param name="steps">Steps in all, where it shall train for longer than planned.</param>
    /// <param name="dataRoot">Where data files are looked for first; as recorded where null.</param>
    /// <param name="changes">Rates that change from here on; see <see cref="Rates"/>.</param>
    /// <exception cref="LikenessException">The run or its data will not do.</exception>
    public static Run Resume(string path, Zoo zoo, long? steps = null, string? dataRoot = null, JsonObject? changes = null)
    {
        var folder = RunFolder.Open(path);
        return Run.Resume(folder, zoo.Find(folder.Record.Recipe), OpenOwn(folder, dataRoot), steps, changes);
    }

    /// <summary>The data that the run learned from; where it has changed since then, as it is now, in the model's units, and its origin says so.</summary>
    /// <param name="dataRoot">Where data files are looked for first; as recorded where null.</param>
    /// <exception cref="DataException">It cannot be opened, or is of another kind now.</exception>
    public IDataset OpenData(string? dataRoot = null)
    {
        var (own, data) = (Folder.Record.Data, OpenOwn(Folder, dataRoot));
        if (data is MemoryDataset { Origin.Change: { } change } && own is { Fit: not null, Table: null or { Only: null } })
        {
            data = Changed(DatasetCatalog.Open(own.Source, Options(own, dataRoot) with { For = own }), change);
        }

        if (!data.Spec.Shape.SequenceEqual(Spec.Shape) || data.Spec.Domain != Spec.Domain)
        {
            own.CheckDescribes(data, Folder.Path);
        }

        return data;
    }

    /// <summary>The data that the run learned from, for what is asked of it when other data is measured; it has no examples where that data is gone.</summary>
    /// <param name="measured">The data that is measured, which may be the same.</param>
    /// <param name="dataRoot">Where data files are looked for first; as recorded where null.</param>
    /// <param name="gone">Why it cannot be opened; null where it can.</param>
    public IDataset LearnedFrom(IDataset measured, string? dataRoot, out Sentence? gone)
    {
        gone = null;
        var (own, other) = (Folder.Record.Data, RunData.Of(measured));
        if (own.Source == other.Source && own.Table?.Query == other.Table?.Query && own.Protocol == other.Protocol && measured.Count(Split.Train) > 0)
        {
            return measured;
        }

        return OpenDataBeside(other.Source, dataRoot, out gone);
    }

    /// <summary>
    /// The data that the run learned from, to hold other data against; from the place of the other data, where it is gone from its own and is this, moved. It has no
    /// examples where it cannot be opened.
    /// </summary>
    /// <param name="other">The other data: a name in the catalogue, or a path.</param>
    /// <param name="dataRoot">Where data files are looked for first; as recorded where null.</param>
    /// <param name="gone">Why it cannot be opened; null where it can.</param>
    public IDataset OpenDataBeside(string other, string? dataRoot, out Sentence? gone)
    {
        gone = null;
        try
        {
            return OpenData(dataRoot);
        }
        catch (LikenessException e)
        {
            if (Moved(other, dataRoot) is { } moved)
            {
                return moved;
            }

            gone = e.Sentence;
            return new MemoryDataset(new(Folder.Record.Data.Source, Folder.Record.Data.Protocol, Spec, Part.Empty, Part.Empty, Part.Empty));
        }
    }

    /// <summary>Other data where some is named, else the data that the run learned from.</summary>
    /// <inheritdoc cref="OpenOther"/>
    public IDataset OpenOwnOr(string? source, string? dataRoot = null) => (source ?? Asked) is { } other ? OpenOther(other, dataRoot) : OpenData(dataRoot);

    // A query alone is for the database that the run learned from.
    private string? Asked => Query is null ? null : Folder.Record.Data.Source;

    /// <summary>What holds for the columns and rows of other data: as for the model's own, but for what a database is asked.</summary>
    /// <param name="source">A name in the catalogue, or a path.</param>
    /// <exception cref="LikenessException">A query was given, and this is no database; or it is one that cannot be read.</exception>
    public TableOptions? TableOf(string source)
    {
        SqliteCells.CheckAsked(source, Query);
        var own = Folder.Record.Data.Table;
        return Query is not null ? (own ?? new()) with { Query = Query }
            : own?.Query is { } query && SqliteCells.Reads(source) ? own with { Query = SqliteCells.Known(source, query) }
            : own;
    }

    /// <summary>Other data, read as the model's own data was; a user's file without splits is one test split in the file's order.</summary>
    /// <param name="source">A name in the catalogue, or a path.</param>
    /// <param name="dataRoot">Where data files are looked for first.</param>
    /// <exception cref="DataException">Its examples are of another shape or domain.</exception>
    public IDataset OpenOther(string source, string? dataRoot = null)
    {
        var own = Folder.Record.Data;
        var named = DatasetCatalog.BuiltIn.FirstOrDefault(e => e.Name == source);
        // A named set of another kind of preprocessing may be what this one's makes of other data: a table of bits, for binarized images.
        var protocol = named is null || named.Protocols.Contains(own.Protocol) ? own.Protocol : null;
        var side = own.Size ?? (Spec.IsImage && Spec.Height == Spec.Width ? Spec.Height : (int?)null);
        var data = DatasetCatalog.Open(source, new(dataRoot ?? own.Root, protocol, side, Whole: true)
        {
            For = own.Fit is null ? own with { Fit = Refitted(dataRoot) } : own,
            Table = TableOf(source)?.ForOthers,
        });
        if (!data.Spec.Shape.SequenceEqual(Spec.Shape) || data.Spec.Domain != Spec.Domain)
        {
            throw new DataException($"The data '{source}' is {data.Spec}, and the model of '{Folder.Path}' knows {Spec}: give data of that kind.");
        }

        return data;
    }

    /// <summary>Windows of another length of the data that the run learned from, or of a file of the same columns, in the model's units.</summary>
    /// <param name="steps">The length.</param>
    /// <param name="source">A name in the catalogue, or a path; the run's own data where null.</param>
    /// <param name="dataRoot">Where data files are looked for first.</param>
    /// <param name="whole">Whether all windows are in the test split in their order, and none is kept apart.</param>
    public IDataset OpenWindows(int steps, string? source = null, string? dataRoot = null, bool whole = false)
    {
        var own = Folder.Record.Data;
        return DatasetCatalog.Open(source ?? own.Source, new(dataRoot ?? own.Root, own.Protocol, steps, Whole: whole || source is not null)
        {
            For = own.Fit is null ? own with { Fit = Refitted(dataRoot) } : own,
            Table = source is null ? own.Table : own.Table?.ForOthers,
        });
    }

    /// <summary>What was fitted on the model's training data.</summary>
    public DataFit Fit => Folder.Record.Data.Fit ?? Refitted(null);

    /// <summary>What brings what the model makes to the data's units; or, raw, what only names its columns.</summary>
    public DataFit FitOf(bool raw) => raw ? Fit.Raw : Fit;

    // Runs that did not keep the fit: it follows from the training data, if that is still there and needed.
    private DataFit Refitted(string? dataRoot)
    {
        var own = Folder.Record.Data;
        return own.Protocol == Protocols.Standardised || Protocols.OfSeries.Contains(own.Protocol) ? OpenOwn(Folder, dataRoot).Origin.Fit : DataFit.None;
    }

    private static IDataset OpenOwn(RunFolder folder, string? dataRoot)
    {
        var own = folder.Record.Data;
        var data = DatasetCatalog.Open(own.Source, Options(own, dataRoot));
        return own.Change(data, folder.Path) is { } change ? Changed(data, change) : data;
    }

    // A file that was moved is known by what tells a changed one.
    private IDataset? Moved(string other, string? dataRoot)
    {
        var own = Folder.Record.Data with { Source = other };
        if (own.Print is not { } print || !File.Exists(other))
        {
            return null;
        }

        try
        {
            var data = DatasetCatalog.Open(other, Options(own, dataRoot));
            return own.Printed(data).Print == print && own.Describes(data) ? data : null;
        }
        catch (LikenessException)
        {
            return null;
        }
    }

    private static IDataset Changed(IDataset data, string change) => data is MemoryDataset memory ? memory.Opened(memory.Origin with { Change = change }) : data;

    private static DataOptions Options(RunData data, string? dataRoot) =>
        new(dataRoot ?? data.Root, data.Protocol, data.Size, Labels: data.Labels, Disjoint: data.Disjoint) { Table = data.Table, SkipDamaged = data.SkipDamaged, HoldOut = data.HoldOut };
}

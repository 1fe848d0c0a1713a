namespace Likeness;

/// <summary>How a data set is opened. Protocol and Size belong to the data's identity and are recorded with a run.</summary>
/// <param name="DataRoot">A folder in which data is looked for first; null for none.</param>
/// <param name="Protocol">Name of the preprocessing; null for the data set's default.</param>
/// <param name="Size">Side in pixels to which images are resized; null leaves them as they are.</param>
/// <param name="Download">Whether a missing data set may be downloaded.</param>
/// <param name="Whole">Whether user files without splits become one test split in the file's order, instead of being divided into splits: for scoring.</param>
/// <param name="Labels">Number of training examples that keep their labels, evenly over the classes; null for all. Part of the data's identity.</param>
/// <param name="Disjoint">Whether an example that is present in several domains (matched by name) is used for training in only one of them. Part of the data's identity.</param>
public sealed record DataOptions(string? DataRoot = null, string? Protocol = null, int? Size = null, bool Download = false, bool Whole = false, int? Labels = null, bool Disjoint = false)
{
    public static DataOptions Default { get; } = new();

    /// <summary>What the columns of a user's table are, and which rows are read; null to infer it from the file. Part of the data's identity.</summary>
    public TableOptions? Table { get; init; }

    /// <summary>Whether unreadable images are skipped instead of being an error. Part of the data's identity.</summary>
    public bool SkipDamaged { get; init; }

    /// <summary>Share of the training examples set aside as the validation split, for data that has none; null for none. Part of the data's identity.</summary>
    public double? HoldOut { get; init; }

    /// <summary>
    /// The data of the run that this is opened for: user files are brought to the model's units by what was fitted there, column by
    /// column and class by class, and never by a fit of their own.
    /// </summary>
    internal RunData? For { get; init; }

    /// <summary>The kind of data that examples of another program are compared with, which says what arrays are; null where they say it themselves.</summary>
    internal DataSpec? Like { get; init; }

    /// <summary>The names of the classes that the run knows; null where it knows none, and a file's are its own.</summary>
    internal IReadOnlyList<string>? KnownClasses => For?.Fit?.Classes is { Count: > 0 } classes ? classes : null;

    /// <summary>Whether user files without splits of their own are divided by the names of examples and not by their places, so several are divided alike.</summary>
    internal bool ByName { get; init; }
}

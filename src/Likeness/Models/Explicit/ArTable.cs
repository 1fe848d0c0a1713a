namespace Likeness;

/// <summary>Options of an autoregressive table.</summary>
public sealed record ArTableOptions
{
    /// <summary>N, the number of preceding variables that each variable depends on.</summary>
    [AtLeast(0)]
    public int Order { get; init; } = 2;

    /// <summary>Pseudo-count for each context of each variable, spread evenly over its values (additive smoothing).</summary>
    [Above(0)]
    public double Prior { get; init; } = 1;
}

/// <summary>
/// AR-N by tables: each variable depends on the N before it in the flattened example, as in the N-gram approximations to English.
/// </summary>
public static class ArTable
{
    public static Recipe<ArTableOptions, AutoregressiveTable, Batch> Recipe { get; } = AutoregressiveTable.RecipeOf<ArTableOptions>(
        "ar-table",
        "Exact density of discrete data in which each variable depends on the few before it, with a table of conditional probabilities for each.",
        new("shannon1948mathematical", "A Mathematical Theory of Communication", "Shannon, Claude E.", "Bell System Technical Journal", 1948,
            "27:379-423 and 623-656", Publication.Article),
        o => (o.Order, o.Prior));
}

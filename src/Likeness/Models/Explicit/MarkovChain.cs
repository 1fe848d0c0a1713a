namespace Likeness;

/// <summary>Options of a Markov chain.</summary>
public sealed record MarkovChainOptions
{
    /// <summary>Pseudo-count for each value of each variable, spread evenly over the values of the next variable (additive smoothing).</summary>
    [Above(0)]
    public double Prior { get; init; } = 1;
}

/// <summary>
/// A chain in the order of the flattened example: p(x) = p(x_1) Π p(x_i | x_{i−1}), with a table for each step and so 2d − 1 free
/// parameters for d bits.
/// </summary>
public static class MarkovChain
{
    public static Recipe<MarkovChainOptions, AutoregressiveTable, Batch> Recipe { get; } = AutoregressiveTable.RecipeOf<MarkovChainOptions>(
        "markov-chain",
        "Exact density of discrete data in which each variable depends only on the one before it.",
        new("markov1913example", "An Example of Statistical Investigation of the Text Eugene Onegin Concerning the Connection of Samples in Chains",
            "Markov, Andrey A.", "Bulletin of the Imperial Academy of Sciences of St. Petersburg", 1913, "7(3):153-162; English in Science in Context 19(4):591-600", Publication.Article),
        o => (1, o.Prior));
}

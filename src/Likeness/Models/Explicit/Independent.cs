namespace Likeness;

/// <summary>Options of a fully factorised distribution.</summary>
public sealed record IndependentOptions
{
    /// <summary>Pseudo-count for each variable, spread evenly over its values (additive smoothing).</summary>
    [Above(0)]
    public double Prior { get; init; } = 1;
}

/// <summary>
/// Full independence: p(x) = Π p(x_i), with k − 1 free parameters for each variable. What every other model has to beat.
/// </summary>
public static class Independent
{
    public static Recipe<IndependentOptions, AutoregressiveTable, Batch> Recipe { get; } = AutoregressiveTable.RecipeOf<IndependentOptions>(
        "independent",
        "Exact density of discrete data with independent variables: the baseline.",
        new("lewis1959approximating", "Approximating Probability Distributions to Reduce Storage Requirements", "Lewis, Philip M.",
            "Information and Control", 1959, "2(3):214-225", Publication.Article),
        o => (0, o.Prior));
}

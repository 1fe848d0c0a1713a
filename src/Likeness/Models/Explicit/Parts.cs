namespace Likeness;

/// <summary>Examples of which a part is given.</summary>
internal static class Parts
{
    /// <summary>The given and the missing variables.</summary>
    /// <exception cref="UsageException">Not every variable is marked.</exception>
    public static (int[] Given, int[] Missing) Of(ReadOnlySpan<bool> given, DataSpec spec)
    {
        var marks = GivenMarks.Of(given, spec.Dimensions);
        var all = Enumerable.Range(0, marks.Length).ToLookup(i => marks[i]);
        return ([.. all[true]], [.. all[false]]);
    }

    /// <summary>These columns of rows [n, d].</summary>
    public static Tensor Choose(Tensor rows, int[] columns) =>
        rows.index_select(1, Tensor.From(Array.ConvertAll(columns, i => (long)i), columns.Length).to(rows.device));
}

/// <summary>What options must keep to.</summary>
internal static class Checks
{
    public static void VarianceFloor(double floor)
    {
        if (floor is not (>= 0 and < 1))
        {
            throw new UsageException($"The variance floor cannot be {floor}: it is a share of the variables' variances, at least 0 and below 1.");
        }
    }

    public static void Components(int components)
    {
        if (components < 1)
        {
            throw new UsageException($"A mixture cannot have {components} components: components must be at least 1.");
        }
    }
}

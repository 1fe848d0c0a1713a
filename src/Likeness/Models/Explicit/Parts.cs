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

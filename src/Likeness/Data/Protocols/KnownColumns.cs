namespace Likeness;

/// <summary>Brings the columns of a file into the order that a model knows, by their names.</summary>
internal static class KnownColumns
{
    /// <summary>Rows with their columns in the order of the fit; where the file or the training data has no names, as they are.</summary>
    /// <param name="file">What messages call it.</param>
    /// <param name="values">[rows, columns].</param>
    /// <param name="names">The file's columns; null where it has no header.</param>
    /// <param name="columns">Values per row.</param>
    /// <param name="fit">What the model's data was.</param>
    /// <exception cref="DataException">A column is missing or foreign.</exception>
    public static float[] Order(string file, float[] values, IReadOnlyList<string>? names, int columns, DataFit fit)
    {
        if (fit.Columns.Count == 0)
        {
            return values;
        }

        var known = fit.Columns.Select(c => c.Name).ToList();
        if (!fit.Named || names is null)
        {
            return columns == known.Count ? values : throw new DataException(
                $"'{file}' has {columns} columns and the model knows {known.Count} ({Listed(known)}): give a table of those columns.");
        }

        if (known.Except(names).FirstOrDefault() is { } missing)
        {
            throw new DataException($"'{file}' has no column '{missing}' (it has {Listed(names)}): the model knows {Listed(known)}; give these columns, in any order.");
        }

        if (names.Except(known).FirstOrDefault() is { } foreign)
        {
            throw new DataException($"'{file}' has a column '{foreign}' that the model does not know: it knows {Listed(known)}; leave the others out.");
        }

        var places = known.Select(name => names.ToList().IndexOf(name)).ToArray();
        if (names.Count != known.Count)
        {
            throw new DataException($"'{file}' has {names.Count} columns, some of the same name: name each of {Listed(known)} once.");
        }

        var ordered = new float[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            ordered[i] = values[i - (i % columns) + places[i % columns]];
        }

        return ordered;
    }

    private static string Listed(IReadOnlyList<string> names) => string.Join(", ", names.Take(8)) + (names.Count > 8 ? $", … ({names.Count} in all)" : "");
}

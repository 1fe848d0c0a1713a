namespace Likeness;

/// <summary>Brings the columns of a file into the order that a model knows, by their names.</summary>
internal static class KnownColumns
{
    /// <summary>Where the columns of the fit stand in a file; where the file or the training data has no names, in the same places.</summary>
    /// <param name="file">What messages call it.</param>
    /// <param name="names">The file's columns; null where it has no header.</param>
    /// <param name="columns">Values per row.</param>
    /// <param name="fit">What the model's data was.</param>
    /// <exception cref="DataException">A column is missing or foreign.</exception>
    public static int[] Places(string file, IReadOnlyList<string>? names, int columns, DataFit fit)
    {
        if (fit.Columns.Count == 0)
        {
            return [.. Enumerable.Range(0, columns)];
        }

        var known = fit.Columns.Select(c => c.Name).ToList();
        var all = fit.Names;
        if (!fit.Named || names is null)
        {
            // Constant columns may be left out.
            var varying = Enumerable.Range(0, all.Count).Where(i => !fit.Constants.Any(c => c.Place == i)).ToArray();
            return columns == all.Count ? varying : columns == known.Count ? [.. Enumerable.Range(0, columns)] : throw new DataException(
                $"'{file}' has {Counted.Of(columns, "column")} and the model knows {all.Count} ({Listed(all)}): give a table of those columns.");
        }

        if (known.Except(names).FirstOrDefault() is { } missing)
        {
            throw new DataException($"'{file}' has no column '{missing}' (it has {Listed(names)}): the model knows {Listed(known)}; give these columns, in any order.");
        }

        if (names.Except(all).FirstOrDefault() is { } foreign)
        {
            throw new DataException($"'{file}' has a column '{foreign}' that the model does not know: it knows {Listed(all)}; leave the others out.");
        }

        return names.Distinct().Count() == names.Count ? [.. known.Select(name => names.ToList().IndexOf(name))] : throw new DataException(
            $"'{file}' has {Counted.Of(names.Count, "column")}, some of the same name: name each of {Listed(known)} once.");
    }

    /// <summary>Rows with their columns in the order of the fit.</summary>
    /// <inheritdoc cref="Places"/>
    public static float[] Order(string file, float[] values, IReadOnlyList<string>? names, int columns, DataFit fit)
    {
        var places = Places(file, names, columns, fit);
        var rows = values.Length / columns;
        var ordered = new float[rows * places.Length];
        for (var i = 0; i < ordered.Length; i++)
        {
            ordered[i] = values[(i / places.Length * columns) + places[i % places.Length]];
        }

        return ordered;
    }

    private static string Listed(IReadOnlyList<string> names) => string.Join(", ", names.Take(8)) + (names.Count > 8 ? $", … ({names.Count} in all)" : "");
}

namespace Likeness;

/// <summary>Codes in files: .npy, or .csv with the columns z1, z2, … and, where it is asked for, label.</summary>
public static class CodeFile
{
    private const string Label = "label";

    public static IReadOnlyList<string> Extensions { get; } = [".npy", ".csv"];

    /// <exception cref="UsageException">No codes can be kept in a file of that name.</exception>
    public static void Check(string path, bool labels)
    {
        if (!Extensions.Contains(Path.GetExtension(path).ToLowerInvariant()))
        {
            throw new UsageException($"Codes cannot be kept as '{path}': end the file's name in {string.Join(" or ", Extensions)}.");
        }

        if (labels && !IsTable(path))
        {
            throw new UsageException($"'{path}' has no place for labels: end the file's name in .csv, or leave out {new Remedy.Option("Labels")}.");
        }
    }

    /// <summary>Keeps codes; written whole or not at all.</summary>
    /// <param name="path">Where to; its extension says how.</param>
    /// <param name="codes">What is kept.</param>
    /// <param name="labels">Whether the classes are kept beside them, in a last column.</param>
    /// <exception cref="UsageException">The extension is unknown, or there are no labels to keep.</exception>
    public static void Write(string path, Codes codes, bool labels)
    {
        Check(path, labels);
        if (labels && codes.Labels is null)
        {
            throw new UsageException($"The data has no classes: leave out {new Remedy.Option("Labels")}.");
        }

        if (!IsTable(path))
        {
            Npy.Write(path, codes.Values, codes.Count, codes.Width);
            return;
        }

        string[] columns = [.. Enumerable.Range(1, codes.Width).Select(i => $"z{i}")];
        if (!labels)
        {
            TextTable.Write(path, columns, codes.Values);
            return;
        }

        var rows = codes.Values.Chunk(codes.Width).Zip(codes.Labels!, (row, label) => row.Append(label)).SelectMany(row => row).ToArray();
        TextTable.Write(path, [.. columns, Label], rows);
    }

    /// <summary>Reads codes [n, width]; a column of labels is left out.</summary>
    /// <param name="path">A .npy or .csv file.</param>
    /// <param name="width">Values per code of the model.</param>
    /// <exception cref="DataException">The file holds no such codes, or values that are not finite.</exception>
    public static Tensor Read(string path, int width)
    {
        Check(path, labels: false);
        if (!File.Exists(path))
        {
            throw new DataException($"'{path}' does not exist: give a file of codes, as {new Remedy.Deed(Work.Encode)} writes them.");
        }

        var table = IsTable(path) ? TextTable.Read(path) : new(null, Npy.Read(path));
        var (values, columns) = (table.Values.ToSingles(path), table.Values.RowLength);
        if (columns == width + 1 && table.Columns?[^1] == Label)
        {
            values = [.. values.Where((_, i) => i % columns < width)];
            columns = width;
        }

        if (columns != width || values.Length == 0)
        {
            throw new DataException($"'{path}' has {Counted.Of(table.Values.Rows, "row")} of {Counted.Of(columns, "value")}, and a code of this model has {width}: give at least one code of that width.");
        }

        return Tensor.From(values, values.Length / width, width);
    }

    private static bool IsTable(string path) => Path.GetExtension(path).Equals(".csv", StringComparison.OrdinalIgnoreCase);
}

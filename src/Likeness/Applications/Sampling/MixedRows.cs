namespace Likeness;

/// <summary>Rows of a mixed table in files: cells under the schema's names, of its types.</summary>
internal static class MixedRows
{
    /// <summary>The kinds of file that hold cells of several types.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".csv", ".parquet"];

    /// <summary>Keeps rows of the model's; written whole or not at all.</summary>
    /// <param name="path">A .csv or .parquet file.</param>
    /// <param name="x">Rows [n, columns] in the model's units.</param>
    /// <param name="fit">Whose schema says what the cells are.</param>
    /// <exception cref="UsageException">The file is of another kind.</exception>
    public static void Write(string path, Tensor x, DataFit fit) => Write(path, [.. fit.Cells(x.ToArray<float>())], fit.Schema!);

    /// <summary>Keeps rows of cells.</summary>
    /// <inheritdoc cref="Write(string, Tensor, DataFit)"/>
    public static void Write(string path, IReadOnlyList<string[]> rows, TableSchema schema)
    {
        switch (Path.GetExtension(path).ToLowerInvariant())
        {
            case ".csv":
                IReadOnlyList<string[]> all = [[.. schema.Written.Select(c => c.Name)], .. rows];
                Sampling.WriteText(path, all.Select(row => string.Join(',', row.Select(CsvText.Quoted))));
                break;
            case ".parquet":
                ParquetCells.Write(path, schema, rows);
                break;
            case var other:
                throw new UsageException(Sentence.Of($"Rows with words and dates in them cannot be written as '{other}' ('{path}'): end the file's name in {string.Join(" or ", Extensions)}, or ask for the model's own numbers ({new Remedy.Option("Raw")})."));
        }
    }
}

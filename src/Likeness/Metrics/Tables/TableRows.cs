namespace Likeness;

/// <summary>Rows of a mixed table column by column, as they are compared: numbers (not a number where missing) and levels (the last where missing).</summary>
internal sealed class TableRows
{
    private TableRows(IReadOnlyList<SchemaColumn> columns, IReadOnlyList<string[]> cells)
    {
        (Columns, Cells) = (columns, cells);
        Numbers = [.. columns.Select((column, c) => column.IsNumber
            ? cells.Select(row => SchemaColumn.IsMissing(row[c]) ? double.NaN : column.Parse(row[c]) ?? double.NaN).ToArray()
            : cells.Select(row => column.Values.ToList().IndexOf(row[c]) is >= 0 and var level ? level : (double)column.Values.Count).ToArray())];
    }

    /// <summary>What is compared: columns that are learned.</summary>
    public IReadOnlyList<SchemaColumn> Columns { get; }

    /// <summary>The cells of these columns.</summary>
    public IReadOnlyList<string[]> Cells { get; }

    /// <summary>Of each column, one value for each row.</summary>
    public IReadOnlyList<double[]> Numbers { get; }

    public int Count => Cells.Count;

    /// <summary>Levels of a column of words, the missing one included.</summary>
    public int LevelsOf(int column) => Columns[column].Values.Count + 1;

    /// <summary>Rows of cells under a schema.</summary>
    /// <param name="schema">Whose written columns the rows have.</param>
    /// <param name="rows">One cell for each.</param>
    public static TableRows Of(TableSchema schema, IReadOnlyList<string[]> rows)
    {
        var written = schema.Written;
        int[] kept = [.. Enumerable.Range(0, written.Count).Where(i => written[i].Varies || (written[i].Missing is not null && written[i].Kind is not ColumnKind.Identifier && written[i].Low is not null))];
        return new([.. kept.Select(i => written[i])], [.. rows.Select(row => Array.ConvertAll(kept, i => row[i]))]);
    }

    /// <summary>The rows of a split of data that is read by a schema.</summary>
    public static TableRows Of(IDataset data, Split split, int limit)
    {
        var fit = data.Origin.Fit;
        return Of(fit.Schema!, [.. fit.Cells(ExampleSet.Of(data, split, limit, 1000).Values)]);
    }

    /// <summary>The rows of a file that any program has made, by the names of its columns; other columns are left out.</summary>
    /// <param name="path">A table.</param>
    /// <param name="data">What its columns hold.</param>
    /// <param name="limit">How many rows at most.</param>
    /// <exception cref="DataException">It is no table, or lacks a column.</exception>
    public static TableRows Read(string path, IDataset data, int limit)
    {
        if (!File.Exists(path) || !CellTable.Reads(path))
        {
            throw new DataException($"'{path}' is no table of cells, and '{data.Name}' is a mixed table: give a .csv, .tsv or .parquet file with rows of its columns.");
        }

        var schema = data.Origin.Fit.Schema!;
        string[] names = [.. schema.Written.Select(c => c.Name)];
        var table = CellTable.Read(path, data.Origin.Table?.ForOthers ?? new(), names, data.Origin.Table?.Header);
        return table.Absent.Count > 0
            ? throw new DataException($"'{path}' lacks {(table.Absent.Count == 1 ? "the column" : Counted.Of(table.Absent.Count, "column"))} of '{data.Name}' ({CellTable.Some(table.Absent)}): give a table with all of {CellTable.Some(names)}.")
            : Of(schema, [.. table.Rows.Take(limit)]);
    }

    /// <summary>What is missing for a comparison with the rows that were learned from; null where they are at hand.</summary>
    public static string? Missing(IDataset data, MeasureOptions options) =>
        (options.Learned ?? data).Count(Split.Train) == 0 ? "it needs the rows that the model learned from, and they are not at hand: open the run where they are" : null;

    /// <summary>Rows that a model draws.</summary>
    public static TableRows Drawn(Module model, DataFit fit, int count, Rng rng, Action<double>? progress = null) =>
        Of(fit.Schema!, [.. fit.Cells(Chain.Concat(Sizes(count, progress), part => ((IGenerative)model).Sample(part, rng).to(torch.CPU)).ToArray<float>())]);

    /// <summary>Some of the rows.</summary>
    public TableRows Choose(IReadOnlyList<int> rows) => new(Columns, [.. rows.Select(i => Cells[i])]);

    private static IEnumerable<int> Sizes(int count, Action<double>? progress)
    {
        const int atOnce = 1000;
        for (var done = 0; done < count; done += atOnce)
        {
            progress?.Invoke((double)done / count);
            yield return Math.Min(atOnce, count - done);
        }
    }

    /// <summary>The values of a row.</summary>
    public float[] Row(int row) => [.. Numbers.Select(column => (float)column[row])];
}

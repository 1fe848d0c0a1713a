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

    /// <summary>Rows in the model's units that no model has made: numbers outside of the ranges of the schema stay there, which are brought into them when a model's are written.</summary>
    public static TableRows AsGiven(DataFit fit, float[] values)
    {
        const double rounding = 1e-4;
        var (rows, coding, width) = (Of(fit.Schema!, [.. fit.Cells(values)]), new TableCoding(fit.Schema!), fit.Columns.Count);
        foreach (var (column, numbers) in rows.Columns.Zip(rows.Numbers).Where(p => p.First is { IsNumber: true, Varies: true }))
        {
            var place = coding.PlacesOf(column.Name)[0];
            var most = rounding * (column.High!.Value - column.Low!.Value);
            for (var i = 0; coding.Levels[place] == 0 && i < numbers.Length; i++)
            {
                var given = ((double)values[(i * width) + place] * fit.Columns[place].Scale) + fit.Columns[place].Shift;
                numbers[i] = double.IsFinite(numbers[i]) && (given < column.Low - most || given > column.High + most) ? given : numbers[i];
            }
        }

        return rows;
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

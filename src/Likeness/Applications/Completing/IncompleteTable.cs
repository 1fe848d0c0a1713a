namespace Likeness;

/// <summary>A table of the user's in which cells may be missing.</summary>
/// <param name="Columns">Their names.</param>
/// <param name="Values">[rows · columns] in the model's units; NaN where a cell is missing.</param>
public sealed record IncompleteTable(IReadOnlyList<string> Columns, float[] Values)
{
    /// <summary>The same in the data's units.</summary>
    internal float[] Given { get; private init; } = Values;

    /// <summary>The cells as they were written, of a mixed table; null of others.</summary>
    internal CellTable? Cells { get; private init; }

    public int Rows => Values.Length / Columns.Count;

    /// <summary>Rows with the same cells missing, the whole ones included: which variables are given, and which rows they are.</summary>
    public IEnumerable<(bool[] Given, int[] Rows)> Patterns() => Enumerable.Range(0, Rows)
        .GroupBy(row => string.Concat(Row(row).Select(v => float.IsNaN(v) ? '?' : '.')))
        .Select(g => (g.Key.Select(c => c == '.').ToArray(), g.ToArray()));

    /// <summary>Puts the cells that were given back into completions of all rows as they were written, to the last digit.</summary>
    internal void Restore(float[] completions, int copies)
    {
        var width = Columns.Count;
        for (var i = 0; i < completions.Length; i++)
        {
            var was = Given[(i / width / copies * width) + (i % width)];
            completions[i] = float.IsNaN(was) ? completions[i] : was;
        }
    }

    public IEnumerable<float> Row(int row) => Values.Skip(row * Columns.Count).Take(Columns.Count);

    /// <summary>Reads a file, if it is a table or an array in which something is missing.</summary>
    /// <param name="path">A .csv, .tsv, .txt or .data file, or of a mixed table a Parquet file or a database, whose missing cells are empty, ?, NA or NaN, or a .npy file with NaN.</param>
    /// <param name="spec">What the model knows.</param>
    /// <param name="fit">What was fitted on the model's data: its columns by name, and their units.</param>
    /// <returns>Null where the source is no such file, or nothing is missing.</returns>
    /// <exception cref="DataException">It has other columns or other values than the model knows.</exception>
    /// <param name="options">What the user said about the columns of the model's data.</param>
    public static IncompleteTable? Read(string path, DataSpec spec, DataFit fit, TableOptions? options = null)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        if (fit.Schema is { } schema)
        {
            return CellTable.Reads(path) ? Mixed(CellTable.Read(path, options?.ForOthers ?? new(), [.. schema.Columns.Select(c => c.Name)], options?.Header).WithAllOf(schema, null, fills: true), schema, fit) : null;
        }

        IReadOnlyList<string>? columns = null;
        NumericArray array;
        switch (Path.GetExtension(path).ToLowerInvariant())
        {
            case ".csv" or ".tsv" or ".txt" or ".data":
                (columns, array) = TextTable.Read(path, new TableReading
                {
                    Missing = true,
                    // Among the steps of a series a column of dates may stand.
                    Steps = spec.IsSeries,
                    IsOther = true,
                    Options = options?.ForOthers ?? new(),
                    Known = fit.Named ? [.. fit.Names] : null,
                });
                break;
            case ".npy":
                array = Npy.Read(path);
                break;
            default:
                return null;
        }

        if (array.Values switch { float[] v => !v.AsSpan().Contains(float.NaN), double[] v => !v.AsSpan().Contains(double.NaN), _ => true })
        {
            return null;
        }

        if (spec.IsSeries)
        {
            throw new DataException($"'{path}' has missing values, which are filled in text tables with a row for each step: write it as a .csv file, or give whole steps and say which of them are given ({new Remedy.Option("Given")}).");
        }

        if (array.RowLength != spec.Dimensions && fit.Columns.Count == 0)
        {
            throw new DataException($"'{path}' has {Counted.Of(array.RowLength, "column")} and the model knows {spec.Dimensions} ({spec}): give a table of those columns.");
        }

        array = array.Columns(KnownColumns.Places(path, columns, array.RowLength, fit));
        var given = Standardisation.Applied(array, DataFit.None);
        var values = fit.Scales ? Standardisation.Applied(array, fit) : given;
        for (var i = 0; i < values.Length; i++)
        {
            if (float.IsInfinity(values[i]) || (spec.Domain.LevelCount is { } levels && !float.IsNaN(values[i]) && !(values[i] >= 0 && values[i] < levels && values[i] == (int)values[i])))
            {
                throw new DataException($"'{path}' holds {values[i]} in row {i / spec.Dimensions}, column {i % spec.Dimensions} (both counted from 0), which the model does not know: its values are {spec.Domain}.");
            }
        }

        return new(fit.Columns.Count > 0 ? [.. fit.Columns.Select(c => c.Name)] : columns ?? [.. Enumerable.Range(1, spec.Dimensions).Select(i => $"x{i}")], values) { Given = given };
    }

    // An empty cell is to be filled: it is missing, and what says so is that it is there.
    private static IncompleteTable? Mixed(CellTable table, TableSchema schema, DataFit fit)
    {
        var coding = new TableCoding(schema);
        var (values, row, missing) = (new float[table.Rows.Count * coding.Names.Count], new double[coding.Names.Count], false);
        for (var i = 0; i < table.Rows.Count; i++)
        {
            Array.Clear(row);
            for (var c = 0; c < schema.Columns.Count; c++)
            {
                var (cell, places) = (table.Rows[i][c], coding.PlacesOf(schema.Columns[c].Name));
                if (SchemaColumn.IsMissing(cell) && !schema.Columns[c].Values.Contains(cell))
                {
                    foreach (var place in places)
                    {
                        row[place] = coding.Levels[place] == 2 && places.Count > 1 && place == places[^1] ? 0 : double.NaN;
                    }

                    missing |= places.Count > 0;
                }
                else if (coding.Encode(c, cell, row) is { } wrong)
                {
                    throw new DataException($"'{table.Name}' does not fit the model's schema: the column '{schema.Columns[c].Name}' {wrong} in {table.Place(i)}; correct the cell, or empty it to have it completed.");
                }
            }

            for (var c = 0; c < row.Length; c++)
            {
                values[(i * row.Length) + c] = double.IsNaN(row[c]) ? float.NaN : fit.Columns[c].ToModel(row[c]);
            }
        }

        return missing ? new(coding.Names, values) { Cells = table } : null;
    }
}

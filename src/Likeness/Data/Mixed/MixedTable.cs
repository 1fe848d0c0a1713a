namespace Likeness;

/// <summary>Tables whose columns hold numbers, categories, dates and the like, as a schema tells that is inferred from the training rows or given.</summary>
internal static class MixedTable
{
    /// <summary>A data set of a file, or of files that are its splits.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="files">The file of each split; one without a split is divided.</param>
    /// <param name="options">The protocol, the columns and, for a model's data, its fit.</param>
    /// <exception cref="LikenessException">A file is no table, or its cells contradict the schema.</exception>
    public static IDataset Open(string name, IReadOnlyList<(Split? Split, string Path)> files, DataOptions options)
    {
        var table = options.Table ?? new();
        var known = options.For?.Fit?.Schema;
        var read = files.Select(f => (f.Split, Table: Read(f.Path))).ToArray();
        return Open(Joined(name, read) with { IsAsked = files.Any(f => SqliteCells.Reads(f.Path)) }, options);

        CellTable Read(string path) => known is null ? CellTable.Read(path, table, null, table.Header)
            : CellTable.Read(path, table, [.. known.Columns.Select(c => c.Name)], table.Header).WithAllOf(known, options.For!.Source);
    }

    /// <summary>A data set of cells.</summary>
    /// <inheritdoc cref="Open(string, IReadOnlyList{ValueTuple{Split?, string}}, DataOptions)"/>
    public static IDataset Open(CellTable cells, DataOptions options)
    {
        var protocol = options.Protocol ?? Protocols.Mixed;
        var splits = Allotment.Of(cells.Rows.Count, cells.Parts, options);
        if (!options.Whole && splits[0].Length == 0)
        {
            throw new DataException($"'{cells.Name}' has no row of the training split: give rows to learn from.");
        }

        var notes = new List<string>();
        var (fit, values) = options.For?.Fit is { Schema: not null } known ? (known, Numbers(cells, new TableCoding(known.Schema), options.For!.Source)) : Fitted(cells, splits[0].Length > 0 ? splits[0] : [.. Enumerable.Range(0, cells.Rows.Count)], protocol, options.Table, notes);
        var coding = new TableCoding(fit.Schema!);
        var width = fit.Columns.Count;
        var rows = new float[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            // What is missing stands at the mean, and beside it that it is missing.
            rows[i] = double.IsNaN(values[i]) ? 0 : fit.Columns[i % width].ToModel(values[i]);
        }

        Domain domain = protocol == Protocols.Discretised ? new Domain.Categorical(Math.Max(2, coding.Levels.Max())) : new Domain.Mixed(coding.Levels);
        return new MemoryDataset(new(cells.Name, protocol, new([width], domain), Part(0), Part(1), Part(2)) { Fit = fit, Notes = notes, Print = cells.IsAsked ? cells.Print() : null });

        Part Part(int split) => new(new SingleExamples(splits[split].SelectMany(i => new ArraySegment<float>(rows, i * width, width)).ToArray(), width));
    }

    // The schema, and the mean and deviation of each number, of the training rows.
    private static (DataFit Fit, double[] Values) Fitted(CellTable cells, int[] training, string protocol, TableOptions? options, List<string> notes)
    {
        var schema = options?.Schema is { } given ? Given(given, cells) : SchemaInference.Of(cells, training, notes);
        schema = schema.WithTarget(options?.Target ?? options?.LabelColumn ?? schema.Target);
        schema = protocol == Protocols.Discretised ? SchemaInference.Discretised(schema, cells, training) : schema;
        var coding = new TableCoding(schema);
        if (coding.Names.Count == 0)
        {
            throw Allotment.TooFew(cells.Name, cells.Rows.Count, training.Length)
                ?? new DataException($"No column of '{cells.Name}' varies over its {Counted.Of(training.Length, "training row")} ({string.Join("; ", schema.Columns.Take(4))}): there is nothing to learn.") { IsOfRows = true };
        }

        var values = Numbers(cells, coding);
        var width = coding.Names.Count;
        var columns = new DataColumn[width];
        for (var c = 0; c < width; c++)
        {
            columns[c] = new(coding.Names[c]);
            if (coding.Levels[c] == 0 && protocol == Protocols.Mixed)
            {
                double[] seen = [.. training.Select(i => values[(i * width) + c]).Where(v => !double.IsNaN(v))];
                var mean = seen.Average();
                columns[c] = columns[c] with { Shift = mean, Scale = Math.Sqrt(seen.Average(v => (v - mean) * (v - mean))) is > 0 and var deviation ? deviation : 1 };
            }
        }

        return (new() { Named = cells.Named, Columns = columns, Schema = schema }, values);
    }

    private static double[] Numbers(CellTable cells, TableCoding coding, string? own = null)
    {
        var values = new double[(long)cells.Rows.Count * coding.Names.Count];
        for (var i = 0; i < cells.Rows.Count; i++)
        {
            var row = values.AsSpan(i * coding.Names.Count, coding.Names.Count);
            for (var c = 0; c < cells.Columns.Count; c++)
            {
                if (coding.Encode(c, cells.Rows[i][c], row) is { } wrong)
                {
                    throw new DataException($"'{cells.Name}' cannot be read by the schema of {(own is null || own == cells.Name ? "its training rows" : $"the training rows of '{own}'")}: the column '{cells.Columns[c]}' {wrong} in {cells.Place(i)}; correct the cell, or leave the row out.");
                }
            }
        }

        return values;
    }

    // A schema of the user's, in the order of the table.
    private static TableSchema Given(TableSchema schema, CellTable cells)
    {
        var missing = schema.Columns.FirstOrDefault(c => !cells.Columns.Contains(c.Name));
        var foreign = cells.Columns.FirstOrDefault(n => !schema.Columns.Any(c => c.Name == n));
        return missing is not null ? throw new DataException($"'{cells.Name}' has no column '{missing.Name}' (it has {string.Join(", ", cells.Columns.Take(12))}), and the schema knows it: correct the schema.")
            : foreign is not null ? throw new DataException($"'{cells.Name}' has a column '{foreign}' that the schema does not know: add it there, or leave it out ({new Remedy.Option("Drop", foreign)}).")
            : schema with { Columns = [.. cells.Columns.Select(n => schema.Columns.First(c => c.Name == n))] };
    }

    private static CellTable Joined(string name, (Split? Split, CellTable Table)[] files)
    {
        var first = files[0].Table;
        if (files.Length == 1)
        {
            return first;
        }

        foreach (var (_, other) in files.Skip(1))
        {
            if (!other.Columns.SequenceEqual(first.Columns))
            {
                throw new DataException($"'{other.Name}' has the columns {string.Join(", ", other.Columns.Take(12))}, and '{first.Name}' {string.Join(", ", first.Columns.Take(12))}: the files of a data set have the same, in the same order.");
            }
        }

        return first with { Name = name, Rows = [.. files.SelectMany(f => f.Table.Rows)], Lines = [], Parts = [.. files.SelectMany(f => Enumerable.Repeat(f.Split ?? Split.Train, f.Table.Rows.Count))] };
    }
}

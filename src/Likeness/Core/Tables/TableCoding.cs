namespace Likeness;

/// <summary>
/// How rows of cells become the numbers that a model sees, and how its numbers become cells again. Where models see mixed columns, a number is one real
/// value, beside a level that says whether it is missing where it may be; a category is a level, "missing" being the last one. Where they see
/// levels only, a number is the range that it lies in. Identifiers, texts and columns that never change are not seen.
/// </summary>
internal sealed class TableCoding
{
    private readonly TableSchema _schema;
    private readonly Cell[] _cells;

    // Where the columns stand in the model's rows; −1 where they do not.
    private readonly record struct Cell(SchemaColumn Column, int Value, int Flag);

    public TableCoding(TableSchema schema)
    {
        _schema = schema;
        var (cells, names, levels, owners) = (new List<Cell>(), new List<string>(), new List<int>(), new List<string>());
        foreach (var column in schema.Columns)
        {
            var (ranges, missing) = (Ranges(column), column.Missing is null ? 0 : 1);
            if (ranges > 0)
            {
                // Never less than two levels: a single one says nothing.
                cells.Add(new(column, ranges + missing > 1 ? Next(column.Name, ranges + missing) : -1, -1));
            }
            else
            {
                var value = column.Varies ? Next(column.Name, 0) : -1;
                cells.Add(new(column, value, column.IsNumber && column.Missing is not null && column.Low is not null ? Next(value < 0 ? column.Name : $"{column.Name} missing", 2) : -1));
            }

            int Next(string name, int count)
            {
                names.Add(name);
                levels.Add(count);
                owners.Add(column.Name);
                return names.Count - 1;
            }
        }

        (_cells, Names, Levels, Owners) = ([.. cells], names, levels, owners);
    }

    /// <summary>What the model's columns are called.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>How many levels each has; 0 for real numbers.</summary>
    public IReadOnlyList<int> Levels { get; }

    /// <summary>The table's column that each comes from.</summary>
    public IReadOnlyList<string> Owners { get; }

    /// <summary>The columns of the written table.</summary>
    public IReadOnlyList<string> Header => [.. _schema.Written.Select(c => c.Name)];

    /// <summary>The places of a column's parts among the model's columns.</summary>
    public IReadOnlyList<int> PlacesOf(string column) => [.. Enumerable.Range(0, Owners.Count).Where(i => Owners[i] == column)];

    /// <summary>Writes what the model sees of a cell, in the data's units, into its row; a missing number is not a number there, and nothing where that cannot be told.</summary>
    /// <param name="place">The column's place in the schema.</param>
    /// <param name="cell">What stands in it.</param>
    /// <param name="row">The model's row.</param>
    /// <returns>Null, or what is wrong with the cell.</returns>
    public string? Encode(int place, string cell, Span<double> row)
    {
        var (column, value, flag) = _cells[place];
        if (value < 0 && flag < 0)
        {
            return null;
        }

        var missing = SchemaColumn.IsMissing(cell) && !column.Values.Contains(cell);
        if (missing && column.Missing is null)
        {
            return "is missing, and the column has no missing cells to learn from";
        }

        if (flag >= 0)
        {
            row[flag] = missing ? 1 : 0;
        }

        if (value < 0)
        {
            return null;
        }

        if (missing)
        {
            row[value] = Levels[value] == 0 ? double.NaN : Levels[value] - 1;
            return null;
        }

        if (column.IsNumber)
        {
            if (column.Parse(cell) is not { } number)
            {
                return $"holds '{cell}', which is no {(column.Kind == ColumnKind.Date ? $"date as {column.Format}" : "number")}";
            }

            row[value] = column.Edges.Count == 0 ? number : Range(column, number);
            return null;
        }

        var level = Level(column, cell);
        row[value] = level;
        return level >= 0 ? null : $"holds '{cell}', which the column does not know (it knows {string.Join(", ", column.Values.Take(8))}{(column.Values.Count > 8 ? ", …" : "")})";
    }

    /// <summary>The cells of a row of the model's, in the data's units.</summary>
    /// <param name="row">One value for each of the model's columns.</param>
    /// <param name="number">Of the row, from 0: identifiers count on from it, and places inside ranges are drawn by it.</param>
    public string[] Decode(ReadOnlySpan<double> row, long number)
    {
        var cells = new List<string>(_cells.Length);
        for (var i = 0; i < _cells.Length; i++)
        {
            var (column, value, flag) = _cells[i];
            if (column.Kind != ColumnKind.Text)
            {
                cells.Add(flag >= 0 && row[flag] >= 0.5 ? column.Missing! : value < 0 ? Constant(column, number) : Written(column, row[value], Levels[value], i, number));
            }
        }

        return [.. cells];
    }

    private static string Written(SchemaColumn column, double value, int levels, int place, long number)
    {
        if (levels == 0)
        {
            return column.Write(value);
        }

        // Models of several variables of unequal levels may, rarely, call one that a column lacks.
        var level = (int)Math.Clamp(Math.Round(value), 0, levels - 1);
        if (column.Missing is { } missing && level == levels - 1)
        {
            return missing;
        }

        if (!column.IsNumber)
        {
            return column.Values[level];
        }

        var share = new SplitMix64(SplitMix64.Key(0, (ulong)number, (ulong)place)).Uniform();
        var (from, to) = (column.Edges[level], column.Edges[level + 1]);
        // Of numbers on a grid each range holds those from its lower border up to before the next.
        return column.Write(column.Step is { } step ? from + (Math.Floor(share * Math.Max(1, Math.Round((to - from) / step))) * step) : from + (share * (to - from)));
    }

    private static string Constant(SchemaColumn column, long number) => column.Kind switch
    {
        ColumnKind.Identifier => column.High is { } last ? (last + 1 + number).ToString("F0", System.Globalization.CultureInfo.InvariantCulture) : $"{column.Name}-{number + 1:D6}",
        _ when column.IsCategory && column.Values.Count > 0 => column.Values[0],
        _ when column.Low is { } only => column.Write(only),
        _ => column.Missing ?? "",
    };

    private static int Level(SchemaColumn column, string cell)
    {
        for (var i = 0; i < column.Values.Count; i++)
        {
            if (column.Values[i] == cell)
            {
                return i;
            }
        }

        return -1;
    }

    // The range of a number; those outside lie in the first and the last.
    private static int Range(SchemaColumn column, double number)
    {
        var range = 0;
        while (range + 2 < column.Edges.Count && number >= column.Edges[range + 1])
        {
            range++;
        }

        return range;
    }

    // Levels of a column that is all levels; 0 where the model sees a number.
    private static int Ranges(SchemaColumn column) => column.IsCategory ? column.Values.Count : column.Edges.Count > 1 ? column.Edges.Count - 1 : 0;
}

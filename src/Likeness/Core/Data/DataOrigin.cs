using System.Globalization;

namespace Likeness;

/// <summary>How a data set was opened: everything that is needed to open it again in the same way, and to bring other data to its units.</summary>
/// <param name="Source">The name in the catalogue, or a path.</param>
/// <param name="Protocol">The preprocessing, part of the data's identity.</param>
public sealed record DataOrigin(string Source, string Protocol)
{
    /// <summary>The image size, or the length of windows, that was asked for, if any.</summary>
    public int? Size { get; init; }

    /// <summary>The directory that was named for data files, if any.</summary>
    public string? Root { get; init; }

    /// <summary>How many training examples kept their labels, if not all.</summary>
    public int? Labels { get; init; }

    /// <summary>Whether things that are there in several domains are in one of them only.</summary>
    public bool Disjoint { get; init; }

    /// <summary>What the columns of a user's table are, and which rows are read; null where nothing was said about them.</summary>
    public TableOptions? Table { get; init; }

    /// <summary>The share of the training examples that was kept aside as validation split; null where none was.</summary>
    public double? HoldOut { get; init; }

    /// <summary>Whether pictures that cannot be read were left out.</summary>
    public bool SkipDamaged { get; init; }

    /// <summary>The pictures that were left out because they cannot be read.</summary>
    public IReadOnlyList<string> Damaged { get; init => field = value ?? []; } = [];

    /// <summary>How the data has changed since the run that it was opened for learned from it, in a sentence; null where it has not, or where that is not known.</summary>
    public string? Change { get; init; }

    /// <summary>What tells these rows from changed ones, of a database, where other tables may change in the same file; null of files.</summary>
    internal string? Print { get; init; }

    /// <summary>What was fitted on the training part.</summary>
    public DataFit Fit { get; init => field = value ?? DataFit.None; } = DataFit.None;

    /// <summary>What a user should know about how the data was read, a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init => field = value ?? []; } = [];
}

/// <summary>
/// What was fitted on the training part of a data set. Whatever is opened later for a model that learned from it is brought to the
/// model's units by this fit and no other, and what the model makes goes back by it.
/// </summary>
public sealed record DataFit
{
    public static DataFit None { get; } = new();

    /// <summary>The columns of a table, or the values of each step of a series, in the model's order; none for images and other arrays.</summary>
    public IReadOnlyList<DataColumn> Columns { get; init => field = value ?? []; } = [];

    /// <summary>Columns of the table in which every training row has the same value: the model does not see them, and what it makes has this value there.</summary>
    public IReadOnlyList<DataConstant> Constants { get; init => field = value ?? []; } = [];

    /// <summary>All columns of the table in its order, constant ones included.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Names
    {
        get
        {
            var names = Columns.Select(c => c.Name).ToList();
            foreach (var constant in Constants)
            {
                names.Insert(constant.Place, constant.Name);
            }

            return names;
        }
    }

    /// <summary>The static features of series, whose channels are the last of the columns.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<DataStatic>? Statics { get; init; }

    /// <summary>How many columns are channels of static features.</summary>
    [JsonIgnore]
    internal int StaticChannels => Statics?.Sum(s => s.Channels) ?? 0;

    /// <summary>The columns that change from step to step.</summary>
    [JsonIgnore]
    internal DataFit Moving => First(Columns.Count - StaticChannels);

    /// <summary>What the columns of a mixed table may hold; null for other data.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TableSchema? Schema { get; init; }

    /// <summary>Whether the file named its columns; else their names are x1, x2, … and columns are told apart by their places.</summary>
    public bool Named { get; init; }

    /// <summary>The name of each class, in the order of the labels.</summary>
    public IReadOnlyList<string> Classes { get; init => field = value ?? []; } = [];

    /// <summary>Whether the model's units are others than the data's.</summary>
    [JsonIgnore]
    public bool Scales => Columns.Any(c => c.Shift != 0 || c.Scale != 1 || c.Whole || c.Bends);

    /// <summary>Columns by these names, or x1, x2, … where the file has none, in the data's own units.</summary>
    public static DataFit Of(IReadOnlyList<string>? names, int count) =>
        new() { Named = names is not null && names.Distinct().Count() == count, Columns = [.. Enumerable.Range(0, count).Select(i => new DataColumn(names?[i] ?? $"x{i + 1}"))] };

    /// <summary>The model's columns where values stay in its units.</summary>
    [JsonIgnore]
    public DataFit Raw => this with { Constants = [], Schema = null, Statics = null, Columns = [.. Columns.Select(c => new DataColumn(c.Name))] };

    /// <summary>The first so many columns.</summary>
    public DataFit First(int count) => this with { Columns = [.. Columns.Take(count)], Statics = count < Columns.Count ? null : Statics };

    /// <summary>Brings rows of the data's units to the model's, in place.</summary>
    public void ToModel(Span<float> values)
    {
        for (var i = 0; Columns.Count > 0 && i < values.Length; i++)
        {
            values[i] = Columns[i % Columns.Count].ToModel(values[i]);
        }
    }

    /// <summary>Brings rows of the model's units to the data's, in place.</summary>
    public void ToData(Span<float> values)
    {
        for (var i = 0; Scales && i < values.Length; i++)
        {
            values[i] = Columns[i % Columns.Count].ToData(values[i]);
        }
    }

    /// <summary>Rows of the model's columns with the constant ones between them; the same rows where there are none.</summary>
    public float[] Whole(float[] rows)
    {
        if (Constants.Count == 0)
        {
            return rows;
        }

        var (few, all) = (Columns.Count, Columns.Count + Constants.Count);
        var whole = new float[rows.Length / few * all];
        var row = new List<float>(all);
        for (var i = 0; i < whole.Length / all; i++)
        {
            row.Clear();
            row.AddRange(rows.AsSpan(i * few, few));
            foreach (var constant in Constants)
            {
                row.Insert(constant.Place, (float)constant.Value);
            }

            row.CopyTo(whole, i * all);
        }

        return whole;
    }

    /// <summary>Rows of the model's as cells of the schema's table, one row after the other, the first being the one of this number.</summary>
    internal IEnumerable<string[]> Cells(float[] rows, long first = 0)
    {
        var coding = new TableCoding(Schema!);
        var row = new double[Columns.Count];
        for (var i = 0; i < rows.Length; i += row.Length)
        {
            for (var c = 0; c < row.Length; c++)
            {
                // In double precision: single would lose the digits of dates and large numbers.
                row[c] = (rows[i + c] * Columns[c].Scale) + Columns[c].Shift;
            }

            yield return coding.Decode(row, first + (i / row.Length));
        }
    }

    /// <summary>Values [..., columns] of the model in the data's units; the same tensor where there is no difference.</summary>
    public Tensor ToData(Tensor x)
    {
        if (!Scales)
        {
            return x;
        }

        var values = x.ToArray<float>();
        ToData(values);
        return Tensor.From(values, x.shape);
    }

    /// <summary>The place of a class that a user names; the number itself where no class has a name, or none that looks like a number.</summary>
    /// <param name="text">What the user wrote.</param>
    /// <param name="classes">How many classes there are.</param>
    /// <exception cref="UsageException">There is no such class.</exception>
    public int ClassOf(string text, int classes)
    {
        var names = Classes.Count == classes ? Classes : [.. Enumerable.Range(0, classes).Select(i => i.ToString(CultureInfo.InvariantCulture))];
        var place = names.ToList().IndexOf(text);
        if (place < 0 && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < classes && !names.Any(n => n.All(char.IsAsciiDigit)))
        {
            return number;
        }

        return place >= 0 ? place
            : throw new UsageException($"There is no class '{text}': the model knows {(classes == 0 ? "no classes" : string.Join(", ", names.Take(20)) + (classes > 20 ? ", …" : ""))}.");
    }

    public bool Equals(DataFit? other) =>
        other is not null && Named == other.Named && Equals(Schema, other.Schema) && (Statics ?? []).SequenceEqual(other.Statics ?? []) && Columns.SequenceEqual(other.Columns) && Constants.SequenceEqual(other.Constants) && Classes.SequenceEqual(other.Classes);

    public override int GetHashCode() => HashCode.Combine(Columns.Count, Classes.Count, Named);
}

/// <summary>One column: the model sees (value − shift)/scale, or the same of the value's logarithm or square root.</summary>
/// <param name="Name">Of the column.</param>
/// <param name="Shift">The mean of the training part where columns are standardised.</param>
/// <param name="Scale">Its standard deviation; 1 where it has none.</param>
public sealed record DataColumn(string Name, double Shift = 0, double Scale = 1)
{
    /// <summary>Whether it holds whole numbers to which noise of one unit is added: each stands for the values up to the next one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Whole { get; init; }

    /// <summary>Whether it is the value's natural logarithm that is shifted and scaled.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Logarithm { get; init; }

    /// <summary>Whether it is the value's square root.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Root { get; init; }

    /// <summary>Whether the model sees the values by another measure than a shift and a scale.</summary>
    [JsonIgnore]
    internal bool Bends => Logarithm || Root;

    /// <summary>A value of the data as the model sees it; of whole numbers the middle of what they stand for.</summary>
    /// <exception cref="UsageException">The value has no logarithm or no square root, and that is what the model sees.</exception>
    internal float ToModel(double value)
    {
        if (Logarithm)
        {
            value = value <= 0 ? throw new UsageException(FormattableString.Invariant($"'{Name}' cannot be {value} here: the model has learned its logarithm, so give a value above 0.")) : Math.Log(value);
        }
        else if (Root)
        {
            value = value < 0 ? throw new UsageException(FormattableString.Invariant($"'{Name}' cannot be {value} here: the model has learned its square root, so give a value of at least 0.")) : Math.Sqrt(value);
        }

        return (float)((value + (Whole ? 0.5 : 0) - Shift) / Scale);
    }

    /// <summary>A value of the model as the data has it.</summary>
    internal float ToData(double value)
    {
        var back = (value * Scale) + Shift;
        return (float)(Logarithm ? Math.Exp(back) : Root ? Math.Max(0, back) * Math.Max(0, back) : Whole ? Math.Floor(back) : back);
    }
}

/// <summary>A column in which every row has the same value.</summary>
/// <param name="Name">Of the column.</param>
/// <param name="Value">The value.</param>
/// <param name="Place">Its place among all columns of the table, from 0.</param>
public sealed record DataConstant(string Name, double Value, int Place);

/// <summary>A column that is the same in all rows of a series. A number is one channel, and a word one of several channels that are 1 where it stands and else 0.</summary>
/// <param name="Name">Of the column.</param>
/// <param name="Place">Its place among the moving and the static columns of the file, from 0.</param>
/// <param name="Words">What it may hold; empty where it holds numbers.</param>
public sealed record DataStatic(string Name, int Place, IReadOnlyList<string> Words)
{
    /// <summary>How many values stand for it in each step.</summary>
    [JsonIgnore]
    public int Channels => Math.Max(Words.Count, 1);

    /// <summary>The names of these.</summary>
    [JsonIgnore]
    internal IEnumerable<string> ChannelNames => Words.Count == 0 ? [Name] : Words.Select(w => $"{Name}={w}");

    public bool Equals(DataStatic? other) => other is not null && (Name, Place) == (other.Name, other.Place) && Words.SequenceEqual(other.Words);

    public override int GetHashCode() => HashCode.Combine(Name, Place, Words.Count);
}

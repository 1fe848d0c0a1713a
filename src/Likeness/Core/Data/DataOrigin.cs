using System.Globalization;
using System.Text.Json.Serialization;

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

    /// <summary>Whether the file named its columns; else their names are x1, x2, … and columns are told apart by their places.</summary>
    public bool Named { get; init; }

    /// <summary>The name of each class, in the order of the labels.</summary>
    public IReadOnlyList<string> Classes { get; init => field = value ?? []; } = [];

    /// <summary>Whether the model's units are others than the data's.</summary>
    [JsonIgnore]
    public bool Scales => Columns.Any(c => c.Shift != 0 || c.Scale != 1);

    /// <summary>Columns by these names, or x1, x2, … where the file has none, in the data's own units.</summary>
    public static DataFit Of(IReadOnlyList<string>? names, int count) =>
        new() { Named = names is not null && names.Distinct().Count() == count, Columns = [.. Enumerable.Range(0, count).Select(i => new DataColumn(names?[i] ?? $"x{i + 1}"))] };

    /// <summary>The same columns where values stay in the model's units.</summary>
    [JsonIgnore]
    public DataFit Raw => this with { Columns = [.. Columns.Select(c => new DataColumn(c.Name))] };

    /// <summary>The first so many columns.</summary>
    public DataFit First(int count) => this with { Columns = [.. Columns.Take(count)] };

    /// <summary>Brings rows of the data's units to the model's, in place.</summary>
    public void ToModel(Span<float> values)
    {
        for (var i = 0; Columns.Count > 0 && i < values.Length; i++)
        {
            var column = Columns[i % Columns.Count];
            values[i] = (float)((values[i] - column.Shift) / column.Scale);
        }
    }

    /// <summary>Brings rows of the model's units to the data's, in place.</summary>
    public void ToData(Span<float> values)
    {
        for (var i = 0; Scales && i < values.Length; i++)
        {
            var column = Columns[i % Columns.Count];
            values[i] = (float)((values[i] * column.Scale) + column.Shift);
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
        other is not null && Named == other.Named && Columns.SequenceEqual(other.Columns) && Classes.SequenceEqual(other.Classes);

    public override int GetHashCode() => HashCode.Combine(Columns.Count, Classes.Count, Named);
}

/// <summary>One column: the model sees (value − shift)/scale.</summary>
/// <param name="Name">Of the column.</param>
/// <param name="Shift">The mean of the training part where columns are standardised.</param>
/// <param name="Scale">Its standard deviation; 1 where it has none.</param>
public sealed record DataColumn(string Name, double Shift = 0, double Scale = 1);

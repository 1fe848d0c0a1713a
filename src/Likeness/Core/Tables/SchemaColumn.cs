using System.Globalization;

namespace Likeness;

/// <summary>What a column of a mixed table holds.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ColumnKind>))]
public enum ColumnKind
{
    /// <summary>Numbers with or without decimals.</summary>
    [JsonStringEnumMemberName("number")]
    Number,

    /// <summary>Whole numbers whose order and distances mean something.</summary>
    [JsonStringEnumMemberName("integer")]
    Integer,

    /// <summary>One of a few words.</summary>
    [JsonStringEnumMemberName("category")]
    Category,

    /// <summary>One of two words, such as yes and no.</summary>
    [JsonStringEnumMemberName("boolean")]
    Boolean,

    /// <summary>Dates and times of day.</summary>
    [JsonStringEnumMemberName("date")]
    Date,

    /// <summary>Another value in every row: nothing to learn from. Models do not see it, and what they make is numbered anew.</summary>
    [JsonStringEnumMemberName("identifier")]
    Identifier,

    /// <summary>Free text: models do not see it, and what they make lacks it.</summary>
    [JsonStringEnumMemberName("text")]
    Text,
}

/// <summary>One column of a mixed table: what its cells may be.</summary>
/// <param name="Name">Of the column.</param>
/// <param name="Kind">What it holds.</param>
public sealed record SchemaColumn(string Name, ColumnKind Kind)
{
    // Numbers of dates are seconds since then.
    private static readonly DateTime s_origin = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Unspecified);

    /// <summary>The least number; of dates in seconds since 2000-01-01 (or since midnight where there is no day); null where there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Low { get; init; }

    /// <summary>The greatest number.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? High { get; init; }

    /// <summary>What every number is from <see cref="Low"/> a whole multiple of; null where any number will do.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Step { get; init; }

    /// <summary>Digits after the decimal point; null where numbers are written as short as they are.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Decimals { get; init; }

    /// <summary>How dates are written, as .NET writes it: "yyyy-MM-dd".</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Format { get; init; }

    /// <summary>The words of a category or a boolean, in ordinal order.</summary>
    public IReadOnlyList<string> Values { get; init => field = value ?? []; } = [];

    /// <summary>How a missing cell is written; null where none may be missing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Missing { get; init; }

    /// <summary>The borders of the ranges by which numbers become levels, ascending, one more than there are ranges; none where the model sees numbers.</summary>
    public IReadOnlyList<double> Edges { get; init => field = value ?? []; } = [];

    /// <summary>Whether its cells are words out of a list.</summary>
    [JsonIgnore]
    public bool IsCategory => Kind is ColumnKind.Category or ColumnKind.Boolean;

    /// <summary>Whether its cells have an order and distances: numbers, integers and dates.</summary>
    [JsonIgnore]
    public bool IsNumber => Kind is ColumnKind.Number or ColumnKind.Integer or ColumnKind.Date;

    /// <summary>Whether there is anything to learn about it but whether it is missing.</summary>
    [JsonIgnore]
    public bool Varies => IsNumber ? Low < High : IsCategory && Values.Count > 1;

    /// <summary>Whether a cell says that its value is missing.</summary>
    public static bool IsMissing(string cell) => cell is "" or "?" or "NA" or "N/A" or "NaN" or "nan" or "null" or "NULL" or "None";

    /// <summary>The number of a cell of a number, an integer or a date; null where it is none.</summary>
    public double? Parse(string cell)
    {
        if (Kind == ColumnKind.Date)
        {
            return ParseDate(cell, Format!);
        }

        return double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;
    }

    /// <summary>The seconds that a date or a time of day stands for; null where it is not of this format.</summary>
    internal static double? ParseDate(string cell, string format) =>
        DateTime.TryParseExact(cell, format, CultureInfo.InvariantCulture, DateTimeStyles.NoCurrentDateDefault, out var date)
            ? (date - Origin(format)).Ticks / (double)TimeSpan.TicksPerSecond
            : null;

    /// <summary>The nearest value that the column can have, in its range and on its step.</summary>
    public double Nearest(double value)
    {
        var (low, high) = (Low ?? value, High ?? value);
        value = Math.Clamp(double.IsNaN(value) ? low : value, low, high);
        if (Step is { } step)
        {
            value = Math.Clamp(low + (Math.Round((value - low) / step) * step), low, high);
        }

        return Decimals is { } digits and <= 15 ? Math.Clamp(Math.Round(value, digits), low, high) : value;
    }

    /// <summary>A number as it stands in a cell.</summary>
    public string Write(double value)
    {
        value = Nearest(value);
        return Kind == ColumnKind.Date ? (Origin(Format!) + TimeSpan.FromTicks((long)Math.Round(value * TimeSpan.TicksPerSecond))).ToString(Format, CultureInfo.InvariantCulture)
            : Decimals is { } digits ? value.ToString($"F{digits}", CultureInfo.InvariantCulture) is var text && text.TrimStart('-').Trim('0', '.').Length == 0 ? text.TrimStart('-') : text
            : value.ToString("R", CultureInfo.InvariantCulture);
    }

    // A time without a day is counted from midnight.
    private static DateTime Origin(string format) => format.Contains('y', StringComparison.Ordinal) ? s_origin : DateTime.MinValue;

    public bool Equals(SchemaColumn? other) => other is not null
        && (Name, Kind, Low, High, Step, Decimals, Format, Missing) == (other.Name, other.Kind, other.Low, other.High, other.Step, other.Decimals, other.Format, other.Missing)
        && Values.SequenceEqual(other.Values) && Edges.SequenceEqual(other.Edges);

    public override int GetHashCode() => HashCode.Combine(Name, Kind, Low, High, Values.Count);

    /// <summary>For example "age: integer 17 … 90".</summary>
    public override string ToString()
    {
        var missing = Missing is null ? "" : ", may be missing";
        return Kind switch
        {
            _ when IsNumber && Low is { } low => $"{Name}: {Kind.ToString().ToLowerInvariant()} {Write(low)} … {Write(High!.Value)}{(Step is { } step && Kind != ColumnKind.Date && step != 1 ? string.Create(CultureInfo.InvariantCulture, $" in steps of {step}") : "")}{missing}",
            _ when IsCategory && Values.Count == 0 => $"{Name}: nothing but missing cells",
            _ when IsCategory => $"{Name}: {Kind.ToString().ToLowerInvariant()} of {string.Join(", ", Values.Take(4))}{(Values.Count > 4 ? $", … ({Values.Count})" : "")}{missing}",
            ColumnKind.Identifier => $"{Name}: identifier, numbered anew",
            ColumnKind.Text => $"{Name}: text, left out",
            _ => $"{Name}: nothing but missing cells",
        };
    }
}

namespace Likeness;

/// <summary>The numbers that an option may be, or each entry of a list of them. NaN and infinity are never among them.</summary>
[AttributeUsage(AttributeTargets.Property)]
public abstract class OptionRangeAttribute : Attribute
{
    private protected OptionRangeAttribute(double low) => Low = low;

    /// <summary>Where the range begins.</summary>
    public double Low { get; }

    /// <summary>The largest number that is allowed.</summary>
    public double AtMost { get; init; } = double.PositiveInfinity;

    /// <summary>What all allowed numbers are below.</summary>
    public double Below { get; init; } = double.PositiveInfinity;

    /// <summary>Whether an option may be this number.</summary>
    public bool Contains(double value) => double.IsFinite(value) && Reaches(value) && value <= AtMost && value < Below;

    /// <summary>For example "at least 0 and below 1".</summary>
    public override string ToString() => double.IsFinite(AtMost) ? $"{Beginning} and at most {AtMost}"
        : double.IsFinite(Below) ? $"{Beginning} and below {Below}"
        : Beginning;

    private protected abstract string Beginning { get; }

    private protected abstract bool Reaches(double value);
}

/// <summary>An option that is this number or more.</summary>
public sealed class AtLeastAttribute(double low) : OptionRangeAttribute(low)
{
    private protected override string Beginning => $"at least {Low}";

    private protected override bool Reaches(double value) => value >= Low;
}

/// <summary>An option that is more than this number.</summary>
public sealed class AboveAttribute(double low) : OptionRangeAttribute(low)
{
    private protected override string Beginning => $"above {Low}";

    private protected override bool Reaches(double value) => value > Low;
}

/// <summary>A list that has one entry or more.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NotEmptyAttribute : Attribute;

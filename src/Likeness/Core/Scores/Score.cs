namespace Likeness;

/// <summary>What kind of number a score is.</summary>
public enum Evidence
{
    /// <summary>The model's own value, up to rounding; only the finite test set makes it uncertain.</summary>
    Exact,

    /// <summary>The true value is at least this.</summary>
    LowerBound,

    /// <summary>The true value is at most this.</summary>
    UpperBound,

    /// <summary>Neither exact nor a bound.</summary>
    Estimate,
}

/// <summary>A measured number that says what it is.</summary>
/// <param name="Value">The mean over the examples.</param>
/// <param name="StandardError">Of that mean.</param>
/// <param name="Unit">For example "nats" (per example) or "bits/dim".</param>
/// <param name="Evidence">What kind of number it is.</param>
/// <param name="Count">Examples measured, or whatever <see cref="Per"/> says.</param>
public readonly record struct Score(double Value, double StandardError, string Unit, Evidence Evidence, int Count)
{
    /// <summary>What was counted, in the singular: "example" unless said.</summary>
    public string Per { get => field ?? "example"; init; }

    /// <summary>Mean and standard error of one value per example.</summary>
    public static Score Mean(ReadOnlySpan<double> values, string unit, Evidence evidence)
    {
        if (values.IsEmpty)
        {
            throw new ArgumentException("A score needs at least one value; there are none.", nameof(values));
        }

        var (mean, error) = Estimate.Mean(values);
        return new(mean, error, unit, evidence, values.Length);
    }

    /// <summary>The same score in another unit.</summary>
    public Score Times(double factor, string unit) => this with { Value = Value * factor, StandardError = StandardError * Math.Abs(factor), Unit = unit };

    /// <summary>For example "≤ 94.21 ± 0.24 nats (upper bound, 10000 examples)".</summary>
    public override string ToString()
    {
        var (sign, word) = Evidence switch
        {
            Evidence.Exact => ("", "exact"),
            Evidence.LowerBound => ("≥ ", "lower bound"),
            Evidence.UpperBound => ("≤ ", "upper bound"),
            _ => ("≈ ", "estimate"),
        };
        var error = double.IsNaN(StandardError) ? "" : $" ± {StandardError:0.####}";
        return $"{sign}{Value:0.####}{error} {Unit} ({word}, {Counted.Of(Count, Per)})";
    }
}

namespace Likeness;

/// <summary>An estimated number.</summary>
/// <param name="Value">The number.</param>
/// <param name="StandardError">Of it; NaN where it is not known.</param>
public readonly record struct Estimate(double Value, double StandardError)
{
    /// <summary>The mean of values, with the error that their spread gives it.</summary>
    public static Estimate Mean(ReadOnlySpan<double> values)
    {
        if (values.IsEmpty)
        {
            throw new ArgumentException("A mean needs at least one value; there are none.", nameof(values));
        }

        var mean = 0.0;
        var squares = 0.0;
        for (var i = 0; i < values.Length; i++)
        {
            var delta = values[i] - mean;
            mean += delta / (i + 1);
            squares += delta * (values[i] - mean);
        }

        return new(mean, values.Length > 1 ? Math.Sqrt(squares / (values.Length - 1) / values.Length) : double.NaN);
    }
}

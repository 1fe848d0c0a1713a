namespace Likeness;

/// <summary>How near generated examples come to those that the model learned from, beside as many that it has not seen.</summary>
/// <param name="NearerToTraining">The share of generated examples whose nearest example is one that was learned from, ties counting half: 0.5 where nothing is copied.</param>
/// <param name="ToTraining">The median distance to the nearest example that was learned from.</param>
/// <param name="ToOthers">The same to those that were not.</param>
/// <param name="Copies">The share of generated examples that equal one that was learned from, less the share that equal one that was not.</param>
public sealed record ClosestRecords(Score NearerToTraining, double ToTraining, double ToOthers, Score Copies)
{
    /// <summary>Compares by the Euclidean distance of values in the model's units, of categories by whether they agree.</summary>
    /// <param name="spec">Of all three.</param>
    /// <param name="generated">Examples of the model [n, …].</param>
    /// <param name="training">Examples that it learned from [m, …].</param>
    /// <param name="others">As many that it has not seen [m, …].</param>
    public static ClosestRecords Of(DataSpec spec, Tensor generated, Tensor training, Tensor others)
    {
        var made = Points(spec, generated);
        var (near, far) = (Squares(made, Points(spec, training)), Squares(made, Points(spec, others)));
        var wins = near.Zip(far, (a, b) => a < b ? 1.0 : a > b ? 0 : 0.5).ToArray();
        var copies = near.Zip(far, (a, b) => (a == 0 ? 1.0 : 0) - (b == 0 ? 1.0 : 0)).ToArray();
        return new(Score.Mean(wins, "share", Evidence.Estimate), Median(near), Median(far), Score.Mean(copies, "share", Evidence.Estimate));
    }

    /// <summary>Of each example the distance to the nearest generated one, negative: the larger, the likelier it was learned from.</summary>
    internal static double[] Nearness(DataSpec spec, Tensor examples, Tensor generated) =>
        Array.ConvertAll(Neighbours.Nearest(Points(spec, examples), Points(spec, generated)), d => -d);

    private static Tensor Points(DataSpec spec, Tensor x) => spec.Domain is Domain.Categorical c
        ? spec.Flat(x).unsqueeze(2).eq(torch.arange(0, c.Levels, x.dtype, x.device)).to(ScalarType.Float64).flatten(1)
        : spec.Flat(spec.Normalise(x)).to(ScalarType.Float64);

    // Sums of squares cancel to their rounding where both are the same.
    private static double[] Squares(Tensor points, Tensor others)
    {
        var rounding = 1e-12 * (others.square().sum([1]).max().ToDouble() + 1);
        return Array.ConvertAll(Neighbours.Nearest(points, others), d => d < rounding ? 0 : d);
    }

    private static double Median(double[] squares)
    {
        var sorted = squares.Order().ToArray();
        return Math.Sqrt((sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2);
    }
}

namespace Likeness.Data;

/// <summary>The means and standard deviations of a table's columns, by which rows are standardised.</summary>
internal sealed class Standardisation
{
    private readonly double[] _means, _deviations;

    private Standardisation(double[] means, double[] deviations) => (_means, _deviations) = (means, deviations);

    /// <summary>Those of these rows (with the number of rows in the denominator); constant columns get a deviation of 1, so that they are only centred.</summary>
    /// <param name="columns">Values per row.</param>
    /// <param name="reference">The rows, in one or several pieces: the training data.</param>
    public static Standardisation Of(int columns, params IReadOnlyList<float[]> reference)
    {
        var (means, deviations) = (new double[columns], new double[columns]);
        var rows = reference.Sum(r => r.Length) / columns;
        for (var column = 0; column < columns; column++)
        {
            var mean = Sum(column, v => v) / rows;
            var variance = Sum(column, v => (v - mean) * (v - mean)) / rows;
            (means[column], deviations[column]) = (mean, variance > 0 ? Math.Sqrt(variance) : 1);
        }

        return new(means, deviations);

        double Sum(int column, Func<double, double> of)
        {
            var sum = 0.0;
            foreach (var values in reference)
            {
                for (var i = column; i < values.Length; i += columns)
                {
                    sum += of(values[i]);
                }
            }

            return sum;
        }
    }

    /// <summary>Standardises rows in place.</summary>
    public void Apply(float[] values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            var column = i % _means.Length;
            values[i] = (float)((values[i] - _means[column]) / _deviations[column]);
        }
    }
}

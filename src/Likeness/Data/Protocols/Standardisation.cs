namespace Likeness;

/// <summary>Fits of a table's columns, all on the rows that are given: the training data.</summary>
internal static class Standardisation
{
    /// <summary>Mean and standard deviation (with the number of rows in the denominator); constant columns get a deviation of 1, so they are only centred.</summary>
    /// <param name="names">Of the columns; null where the file has none.</param>
    /// <param name="columns">Values per row.</param>
    /// <param name="reference">The rows, in one or several pieces.</param>
    public static DataFit Of(IReadOnlyList<string>? names, int columns, params IReadOnlyList<ReadOnlyMemory<float>> reference)
    {
        var rows = reference.Sum(r => r.Length) / columns;
        return Fitted(names, columns, column =>
        {
            var mean = Sum(reference, columns, column, v => v) / rows;
            var variance = Sum(reference, columns, column, v => (v - mean) * (v - mean)) / rows;
            return (mean, variance > 0 ? Math.Sqrt(variance) : 1);
        });
    }

    /// <summary>The same of columns whose facts are known; or, as a range, the smallest value and the range, so what is fitted lies in 0 … 1.</summary>
    /// <param name="names">Of the columns; null where the file has none.</param>
    /// <param name="facts">Of the columns' values, or of what is seen of them.</param>
    /// <param name="range">Whether columns are brought to 0 … 1.</param>
    /// <param name="of">What the facts are of; the values where null.</param>
    public static DataFit Of(IReadOnlyList<string>? names, ColumnFacts[] facts, bool range = false, Func<DataColumn, DataColumn>? of = null)
    {
        var fit = Fitted(names, facts.Length, c =>
            facts[c] is var f && range ? (f.Low, f.High > f.Low ? f.High - f.Low : 1) : (f.Mean, f.Deviation > 0 ? f.Deviation : 1));
        return of is null ? fit : fit with { Columns = [.. fit.Columns.Select(of)] };
    }

    /// <summary>All values in the model's units: the difference is taken in double precision, and then rounded.</summary>
    public static float[] Applied(NumericArray array, DataFit fit)
    {
        var (values, row) = (new float[array.Values.Length], new double[array.RowLength]);
        for (var from = 0; from < values.Length; from += row.Length)
        {
            array.Read(from, row);
            for (var c = 0; c < row.Length; c++)
            {
                values[from + c] = fit.Columns.Count == 0 ? (float)row[c] : fit.Columns[c % fit.Columns.Count].ToModel(row[c]);
            }
        }

        return values;
    }

    private static DataFit Fitted(IReadOnlyList<string>? names, int columns, Func<int, (double Shift, double Scale)> fit)
    {
        var all = DataFit.Of(names, columns);
        return all with { Columns = [.. all.Columns.Select((c, i) => fit(i) is var (shift, scale) ? c with { Shift = shift, Scale = scale } : c)] };
    }

    private static double Sum(IReadOnlyList<ReadOnlyMemory<float>> reference, int columns, int column, Func<double, double> of)
    {
        var sum = 0.0;
        foreach (var piece in reference)
        {
            var values = piece.Span;
            for (var i = column; i < values.Length; i += columns)
            {
                sum += of(values[i]);
            }
        }

        return sum;
    }
}

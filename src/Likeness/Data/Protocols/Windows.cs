namespace Likeness;

/// <summary>Cuts one long series into examples: windows of consecutive rows.</summary>
internal static class Windows
{
    private const int DefaultSteps = 24;

    /// <summary>A data set of the windows of a series.</summary>
    /// <param name="name">The data set.</param>
    /// <param name="values">Rows in the order of time, [rows, columns].</param>
    /// <param name="columns">Values per row.</param>
    /// <param name="names">Of the columns; null where there are none.</param>
    /// <param name="options">The protocol; its size is the length of a window.</param>
    /// <param name="actions">How many of the last columns are actions.</param>
    /// <exception cref="DataException">The series is too short for one window in each split.</exception>
    public static MemoryDataset Of(string name, float[] values, int columns, IReadOnlyList<string>? names, DataOptions options, int actions = 0)
    {
        var protocol = Protocols.Choose(options.Protocol, Protocols.OfSeries);
        var known = options.For?.Fit;
        values = known is null ? (float[])values.Clone() : KnownColumns.Order(name, (float[])values.Clone(), names, columns, known);
        var (steps, rows) = (options.Size ?? options.For?.Spec.Shape[0] ?? DefaultSteps, values.Length / columns);
        int[][] starts;
        DataFit fit;
        if (protocol == Protocols.Shuffled)
        {
            fit = known ?? Standardisation.Range(names, columns, values);
            starts = Allotment.Of(Math.Max(rows - steps + 1, 0), options);
        }
        else
        {
            // Windows of one split never reach into another.
            var (train, held) = (rows * 8 / 10, rows / 10);
            (int From, int To)[] parts = options.Whole ? [(0, 0), (0, 0), (0, rows)] : [(0, train), (train, train + held), (train + held, rows)];
            fit = known ?? Standardisation.Of(names, columns, values.AsMemory(0, (options.Whole ? rows : train) * columns));
            starts = Array.ConvertAll(parts, p => Enumerable.Range(p.From, Math.Max(p.To - p.From - steps + 1, 0)).ToArray());
        }

        if (steps < 1 || starts[2].Length == 0 || (!options.Whole && starts[0].Length == 0))
        {
            throw new DataException($"'{name}' has {rows} rows, too few for windows of {steps} in every split: give a longer series or a smaller size.");
        }

        fit.ToModel(values);
        var shape = new DataSpec([steps, columns], new Domain.Real(), Actions: actions);
        var splits = Array.ConvertAll(starts, s => new Part(new WindowExamples(values, columns, steps, s)));
        return new(new(name, protocol, shape, splits[0], splits[1], splits[2]) { Fit = fit });
    }

    // Overlapping windows share the series' memory.
    private sealed class WindowExamples(ReadOnlyMemory<float> series, int columns, int steps, int[] starts) : Examples(starts.Length, steps * columns)
    {
        protected override void Fill(int index, ulong key, Span<float> x) => series.Span.Slice(starts[index] * columns, steps * columns).CopyTo(x);
    }
}

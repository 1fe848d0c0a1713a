namespace Likeness;

/// <summary>Cuts series into examples: windows of consecutive rows. None crosses from one series into another, or holds a missing value.</summary>
internal static class Windows
{
    private const int DefaultSteps = 24;

    /// <summary>A data set of the windows of one series without missing values.</summary>
    /// <param name="name">The data set.</param>
    /// <param name="values">Rows in the order of time, [rows, columns].</param>
    /// <param name="columns">Values per row.</param>
    /// <param name="names">Of the columns; null where there are none.</param>
    /// <param name="options">The protocol; its size is the length of a window.</param>
    /// <param name="actions">How many of the last columns are actions.</param>
    /// <exception cref="DataException">The series is too short for one window in each split.</exception>
    public static MemoryDataset Of(string name, float[] values, int columns, IReadOnlyList<string>? names, DataOptions options, int actions = 0) =>
        Of(SeriesRows.Of(name, new(values, [values.Length / columns, columns]), names), options, actions);

    /// <summary>A data set of the windows of several series.</summary>
    /// <inheritdoc cref="Of(string, float[], int, IReadOnlyList{string}, DataOptions, int)"/>
    /// <param name="series">The series.</param>
    /// <param name="options">The protocol; its size is the length of a window.</param>
    /// <param name="actions">How many of the last columns are actions.</param>
    /// <param name="rewards">How many of the columns before those are rewards.</param>
    public static MemoryDataset Of(SeriesRows series, DataOptions options, int actions = 0, int rewards = 0)
    {
        var protocol = Protocols.Choose(options.Protocol, Protocols.OfSeries);
        var known = options.For?.Fit;
        var array = known is null ? series.Values : series.Values.Columns(KnownColumns.Places(series.Name, series.Names, series.Values.RowLength, known));
        series = series with { Values = array };
        var (columns, steps) = (array.RowLength, options.Size ?? options.For?.Spec.Shape[0] ?? DefaultSteps);
        var notes = series.Notes.ToList();
        var gaps = series.Gaps();
        var runs = Runs(series, protocol, steps, options, notes);
        var (starts, left) = Starts(runs, gaps, Math.Max(steps, 1));
        if (protocol == Protocols.Shuffled && runs[1].Count + runs[2].Count == 0)
        {
            var all = starts[0];
            starts = Array.ConvertAll(Allotment.Of(all.Length, options), chosen => Array.ConvertAll(chosen, i => all[i]));
        }

        if (left > 0)
        {
            notes.Add($"{Counted.Of(left, "window")} of '{series.Name}' {(left == 1 ? "is" : "are")} left out for a missing value (the first in {series.Place(Array.IndexOf(gaps, true))}).");
        }

        if (steps < 1 || starts.All(s => s.Length == 0) || (!options.Whole && starts[0].Length == 0) || (starts[2].Length == 0 && series.Series.All(s => s.Part is null)))
        {
            throw new DataException(series.Series.Count == 1
                ? $"'{series.Name}' has {Counted.Of(array.Rows, "row")}, too few{(left > 0 ? " without missing values" : "")} for windows of {steps} in every split: give a longer series or a smaller size."
                : $"'{series.Name}' has {series.Series.Count} series of {series.Lengths} steps, too few{(left > 0 ? " without missing values" : "")} for windows of {steps} in every split: give more or longer series, or a smaller size.");
        }

        var training = (options.Whole || protocol == Protocols.Shuffled ? runs.SelectMany(r => r) : runs[0]).SelectMany(r => Enumerable.Range(r.From, r.Length)).ToArray();
        var seen = protocol switch { Protocols.LogWindows => Bent(series, "logarithm", "above", Math.Log), Protocols.RootWindows => Bent(series, "square root", "of at least", Math.Sqrt), _ => array };
        var facts = known is null ? ColumnFacts.Of(seen, training) : [];
        var fit = known ?? Fitted(series, protocol, facts);
        notes.AddRange(Constant(series, fit, facts));
        var values = Standardisation.Applied(array, fit);
        var shape = new DataSpec([steps, columns], new Domain.Real(), series.Classes?.Count ?? 0, actions + fit.StaticChannels) { Rewards = rewards, Statics = fit.StaticChannels };
        var splits = Array.ConvertAll(starts, s => new Part(new WindowExamples(values, columns, steps, s))
        {
            Label = series.Classes is null ? null : i => series.At(s[i]).Class,
            Dates = series.Dates is null ? null : i => series.DatesTo(s[i] + steps),
            Series = i => series.At(s[i]).Name,
        });
        return new(new Splits(series.Name, protocol, shape, splits[0], splits[1], splits[2]) { Fit = fit, Notes = notes }.WithUnlabelled(), series.Classes);
    }

    private static NumericArray Bent(SeriesRows series, string what, string allowed, Func<double, double> bend)
    {
        var (bent, row) = (new double[series.Values.Values.Length], new double[series.Values.RowLength]);
        for (var from = 0; from < bent.Length; from += row.Length)
        {
            series.Values.Read(from, row);
            for (var c = 0; c < row.Length; c++)
            {
                // A static feature does not swing.
                var value = c < row.Length - series.StaticChannels ? bend(row[c]) : row[c];
                bent[from + c] = !double.IsFinite(value) && !double.IsNaN(row[c])
                    ? throw new DataException(Sentence.Of(FormattableString.Invariant($"'{series.Name}' has {row[c]} in {series.Place(from / row.Length)}, which has no {what}: give values {allowed} 0, or choose {new Remedy.Option("protocol", Protocols.Windows)}.")))
                    : value;
            }
        }

        return new(bent, series.Values.Shape);
    }

    private static DataFit Fitted(SeriesRows series, string protocol, ColumnFacts[] facts)
    {
        var fit = Standardisation.Of(series.Names, facts, range: protocol == Protocols.Shuffled);
        var moving = facts.Length - series.StaticChannels;
        return fit with
        {
            Columns = [.. fit.Columns.Select((c, i) => i >= moving ? c : c with { Logarithm = protocol == Protocols.LogWindows, Root = protocol == Protocols.RootWindows })],
            Statics = series.Statics,
        };
    }

    private static IEnumerable<string> Constant(SeriesRows series, DataFit fit, ColumnFacts[] facts)
    {
        var same = fit.Columns.Where((_, c) => c < facts.Length && facts[c].IsConstant).Select(c => c.Name).ToHashSet();
        var constant = (facts.Length == 0 ? [] : fit.Moving.Columns.Select(c => c.Name).Where(same.Contains).Concat((fit.Statics ?? []).Where(s => s.ChannelNames.All(same.Contains)).Select(s => s.Name)))
            .Select(name => $"'{name}'").ToList();
        return constant.Count == 0 ? [] : [$"Warning: the training part of '{series.Name}' has the same value at every step of {string.Join(", ", constant.Take(8))}: leave such columns out."];
    }

    // The stretches of each split.
    private static List<SeriesRange>[] Runs(SeriesRows series, string protocol, int steps, DataOptions options, List<string> notes)
    {
        var runs = new List<SeriesRange>[] { [], [], [] };
        var (all, free) = (series.Series, series.Series.Where(s => s.Part is null).ToArray());
        foreach (var one in all.Where(s => s.Part is not null))
        {
            runs[(int)one.Part!].Add(one);
        }

        if (free.Length == 0)
        {
            return runs;
        }

        if (options.Whole)
        {
            runs[2].AddRange(free);
        }
        else if (protocol == Protocols.Shuffled)
        {
            runs[0].AddRange(free);
        }
        else if (free.Length == 1 || free.Min(s => s.Length) / 10 >= steps)
        {
            foreach (var one in free)
            {
                // Windows of one split never reach into another.
                var (train, held) = (one.Length * 8 / 10, one.Length / 10);
                runs[0].Add(one with { To = one.From + train });
                runs[1].Add(one with { From = one.From + train, To = one.From + train + held });
                runs[2].Add(one with { From = one.From + train + held });
            }
        }
        else
        {
            var parts = Allotment.Of(free.Length, options);
            foreach (var split in Enum.GetValues<Split>())
            {
                runs[(int)split].AddRange(parts[(int)split].Select(i => free[i]));
            }

            notes.Add($"The {free.Length} series of '{series.Name}' have {series.Lengths} steps, too few to cut each in time: whole series are for training ({parts[0].Length}), validation ({parts[1].Length}) and test ({parts[2].Length}).");
        }

        return runs;
    }

    // The first rows of the windows without a gap, and how many there are with one.
    private static (int[][] Starts, int Left) Starts(List<SeriesRange>[] runs, bool[] gaps, int steps)
    {
        var left = 0;
        var starts = Array.ConvertAll(runs, ranges =>
        {
            var found = new List<int>();
            foreach (var range in ranges)
            {
                var last = -1;
                for (var i = range.From; i < range.To; i++)
                {
                    last = gaps[i] ? i : last;
                    var start = i - steps + 1;
                    if (start >= range.From)
                    {
                        if (start > last)
                        {
                            found.Add(start);
                        }
                        else
                        {
                            left++;
                        }
                    }
                }
            }

            return found.ToArray();
        });
        return (starts, left);
    }

    // Overlapping windows share the series' memory.
    private sealed class WindowExamples(ReadOnlyMemory<float> series, int columns, int steps, int[] starts) : Examples(starts.Length, steps * columns)
    {
        protected override void Fill(int index, ulong key, Span<float> x) => series.Span.Slice(starts[index] * columns, steps * columns).CopyTo(x);
    }
}

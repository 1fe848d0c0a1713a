namespace Likeness;

/// <summary>Series in the user's own files: the rows of one or several, below each other or one a row.</summary>
internal static class UserSeries
{
    private static readonly string[] s_whole = [Protocols.Reals, Protocols.Standardised];

    /// <summary>A data set of whole series where all have one length and no other protocol is asked for, and else of windows.</summary>
    /// <param name="sheet">The rows.</param>
    /// <param name="options">The protocol and the length of windows.</param>
    /// <exception cref="LikenessException">The protocol is unknown, or the series will not do for it.</exception>
    public static IDataset Open(Sheet sheet, DataOptions options)
    {
        if (options.Table?.RowsAreSeries == true && !sheet.IsSeries)
        {
            sheet = OfRows(sheet);
        }

        sheet = StaticFeatures.Told(sheet, options.For?.Fit);
        var (actions, rewards) = (0, 0);
        if (options.Table is { OfWorld: true } world)
        {
            if (sheet.Statics is not null)
            {
                throw new UsageException($"Models of worlds are told no static features: leave out {new Remedy.Option("Static")}, or the columns of actions and rewards.");
            }

            (sheet, actions, rewards) = LoggedTransitions.Of(sheet, world, options.For?.Fit);
            options = options with { Protocol = options.Protocol ?? Protocols.Windows, Size = options.Size ?? options.For?.Spec.Shape[0] ?? (world.Next is null ? null : 2) };
        }

        var rows = Arranged(sheet, out var words, out _);
        var (_, classes, notes) = words is null ? ([], null, sheet.Notes)
            : UserTable.Labelled(sheet with { Labels = words }, [[.. Enumerable.Range(0, words.Count).Where(i => rows.Series[i].Part is null or Split.Train)], [], []], options);
        rows = rows with
        {
            Classes = classes?.Names,
            Series = classes is null ? rows.Series : [.. rows.Series.Select((s, i) => s with { Class = classes.Numbers[i] })],
            Notes = notes,
        };
        if (rows.Values.RowLength == 0 || rows.Values.Rows == 0)
        {
            throw new DataException($"'{sheet.Name}' holds no steps: at least one row is needed.");
        }

        var even = rows.Series.All(s => s.Length == rows.Series[0].Length) && !rows.Gaps().Contains(true);
        var whole = options.Protocol is { } asked ? !Protocols.OfSeries.Contains(asked) : even && rows.Series.Count > 1;
        if (whole)
        {
            return Whole(rows, even, options);
        }

        if (options is { Protocol: null, Size: null, For: null } && rows.Series.Min(s => s.Length) is var shortest)
        {
            var steps = Math.Max(1, Math.Min(24, shortest));
            rows = rows with { Notes = [.. rows.Notes, $"The series of '{sheet.Name}' have {rows.Lengths} steps{(rows.Gaps().Contains(true) ? ", some of them missing" : "")}: they are cut into windows of {steps}."] };
            options = options with { Size = steps };
        }

        return Windows.Of(rows, options.Protocol is null ? options with { Protocol = Protocols.Windows } : options, actions, rewards);
    }

    // Every series is an example.
    private static MemoryDataset Whole(SeriesRows rows, bool even, DataOptions options)
    {
        var protocol = Protocols.Choose(options.Protocol, [.. s_whole, .. Protocols.OfSeries]);
        if (!even)
        {
            var gap = Array.IndexOf(rows.Gaps(), true);
            throw new DataException(Sentence.Of($"'{rows.Name}' has {(gap >= 0 ? $"a missing value in {rows.Place(gap)}" : $"series of {rows.Lengths} steps")}, and whole series must have one length and every value: cut them into windows ({new Remedy.Option("Protocol", Protocols.Windows)}, with a {new Remedy.Option("Size")} that the shortest has)."));
        }

        var (array, steps, known) = (rows.Values, rows.Series[0].Length, options.For?.Fit);
        array = known is null ? array : array.Columns(KnownColumns.Places(rows.Name, rows.Names, array.RowLength, known));
        var given = rows.Series.All(s => s.Part is not null) ? rows.Series.Select(s => s.Part!.Value).ToArray() : null;
        var splits = Allotment.Of(rows.Series.Count, given, options);
        var training = (splits[0].Length > 0 ? splits[0] : Enumerable.Range(0, rows.Series.Count)).SelectMany(i => Enumerable.Range(rows.Series[i].From, steps)).ToArray();
        var fit = known ?? (protocol == Protocols.Standardised ? Standardisation.Of(rows.Names, ColumnFacts.Of(array, training)) : DataFit.Of(rows.Names, array.RowLength)) with { Statics = rows.Statics };
        var values = Standardisation.Applied(array, fit);
        var length = steps * array.RowLength;
        var parts = Array.ConvertAll(splits, chosen => new Part(new ChosenExamples(new SingleExamples(values, length), chosen))
        {
            Label = rows.Classes is null ? null : i => rows.Series[chosen[i]].Class,
            Dates = rows.Dates is null ? null : i => rows.DatesTo(rows.Series[chosen[i]].To),
            Series = i => rows.Series[chosen[i]].Name,
        });
        return new(
            new Splits(rows.Name, protocol, new([steps, array.RowLength], new Domain.Real(), rows.Classes?.Count ?? 0, fit.StaticChannels) { Statics = fit.StaticChannels }, parts[0], parts[1], parts[2]) { Fit = fit, Notes = rows.Notes }.WithUnlabelled(),
            rows.Classes);
    }

    // Rows of one series follow each other; where the split changes, another begins. The label is that of all of a series' rows.
    internal static SeriesRows Arranged(Sheet sheet, out IReadOnlyList<string>? labels, out int[] order)
    {
        var places = sheet.Series is { } names ? Enumerable.Range(0, sheet.Rows).GroupBy(i => names[i]).SelectMany(g => g).ToArray() : [.. Enumerable.Range(0, sheet.Rows)];
        order = places;
        var ranges = new List<SeriesRange>();
        var words = new List<string>();
        var single = sheet.Series is not null && sheet.Labels is not null;
        for (int from = 0, to = 1; to <= places.Length; to++)
        {
            if (to < places.Length && sheet.Series?[places[to]] == sheet.Series?[places[from]] && sheet.Parts?[places[to]] == sheet.Parts?[places[from]])
            {
                single &= sheet.Labels is not { } all || all[places[to]] == all[places[from]];
                continue;
            }

            ranges.Add(new(from, to, Part: sheet.Parts?[places[from]], Name: sheet.SeriesName(places[from]) is { } name ? new(sheet.SeriesColumn!, name) : null));
            words.Add(sheet.Labels?[places[from]] ?? "");
            from = to;
        }

        labels = single ? words : null;
        var sorted = places.Select((row, i) => row == i).All(same => same);
        return new(sheet.Name, sorted ? sheet.Values : sheet.Values.Choose(places), sheet.Columns, ranges)
        {
            Statics = sheet.Statics,
            Place = row => sheet.Place(places[row]),
            Dates = sheet.Dates is not { } dates ? null : sorted ? dates : dates with { Cells = [.. places.Select(i => dates.Cells[i])] },
        };
    }

    // The steps of each row's series below each other; what is missing at its end is behind it.
    private static Sheet OfRows(Sheet sheet)
    {
        var (width, values, series) = (sheet.Values.RowLength, new List<double>(), new List<int>());
        var row = new double[width];
        for (var i = 0; i < sheet.Rows; i++)
        {
            sheet.Values.Read(i * width, row);
            var length = Array.FindLastIndex(row, v => !double.IsNaN(v)) + 1;
            values.AddRange(row.AsSpan(0, length));
            series.AddRange(Enumerable.Repeat(i, length));
        }

        return sheet with
        {
            Values = new(values.ToArray(), [values.Count, 1]),
            Columns = ["value"],
            StaticCells = [.. sheet.StaticCells.Select(s => s with { Place = s.Place == 0 ? 0 : 1, Cells = [.. series.Select(i => s.Cells[i])] })],
            Labels = sheet.Labels is { } labels ? [.. series.Select(i => labels[i])] : null,
            Series = [.. series.Select(i => $"{i}")],
            Dates = null,
            Parts = sheet.Parts is { } parts ? [.. series.Select(i => parts[i])] : null,
            Lines = sheet.Lines.Count > 0 ? [.. series.Select(i => sheet.Lines[i])] : [],
            IsSeries = true,
        };
    }
}

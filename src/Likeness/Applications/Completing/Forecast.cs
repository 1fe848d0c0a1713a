namespace Likeness;

/// <summary>Options of a forecast.</summary>
/// <param name="Past">Number of past steps that are given; null for half of the series.</param>
/// <param name="Steps">Number of steps to forecast; null for the rest of the series.</param>
/// <param name="Actions">A .csv or .npy file [steps, actions] with the future actions; null takes those of the series, and none after its end.</param>
/// <param name="Count">Number of futures to sample.</param>
public sealed record ForecastOptions(int? Past = null, int? Steps = null, string? Actions = null, int Count = 200);

/// <summary>How a series could go on after its past.</summary>
/// <param name="Past">The steps that were given [steps, values and actions].</param>
/// <param name="Truth">The steps that followed in the series [steps, values and actions]; null where it ends before the forecast does.</param>
/// <param name="Futures">[draws, steps, values], in main memory.</param>
public sealed record Forecast(Tensor Past, Tensor? Truth, Tensor Futures)
{
    /// <summary>The dates of the steps of the future; null where the series has none, or where it is not known how they go on.</summary>
    public StepDates? Dates { get; init; }

    /// <summary>The name of the series; null where it has none.</summary>
    public SeriesName? Series { get; init; }

    /// <summary>Why there are no dates, where the series has some; null elsewhere.</summary>
    public string? Undated { get; init; }

    /// <summary>The endings of files that a forecast can be kept in: pictures, arrays and tables.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".png", ".jpg", ".npy", ".csv"];

    /// <exception cref="UsageException">No forecast can be kept in a file of that name.</exception>
    public static void Check(string path)
    {
        if (!Extensions.Contains(Path.GetExtension(path).ToLowerInvariant()))
        {
            throw new UsageException($"A forecast cannot be written as '{path}': end the file's name in {string.Join(", ", Extensions)}.");
        }
    }

    /// <summary>One series of a split, [steps, values and actions].</summary>
    /// <exception cref="UsageException">There is no such series.</exception>
    public static Tensor SeriesAt(IDataset data, Split split, int index)
    {
        if (index >= data.Count(split))
        {
            throw new UsageException($"There is no series {index} in {data.Count(split)}: give a number below that, from 0.");
        }

        return ((IDataset<Batch>)data).Read(split, index + 1, index + 1).First().X.select(0, index);
    }

    /// <summary>Draws how a series goes on.</summary>
    /// <param name="trained">A model of series.</param>
    /// <param name="series">The series [steps, values and actions], of which a part is its past.</param>
    /// <param name="options">How long, how many, and what is done.</param>
    /// <param name="rng">Where the draws come from.</param>
    /// <exception cref="LikenessException">The model cannot forecast, the past is longer than the series, or the actions do not fit.</exception>
    public static Forecast Draw(TrainedModel trained, Tensor series, ForecastOptions options, Rng rng)
    {
        var model = trained.Require<IForecaster>();
        var (spec, length) = (trained.Spec, (int)series.shape[0]);
        var known = options.Past ?? Math.Max(length / 2, 1);
        if (known > length)
        {
            throw new UsageException($"A past of {Counted.Of(known, "step")} is longer than the series of {length}: give at most {length}.");
        }

        var steps = options.Steps ?? Math.Max(length - known, 1);
        var there = Math.Min(steps, length - known);
        var (past, rest) = (series.narrow(0, 0, known), series.narrow(0, known, there));
        if (spec.Statics > 0 && options.Actions is not null)
        {
            throw new UsageException($"The model is told static features of series and no actions: leave {new Remedy.Option("Actions")} out.");
        }

        var actions = spec.Actions == 0 && options.Actions is null ? null
            : spec.Statics > 0 ? past.narrow(0, known - 1, 1).narrow(1, Values(spec), spec.Statics).repeat(steps, 1)
            : options.Actions is { } file ? ReadActions(file, steps, spec.Actions, trained.Fit)
            : torch.nn.functional.pad(rest.narrow(1, Values(spec), spec.Actions), [0, 0, 0, steps - there]);
        var futures = model.RollOut(past.unsqueeze(0).repeat(options.Count, 1, 1), steps, rng, actions?.unsqueeze(0).repeat(options.Count, 1, 1));
        return new(past, there == steps ? rest : null, futures.to(torch.CPU));
    }

    /// <summary>
    /// The last example of each series, in the order of the data: where series have names, of all of them, whatever splits they are in; else of the one split alone, as if it held one
    /// series.
    /// </summary>
    /// <param name="data">The series, or windows of them.</param>
    /// <param name="split">The split that counts where series have no names.</param>
    /// <exception cref="UsageException">There are none.</exception>
    public static IReadOnlyList<(SeriesName? Series, Split Split, int Example)> Ends(IDataset data, Split split)
    {
        var ends = new OrderedDictionary<string, (SeriesName? Series, Split Split, int Example)>();
        foreach (var part in (ReadOnlySpan<Split>)[Split.Train, Split.Validation, Split.Test])
        {
            // Of a series that is cut in time the test split has the end.
            for (var i = 0; i < data.Count(part); i++)
            {
                if (data.SeriesOf(part, i) is { } series)
                {
                    ends[series.Name] = (series, part, i);
                }
            }
        }

        return ends.Count > 0 ? [.. ends.Values]
            : data.Count(split) > 0 ? [(null, split, data.Count(split) - 1)]
            : throw new UsageException($"There is no series in the {split} split of '{data.Name}': choose another split.");
    }

    /// <summary>The same with the name of the series, and with the dates of its steps if it has some: its own as far as it goes, then by the step between the last ones.</summary>
    /// <param name="data">Where the series is.</param>
    /// <param name="split">In which split.</param>
    /// <param name="example">Which one it is there.</param>
    public Forecast Named(IDataset data, Split split, int example)
    {
        var named = this with { Series = data.SeriesOf(split, example) };
        return data.DatesOf(split, example) is { } known ? named.Dated(known, data.Spec.Shape[0]) : named;
    }

    private Forecast Dated(StepDates known, int length)
    {
        var (past, steps) = ((int)Past.shape[0], (int)Futures.shape[1]);
        var there = known.Cells.Skip(known.Cells.Count - length + past).Take(steps).ToList();
        var onward = there.Count == steps ? [] : DateSteps.Onward(known.Cells, steps - there.Count, length);
        return onward is not null ? this with { Dates = known with { Cells = [.. there, .. onward] } }
            : this with { Undated = $"The dates of '{known.Name}' are left out: the last ones ({string.Join(", ", known.Cells.TakeLast(3))}) are not even steps of one format, so it is not known how they go on." };
    }

    /// <summary>Keeps the futures; the file's ending says how.</summary>
    /// <param name="path">The file.</param>
    /// <param name="fit">What brings them to the data's units, and names their columns.</param>
    /// <exception cref="UsageException">The ending is unknown.</exception>
    public void Write(string path, DataFit fit)
    {
        Check(path);
        var (draws, values) = (Futures.shape[0], (int)Futures.shape[2]);
        switch (Path.GetExtension(path).ToLowerInvariant())
        {
            case ".npy":
                Npy.Write(path, fit.First(values).ToData(Futures).ToArray<float>(), Futures.shape);
                break;
            case ".csv":
                ForecastTable.Write(path, [this], fit);
                break;
            default:
                var moving = fit.First(values);
                Tensor Shown(Tensor x) => moving.ToData(x.narrow(1, 0, values));
                Sampling.WritePicture(path, FanChart.Draw(Shown(Past), moving.ToData(Futures), Truth is null ? null : Shown(Truth), ForecastTable.Names(moving, values),
                    title: $"{(Series is { } series ? $"{series.Name}: " : "")}{Counted.Of(draws, "future")} after {Past.shape[0]} {(Past.shape[0] == 1 ? "step" : "steps")}{(Dates is { Cells: [var first, .., var last] } ? $", {first} to {last}" : "")}"));
                break;
        }
    }

    private static long Values(DataSpec spec) => spec.Shape[1] - spec.Actions;

    private static Tensor ReadActions(string file, int steps, int actions, DataFit fit)
    {
        var (names, array) = Path.GetExtension(file).Equals(".npy", StringComparison.OrdinalIgnoreCase) ? new(null, Npy.Read(file)) : TextTable.Read(file);
        if (array.Rows != steps || array.RowLength != actions)
        {
            throw new DataException($"'{file}' has {Counted.Of(array.Rows, "row")} of {array.RowLength} where {Counted.Of(steps, "step")} of {Counted.Of(actions, "action")} are needed: write one row for each step.");
        }

        fit = fit with { Columns = [.. fit.Columns.TakeLast(actions)] };
        var values = KnownColumns.Order(file, array.ToSingles(file), names, actions, fit);
        fit.ToModel(values);
        return Tensor.From(values, steps, actions);
    }
}

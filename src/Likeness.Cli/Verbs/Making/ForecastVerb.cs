namespace Likeness.Cli.Verbs;

/// <summary><c>likeness forecast DIR</c>: how a series could go on after its past, and what would follow from other actions.</summary>
internal static class ForecastVerb
{
    public static Command Create(Terminal terminal)
    {
        var folder = CommonOptions.RunArgument();
        var source = new Option<string?>("--data") { Description = "whose series: a data set's name or a path (default: the run's own data)", HelpName = "NAME|FILE" };
        var split = CommonOptions.SplitOption("which part of a named data set (default test)");
        var example = CommonOptions.Number("--example", "which series of it, from 0 (default 0)", 0);
        var of = new Option<string?>("--series") { Description = "with --beyond: which series, by its name in the file (default: all into a .csv, the last one into other files)", HelpName = "NAME" };
        var known = CommonOptions.Number("--past", "how many of its steps are given (default: half)", 1);
        var steps = CommonOptions.Number("--steps", "how many steps to go on for (default: the rest of the series)", 1);
        var count = CommonOptions.Number("-n", "how many futures to draw (default 200)", 1, "--count");
        var beyond = new Option<bool>("--beyond") { Description = "go on after the end of each series, all of which is given (default --steps: half a window)" };
        var actions = new Option<string?>("--actions") { Description = "the future actions: a .csv or .npy file [steps, actions] (default: as in the series, then none)", HelpName = "FILE" };
        var seed = CommonOptions.Seed();
        var root = CommonOptions.DataRoot();
        var file = new Option<string?>("-o", "--output") { Description = $"where to ({string.Join(", ", Forecast.Extensions)}); default: a picture in the run's folder", HelpName = "FILE" };
        var raw = CommonOptions.Raw();
        var command = new Command("forecast", "draw continuations of a series") { folder, source, split, example, known, beyond, of, steps, count, actions, seed, root, raw, file, CommonOptions.Threads() };
        command.SetAction(parsed =>
        {
            var (trained, path) = Open(terminal, parsed.GetValue(folder)!, parsed.GetValue(file), "forecast");
            using var scope = torch.NewDisposeScope();
            var data = parsed.GetValue(source) is { } name ? terminal.Noted(trained.OpenOther(name, parsed.GetValue(root))) : terminal.Unchanged(trained.OpenData(parsed.GetValue(root)));
            var (part, after) = (CommonOptions.ToSplit(parsed.GetValue(split)), parsed.GetValue(beyond));
            if (after && (parsed.GetValue(example) is not null || parsed.GetValue(known) is not null))
            {
                throw new UsageException("--beyond goes on after the whole of a series: leave --example and --past out.");
            }

            if (!after && parsed.GetValue(of) is not null)
            {
                throw new UsageException("--series chooses the series that --beyond goes on after: add --beyond, or choose a window of the split by --example.");
            }

            var places = after ? Ends(terminal, data, part, parsed.GetValue(of), path) : [(null, part, parsed.GetValue(example) ?? 0)];
            var rng = new Rng(parsed.GetValue(seed) ?? 0, trained.Model.Device);
            var forecasts = places.Select(place =>
            {
                var series = Forecast.SeriesAt(data, place.Split, place.Example);
                var length = (int)series.shape[0];
                var options = new ForecastOptions(after ? length : parsed.GetValue(known), parsed.GetValue(steps) ?? (after ? Math.Max(length / 2, 1) : null), parsed.GetValue(actions), parsed.GetValue(count) ?? 200);
                return Forecast.Draw(trained, series, options, rng).Named(data, place.Split, place.Example);
            }).ToList();
            foreach (var undated in forecasts.Select(f => f.Undated).OfType<string>().Distinct())
            {
                terminal.Note(undated);
            }

            var fit = trained.FitOf(parsed.GetValue(raw));
            if (forecasts is [var only])
            {
                only.Write(path, fit);
            }
            else
            {
                ForecastTable.Write(path, forecasts, fit);
            }

            terminal.Print(path, Outcome(path, forecasts));

            return ExitCode.Done;
        });
        return command;
    }

    // Where series end: of all of them for a table, else of one.
    private static IReadOnlyList<(SeriesName? Series, Split Split, int Example)> Ends(Terminal terminal, IDataset data, Split split, string? asked, string path)
    {
        var ends = Forecast.Ends(data, split);
        if (asked is not null)
        {
            var found = ends.Where(e => e.Series?.Name == asked).ToList();
            return found.Count > 0 ? found
                : ends[0].Series is null ? throw new UsageException($"The series of '{data.Name}' have no names: leave --series out, or name them by a column (--series-column when the model is trained).")
                : throw new UsageException($"There is no series '{asked}' in '{data.Name}': choose {string.Join(" or ", Near(asked, [.. ends.Select(e => e.Series!.Name)]).Select(n => $"'{n}'"))}.");
        }

        if (ends.Count == 1 || Path.GetExtension(path).Equals(".csv", StringComparison.OrdinalIgnoreCase))
        {
            return ends;
        }

        terminal.Note($"This is '{ends[^1].Series!.Name}', the last of {ends.Count} series: --series chooses another, and -o FILE.csv keeps forecasts of all.");
        return [ends[^1]];
    }

    private static IReadOnlyList<string> Near(string asked, IReadOnlyList<string> names) => NearNames.Of(asked, names) is { Count: > 0 } near ? near : [.. names.Take(4)];

    private static JsonObject Outcome(string path, List<Forecast> forecasts)
    {
        var first = forecasts[0];
        var result = new JsonObject { ["file"] = path, ["count"] = first.Futures.shape[0], ["past"] = first.Past.shape[0], ["steps"] = first.Futures.shape[1] };
        if (forecasts is [{ Series: null }])
        {
            Date(result, first);
            return result;
        }

        result["series"] = new JsonArray([.. forecasts.Select(f =>
        {
            var one = new JsonObject { ["name"] = f.Series?.Name };
            Date(one, f);
            return (JsonNode)one;
        })]);
        return result;

        static void Date(JsonObject into, Forecast forecast)
        {
            if (forecast.Dates is { } dates)
            {
                into["dates"] = new JsonArray([.. dates.Cells.Select(d => (JsonNode)d)]);
            }
        }
    }

    /// <summary>A model that forecasts, and the file that what it says goes to, before any work is done.</summary>
    /// <exception cref="LikenessException">The model cannot, or no forecast can be kept in a file of that name.</exception>
    public static (TrainedModel Trained, string Path) Open(Terminal terminal, string folder, string? file, string called)
    {
        var trained = terminal.Opened(folder);
        _ = trained.Require<IForecaster>();
        var path = file ?? trained.Folder.SampleFile(trained.Step, $"-{called}.png");
        Forecast.Check(path);
        return (trained, path);
    }
}

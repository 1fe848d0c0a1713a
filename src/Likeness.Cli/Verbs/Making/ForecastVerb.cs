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
        var known = CommonOptions.Number("--past", "how many of its steps are given (default: half)", 1);
        var steps = CommonOptions.Number("--steps", "how many steps to go on for (default: the rest of the series)", 1);
        var count = CommonOptions.Number("-n", "how many futures to draw (default 200)", 1, "--count");
        var beyond = new Option<bool>("--beyond") { Description = "go on after the last series, all of which is given: of windows, after the end of the file (default --steps: half a window)" };
        var actions = new Option<string?>("--actions") { Description = "the future actions: a .csv or .npy file [steps, actions] (default: as in the series, then none)", HelpName = "FILE" };
        var seed = CommonOptions.Seed();
        var root = CommonOptions.DataRoot();
        var file = new Option<string?>("-o", "--output") { Description = $"where to ({string.Join(", ", Forecast.Extensions)}); default: a picture in the run's folder", HelpName = "FILE" };
        var raw = CommonOptions.Raw();
        var command = new Command("forecast", "draw continuations of a series") { folder, source, split, example, known, beyond, steps, count, actions, seed, root, raw, file, CommonOptions.Threads() };
        command.SetAction(parsed =>
        {
            var (trained, path) = Open(terminal, parsed.GetValue(folder)!, parsed.GetValue(file), "forecast");
            using var scope = torch.NewDisposeScope();
            var data = parsed.GetValue(source) is { } name ? terminal.Noted(trained.OpenOther(name, parsed.GetValue(root))) : terminal.Unchanged(trained.OpenData(parsed.GetValue(root)));
            var (part, after) = (CommonOptions.ToSplit(parsed.GetValue(split)), parsed.GetValue(beyond));
            if (after && (parsed.GetValue(example) is not null || parsed.GetValue(known) is not null))
            {
                throw new UsageException("--beyond goes on after the whole of the last series: leave --example and --past out.");
            }

            var index = after ? Math.Max(data.Count(part) - 1, 0) : parsed.GetValue(example) ?? 0;
            var series = Forecast.Series(data, part, index);
            var length = (int)series.shape[0];
            var options = new ForecastOptions(after ? length : parsed.GetValue(known), parsed.GetValue(steps) ?? (after ? Math.Max(length / 2, 1) : null), parsed.GetValue(actions), parsed.GetValue(count) ?? 200);
            var forecast = Forecast.Draw(trained, series, options, new Rng(parsed.GetValue(seed) ?? 0, trained.Model.Device)).Dated(data, part, index);
            if (forecast.Undated is { } undated)
            {
                terminal.Note(undated);
            }

            forecast.Write(path, trained.FitOf(parsed.GetValue(raw)));
            var result = new JsonObject { ["file"] = path, ["count"] = forecast.Futures.shape[0], ["past"] = forecast.Past.shape[0], ["steps"] = forecast.Futures.shape[1] };
            if (forecast.Dates is { } dates)
            {
                result["dates"] = new JsonArray([.. dates.Cells.Select(d => (JsonNode)d)]);
            }

            terminal.Print(path, result);

            return ExitCode.Done;
        });
        return command;
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

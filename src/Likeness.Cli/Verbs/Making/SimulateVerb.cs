namespace Likeness.Cli.Verbs;

/// <summary><c>likeness simulate DIR</c>: simulate the future from a state under given actions, and how far such answers are from what did happen.</summary>
internal static class SimulateVerb
{
    public static Command Create(Terminal terminal)
    {
        var folder = CommonOptions.RunArgument();
        var source = CommonOptions.OtherData("whose first states and actions (default: the run's own data)");
        var split = CommonOptions.SplitOption("which part of a named data set (default test)");
        var example = CommonOptions.Number("--example", "which series of it, from 0 (default 0)", 0);
        var start = new Option<string?>("--start") { Description = "values of the first state (default: those of the series)", HelpName = "NAME=VALUE,…" };
        var action = new Option<string?>("--action") { Description = "the action at every step (default: as in the series)", HelpName = "NAME=VALUE,…" };
        var actions = new Option<string?>("--actions") { Description = "the actions: a .csv or .npy file [steps, actions]", HelpName = "FILE" };
        var steps = CommonOptions.Number("--steps", "how many steps (default 25)", 1);
        var count = CommonOptions.Number("-n", "how many futures to draw (default 200)", 1, "--count");
        var check = new Option<bool>("--calibration") { Description = "measure the error after 1 … --steps steps on the data, and how often the truth is in the middle 90 % of the futures" };
        var known = CommonOptions.Number("--past", "with --calibration: steps of each series that are given (default 1)", 1);
        var limit = CommonOptions.Number("--limit", "with --calibration: series to measure at most (default 256)", 1);
        var seed = CommonOptions.Seed();
        var root = CommonOptions.DataRoot();
        var file = new Option<string?>("-o", "--output") { Description = $"where to ({string.Join(", ", Forecast.Extensions)}); default: a picture in the run's folder", HelpName = "FILE" };
        var command = new Command("simulate", "simulate the future from a state under given actions") { folder, source, split, example, start, action, actions, steps, count, check, known, limit, seed, root, file, CommonOptions.Threads() };
        command.SetAction(parsed =>
        {
            var (trained, path) = ForecastVerb.Open(terminal, parsed.GetValue(folder)!, parsed.GetValue(file), "simulation");
            using var scope = torch.NewDisposeScope();
            var (rng, part, draws) = (new Rng(parsed.GetValue(seed) ?? 0, trained.Model.Device), parsed.GetValue(source) is null ? CommonOptions.ToSplit(parsed.GetValue(split)) : Split.Test, parsed.GetValue(count) ?? 200);
            if (parsed.GetValue(check))
            {
                var given = parsed.GetValue(known) ?? 1;
                var windows = trained.OpenWindows(given + (parsed.GetValue(steps) ?? 25), parsed.GetValue(source), parsed.GetValue(root));
                Calibration(terminal, RollOutError.Measure(trained, windows, part, given, draws, parsed.GetValue(limit) ?? 256, rng));
                return ExitCode.Done;
            }

            var data = trained.OpenWindows(Math.Max(2, parsed.GetValue(action) is null && parsed.GetValue(actions) is null ? 1 + (parsed.GetValue(steps) ?? 25) : 2), parsed.GetValue(source), parsed.GetValue(root));
            var options = new SimulationOptions(parsed.GetValue(start), parsed.GetValue(action), parsed.GetValue(actions), parsed.GetValue(steps), draws);
            var forecast = Simulation.Draw(trained, Forecast.SeriesAt(data, part, parsed.GetValue(example) ?? 0), options, rng);
            forecast.Write(path, trained.Fit);
            Intervals(terminal, Simulation.Intervals(forecast, trained.Fit), path);
            return ExitCode.Done;
        });
        return command;
    }

    private static void Calibration(Terminal terminal, IReadOnlyList<RollOutError> errors)
    {
        if (!terminal.Json)
        {
            terminal.Table(["steps", "error", "spread", "in 90 %", "values"], errors.Select(e => (string[])[$"{e.Steps}", $"{e.Error:0.0000}", $"{e.Spread:0.0000}", $"{e.Coverage:0.000}", $"{e.Count}"]));
            return;
        }

        foreach (var e in errors)
        {
            terminal.Print(new JsonObject { ["steps"] = e.Steps, ["error"] = e.Error, ["spread"] = e.Spread, ["coverage"] = e.Coverage, ["count"] = e.Count });
        }
    }

    private static void Intervals(Terminal terminal, IReadOnlyList<(string Name, double Low, double Median, double High)[]> steps, string path)
    {
        if (terminal.Json)
        {
            for (var t = 0; t < steps.Count; t++)
            {
                terminal.Print(new JsonObject { ["step"] = t + 1, ["values"] = new JsonObject(steps[t].Select(v => KeyValuePair.Create(v.Name, (JsonNode?)new JsonArray(v.Low, v.Median, v.High)))) });
            }

            terminal.Print(new JsonObject { ["file"] = path });
            return;
        }

        terminal.Table(["step", .. steps[0].Select(v => v.Name)], steps.Select((row, t) => (string[])[$"{t + 1}", .. row.Select(v => $"{Rounded(v.Median)} ({Rounded(v.Low)} … {Rounded(v.High)})")]));
        terminal.Print(path);
    }

    // Without the sign of what rounds to zero.
    private static string Rounded(double value) => $"{Math.Round(value, 3) + 0.0:0.000}";
}

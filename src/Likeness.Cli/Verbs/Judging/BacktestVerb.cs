namespace Likeness.Cli.Verbs;

/// <summary><c>likeness backtest DIR</c>: how good forecasts are over the end of the series, beside baselines.</summary>
internal static class BacktestVerb
{
    public static Command Create(Terminal terminal)
    {
        var defaults = new BacktestOptions();
        var folder = CommonOptions.RunArgument();
        var horizon = CommonOptions.Number("--horizon", $"steps to forecast (default {defaults.Horizon})", 1);
        var season = CommonOptions.Number("--season", "steps of a season, such as 12 of monthly values (default 1: none)", 1);
        var past = CommonOptions.Number("--past", "steps that are given before each forecast (default: a window, and a season at least)", 1);
        var lags = CommonOptions.Number("--lags", "steps back that the linear baseline looks (default: a season and one)", 1);
        var count = CommonOptions.Number("-n", $"futures to draw (default {defaults.Count})", 2, "--count");
        var limit = CommonOptions.Number("--limit", $"origins to forecast from at most (default {defaults.Limit})", 1);
        var seed = CommonOptions.Seed();
        var root = CommonOptions.DataRoot();
        var command = new Command("backtest", "evaluate forecasts over the end of the series, beside naive ones") { folder, horizon, season, past, lags, count, limit, seed, root, CommonOptions.Threads() };
        command.SetAction(parsed =>
        {
            var trained = terminal.Opened(parsed.GetValue(folder)!);
            using var scope = torch.NewDisposeScope();
            var options = new BacktestOptions
            {
                Horizon = parsed.GetValue(horizon) ?? defaults.Horizon,
                Season = parsed.GetValue(season) ?? defaults.Season,
                Past = parsed.GetValue(past),
                Lags = parsed.GetValue(lags),
                Count = parsed.GetValue(count) ?? defaults.Count,
                Limit = parsed.GetValue(limit) ?? defaults.Limit,
            };
            var found = Backtest.Measure(trained, options, parsed.GetValue(root), new Rng(parsed.GetValue(seed) ?? 0, trained.Model.Device));
            if (!terminal.Json)
            {
                terminal.Table(["forecasts", "crps", "mase", "in 90 %", "values"], found.Select(q => (string[])[q.Method, $"{q.Crps:0.000}", $"{q.Mase:0.000}", $"{q.Coverage:0.000}", $"{q.Count}"]));
                return ExitCode.Done;
            }

            foreach (var q in found)
            {
                terminal.Print(new JsonObject { ["method"] = q.Method, ["crps"] = q.Crps, ["mase"] = q.Mase, ["coverage"] = q.Coverage, ["count"] = q.Count });
            }

            return ExitCode.Done;
        });
        return command;
    }
}

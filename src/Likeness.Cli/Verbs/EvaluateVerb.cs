using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Likeness.Applications;
using Likeness.Core;
using Likeness.Metrics;
using Likeness.Models;
using Likeness.Torch;

namespace Likeness.Cli.Verbs;

/// <summary><c>likeness evaluate DIR</c>: how good the model of a run is, by every metric that it can be asked or by those named.</summary>
internal static class EvaluateVerb
{
    public static Command Create(Terminal terminal)
    {
        var folder = CommonOptions.RunArgument();
        var split = CommonOptions.SplitOption("on which part of the data (default test)");
        var names = new Option<string[]>("--metric")
        {
            Description = $"which metrics (default: all that apply and are quick): {string.Join(", ", MetricCatalog.BuiltIn.Select(m => m.Name))}",
            HelpName = "NAME",
            AllowMultipleArgumentsPerToken = true,
        };
        names.CompletionSources.Add([.. MetricCatalog.BuiltIn.Select(m => m.Name)]);
        var samples = CommonOptions.Number("--samples", "draws per example, for metrics that draw (default: 100, and more in the ladder of 'likelihood')", 1);
        var limit = CommonOptions.Number("--limit", "at most so many examples", 1);
        var batch = CommonOptions.Number("--batch", "examples at once (default 100)", 1);
        var seed = CommonOptions.Seed();
        var root = CommonOptions.DataRoot();
        var command = new Command("evaluate", "measure the model of a run on held-out data") { folder, split, names, samples, limit, batch, seed, root };
        command.SetAction(parsed =>
        {
            var chosen = (parsed.GetValue(names) ?? []).Select(MetricCatalog.Find).ToList();
            var trained = TrainedModel.Open(parsed.GetValue(folder)!, Zoo.BuiltIn);
            var data = trained.OpenData(parsed.GetValue(root));
            foreach (var metric in chosen.Where(m => !m.Applies(trained.Model, data)))
            {
                throw new UsageException(
                    $"The metric '{metric.Name}' ({metric.Summary}) cannot be measured on a {trained.Recipe.Name}: use {string.Join(", ", MetricCatalog.BuiltIn.Where(m => m.Applies(trained.Model, data)).Select(m => m.Name))}.");
            }

            if (chosen.Count == 0)
            {
                chosen = [.. MetricCatalog.BuiltIn.Where(m => !m.OnRequest && m.Applies(trained.Model, data))];
            }

            var options = new MeasureOptions(CommonOptions.ToSplit(parsed.GetValue(split)), parsed.GetValue(batch) ?? 100,
                parsed.GetValue(limit) ?? int.MaxValue, parsed.GetValue(samples));
            var seedValue = parsed.GetValue(seed) ?? 0;
            foreach (var metric in chosen)
            {
                var scores = terminal.Track(metric.Name, "%", 100, tracker => metric.Measure(
                    trained.Model, data, options with { Progress = share => tracker.Report(share * 100) }, new Rng(seedValue, trained.Model.Device).Fork(metric.Name)));
                var kept = scores.Select(s => RunScore.Of(s, options.Split, trained.Folder.Record.Data, trained.Step, seedValue)).ToList();
                foreach (var (score, record) in scores.Zip(kept))
                {
                    Print(terminal, score, record);
                }

                // Each metric is kept as soon as it is known: the next one may take long.
                trained.Folder.AddScores(kept);
            }

            return Program.Done;
        });
        return command;
    }

    private static void Print(Terminal terminal, NamedScore score, RunScore record)
    {
        if (!terminal.Json)
        {
            var draws = score.Draws is { } k ? $", {k} {(k == 1 ? "draw" : "draws")}" : "";
            var time = score.Time is { } t ? string.Create(CultureInfo.InvariantCulture, $", {t.TotalSeconds:0.0} s") : "";
            terminal.Print($"{score.Name,-36} {score.Score}{draws}{time}");
            return;
        }

        var json = new JsonObject
        {
            ["name"] = record.Name,
            ["value"] = record.Value,
            ["standardError"] = record.StandardError,
            ["unit"] = record.Unit,
            ["evidence"] = record.Evidence.ToString(),
            ["count"] = record.Count,
            ["split"] = record.Split.ToString(),
            ["data"] = record.Data,
            ["protocol"] = record.Protocol,
            ["step"] = record.Step,
            ["seed"] = record.Seed,
        };
        if (record.Draws is { } number)
        {
            json["draws"] = number;
        }

        if (record.Seconds is { } seconds)
        {
            json["seconds"] = seconds;
        }

        terminal.Print(json);
    }
}

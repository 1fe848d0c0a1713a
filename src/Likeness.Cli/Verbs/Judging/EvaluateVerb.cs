using Likeness.Cli.Lines;

namespace Likeness.Cli.Verbs;

/// <summary>
/// <c>likeness evaluate DIR</c>: how good the model of a run is, by every metric that it can be asked or by those named; and how good samples are, its own or
/// those of another program.
/// </summary>
internal static class EvaluateVerb
{
    private static readonly string[] s_names = [.. MetricCatalog.BuiltIn.Select(m => m.Name), .. SampleMetricCatalog.BuiltIn.Select(m => m.Name)];

    public static Command Create(Terminal terminal)
    {
        var folder = new Argument<string>("DIR") { Description = "the folder of a run; or, with --against, a folder, an archive or a file of samples" };
        var split = CommonOptions.SplitOption("on which part of the data (default test)");
        var names = new Option<string[]>("--metric")
        {
            Description = $"which metrics (default: all that apply and are quick): {string.Join(", ", s_names)}",
            HelpName = "NAME",
            AllowMultipleArgumentsPerToken = true,
        };
        names.CompletionSources.Add(s_names);
        var samples = CommonOptions.Number("--samples", "draws per example, for metrics that draw (default: 100, and more in the ladder of 'likelihood')", 1);
        var limit = CommonOptions.Number("--limit", "at most so many examples", 1);
        var batch = CommonOptions.Number("--batch", "examples at once (default 100)", 1);
        var set = CommonOptions.Later("sampler.kind=heun sampler.steps=30 or guidance=2");
        var seed = CommonOptions.Seed();
        var other = CommonOptions.OtherData("measure the model on other data of its kind: a data set's name or a path (default: the run's own data)");
        var report = new Option<string?>("--report") { Description = "of a mixed table also write a page on the table that the model makes, column by column", HelpName = "FILE.html" };
        var root = CommonOptions.DataRoot();
        var judging = new SampleEvaluation(terminal);
        var command = new Command("evaluate", "measure a model, or samples of any program") { folder, split, names, other, samples, limit, batch, set, seed, report, root, CommonOptions.Threads() };
        foreach (var option in judging.Options)
        {
            command.Add(option);
        }

        command.SetAction(parsed =>
        {
            var against = judging.IsNamed(parsed);
            // Of a table the two say the same, of a model's own rows and of others.
            var asked = (parsed.GetValue(names) ?? []).Select(Named).Select(n => against && n == "table" ? "rows" : n).Distinct().ToList();
            var chosen = MetricCatalog.BuiltIn.Where(m => asked.Contains(m.Name)).ToList();
            var chosenOfSamples = SampleMetricCatalog.BuiltIn.Where(m => asked.Contains(m.Name)).ToList();
            var path = parsed.GetValue(folder)!;
            if (against && chosen.Count > 0)
            {
                throw new UsageException($"The metric '{chosen[0].Name}' asks the model and not its samples: leave --against out.");
            }

            // Without data to compare with, only a run will do.
            var foreign = against && !RunFolder.Exists(path);
            if (foreign && parsed.GetValue(set) is { Length: > 0 })
            {
                throw new UsageException($"'{path}' holds samples and no run, and --set changes options of a run's model: leave it out.");
            }

            if (foreign && parsed.GetValue(report) is not null)
            {
                throw new UsageException($"A report is on the table that a run's model makes, and '{path}' is no run: leave --report out.");
            }

            var trained = foreign ? null : terminal.Opened(path, parsed.GetValue(set), judging.Query(parsed));
            var options = new MeasureOptions(CommonOptions.ToSplit(parsed.GetValue(split)), parsed.GetValue(batch) ?? 100,
                parsed.GetValue(limit) ?? int.MaxValue, parsed.GetValue(samples));
            var seedValue = parsed.GetValue(seed) ?? 0;
            if (trained?.Folder.Privacy is { } ledger)
            {
                terminal.Note(PrivacyText.Spent(ledger));
            }

            if (trained is not null && !against && (chosen.Count > 0 || chosenOfSamples.Count == 0))
            {
                var source = parsed.GetValue(other) ?? (trained.Query is null ? null : trained.Folder.Record.Data.Source);
                var data = terminal.Noted(trained.OpenOwnOr(source, parsed.GetValue(root)));
                var learned = source is null ? data : terminal.Learned(trained, data, parsed.GetValue(root));
                var how = options with { Learned = ReferenceEquals(learned, data) ? null : learned };
                var scores = MeasureModel(terminal, trained, data, source is null ? trained.Folder.Record.Data : RunData.Of(data), chosen, Judged(how, judging.Features(parsed, data.Spec)), seedValue);
                if (parsed.GetValue(report) is { } page)
                {
                    TableReport.Write(page, trained, data, options.Split, scores, new Rng(seedValue, trained.Model.Device));
                    terminal.Note($"the report is in {page}");
                }
            }

            if (against || chosenOfSamples.Count > 0 || judging.Draws(parsed))
            {
                judging.Measure(parsed, path, trained, chosenOfSamples, options, seedValue, parsed.GetValue(root), (data, scores) =>
                    Keep(terminal, trained, scores, RunData.Of(data), options.Split, seedValue));
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static MeasureOptions Judged(MeasureOptions options, FeatureNetwork? network) =>
        network is null ? options : options with { Features = x => network.Features(x.to(network.Device)), FeaturesBy = network.Description };

    private static List<NamedScore> MeasureModel(Terminal terminal, TrainedModel trained, IDataset data, RunData described, List<Metric> chosen, MeasureOptions options, ulong seed)
    {
        foreach (var metric in chosen.Where(m => !m.Applies(trained.Model, data)))
        {
            throw new UsageException(
                $"The metric '{metric.Name}' ({metric.Summary}) cannot be measured on a {trained.Recipe.Name}: use {string.Join(", ", MetricCatalog.BuiltIn.Where(m => m.Applies(trained.Model, data)).Select(m => m.Name))}.");
        }

        foreach (var metric in chosen)
        {
            if (metric.Missing(trained.Model, data, options) is { } missing)
            {
                throw new UsageException($"The metric '{metric.Name}' ({metric.Summary}) cannot be measured here: {missing}.");
            }
        }

        List<Metric> measured = chosen.Count > 0 ? chosen
            : [.. MetricCatalog.BuiltIn.Where(m => !m.OnRequest && m.Applies(trained.Model, data) && m.Missing(trained.Model, data, options) is null)];
        if (measured.Count == 0)
        {
            throw new UsageException($"No quick metric can be measured on a {trained.Recipe.Name} with '{data.Name}': {Others(trained, data)}.");
        }

        if (trained.ChosenText is { } chosenAnew && !terminal.Json)
        {
            terminal.Print("asked with", 11, chosenAnew);
        }

        var all = new List<NamedScore>();
        foreach (var metric in measured)
        {
            var scores = terminal.Track(metric.Name, "%", 100, tracker => metric.Measure(
                trained.Model, data, options with { Progress = share => tracker.Report(share * 100) }, new Rng(seed, trained.Model.Device).Fork(metric.Name)));
            if (scores.Count == 0 && chosen.Count > 0)
            {
                throw new DataException($"The metric '{metric.Name}' ({metric.Summary}) has no value for '{trained.Folder.Path}' on '{data.Name}': use another one.");
            }

            Keep(terminal, trained, scores, described, options.Split, seed, one: true);
            all.AddRange(scores);
        }

        return all;
    }

    private static string Others(TrainedModel trained, IDataset data)
    {
        var names = MetricCatalog.BuiltIn.Where(m => m.Applies(trained.Model, data)).Select(m => m.Name).ToList();
        return names.Count > 0 ? $"name one with --metric ({string.Join(", ", names)})" : "judge its samples with --against, or give data of another kind with --data";
    }

    // Each metric is shown and kept as soon as it is known: the next one may take long. What all are judged by is said once, else beside each one.
    private static void Keep(Terminal terminal, TrainedModel? trained, IReadOnlyList<NamedScore> scores, RunData data, Split split, ulong seed, bool one = false)
    {
        var kept = scores.Select(s => RunScore.Of(s, split, data, trained?.Step ?? 0, seed) with { Chosen = trained?.Chosen }).ToList();
        foreach (var (score, record) in scores.Zip(kept))
        {
            Print(terminal, trained, score, record, one);
        }

        trained?.Folder.AddScores(kept);
    }

    private static void Print(Terminal terminal, TrainedModel? trained, NamedScore score, RunScore record, bool one)
    {
        if (!terminal.Json)
        {
            var draws = score.Draws is { } k ? $", {k}{Terminal.Unbroken}{(k == 1 ? "draw" : "draws")}" : "";
            var time = score.Time is { } t ? string.Create(CultureInfo.InvariantCulture, $", {t.TotalSeconds:0.0}{Terminal.Unbroken}s") : "";
            var interval = record.Interval is [var low, var high] ? string.Create(CultureInfo.InvariantCulture, $", {$"95 % in {low:0.####} … {high:0.####}".Replace(' ', Terminal.Unbroken)}") : "";
            terminal.Print(score.Name, 37, $"{score.Score}{interval}{draws}{time}{(one && score.JudgedBy is { } by ? $", judged by {by}" : "")}");
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

        if (record.Interval is [var least, var most])
        {
            json["interval"] = new JsonArray(least, most);
        }

        if (record.JudgedBy is { } judged)
        {
            json["judgedBy"] = judged;
        }

        if (record.Seconds is { } seconds)
        {
            json["seconds"] = seconds;
        }

        terminal.Print(Settings.Said(json, trained));
    }

    private static string Named(string name) => s_names.Contains(name) ? name
        : OtherWords.Metric(name) is var (here, note)
            ? throw new UsageException($"There is no metric '{name}' by that name: write --metric {here}{(note.Length > 0 ? $" ({note})" : "")}.")
            : throw new UsageException($"{UsageException.Unknown("metric", name, s_names, new Remedy.Option("Help")).Sentence.Phrase(_ => "'likeness evaluate --help'")}");
}

namespace Likeness.Cli.Verbs;

/// <summary><c>likeness anomalies DIR --data NAME|FILE</c>: which examples are too unlikely to be ordinary.</summary>
internal static class AnomaliesVerb
{
    // Examples that are shown unless another number is asked for; all that are called are.
    private const int Shown = 10;

    // Columns that are named for each of them.
    private const int Blamed = 3;

    public static Command Create(Terminal terminal)
    {
        var scoring = new ScoringOptions("where to look");
        var rate = CommonOptions.Number("--rate", "allowed share of false calls among all calls (default 0.05)", 0.0);
        var calibrate = CommonOptions.Choice("--calibrate", "on what p-values are calibrated: the validation split (default where there is one), all training examples by models trained again without them (default elsewhere), or training examples as they are",
            "validation", "cross", "training");
        var folds = CommonOptions.Number("--folds", $"how often --calibrate cross retrains the model (default {CrossCalibration.UsualFolds})", 2);
        var top = CommonOptions.Number("--top", $"list this many of the least likely examples, called or not (default {Shown})", 1);
        var file = new Option<string?>("-o", "--output") { Description = "a .csv file with every example's score, p-value and verdict", HelpName = "FILE" };
        var why = new Option<bool>("--why") { Description = "say which columns make the examples unlikely, for models that know marginals, predict variable by variable, or score by reconstruction" };
        var command = scoring.Create("anomalies", "find examples that are too unlikely to be ordinary", rate, top, calibrate, folds, why, file);
        command.SetAction(parsed =>
        {
            var share = parsed.GetValue(rate) ?? 0.05;
            if (share is <= 0 or >= 1)
            {
                throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"'{share}' is not allowed for --rate, which takes a number between 0 and 1."));
            }

            var asked = scoring.Open(parsed, terminal);
            var explains = parsed.GetValue(why);
            if (explains)
            {
                // Before anything that takes long.
                ColumnShares.RuleOf(asked.Trained.Model, asked.Basis, asked.Trained.Recipe.Name);
            }

            var report = Judge(terminal, asked, parsed.GetValue(calibrate), parsed.GetValue(folds), share);
            Warn(terminal, asked, report);
            Write(terminal, parsed.GetValue(file), parsed.GetValue(top), report, AnomalyReport.Labels(asked.Data, asked.Options.Split, asked.Options.Limit),
                explains ? asked.Explain(report.Calibration.Split) : null);
            return ExitCode.Done;
        });
        return command;
    }

    private static AnomalyReport Judge(Terminal terminal, Scoring asked, string? calibrate, int? folds, double rate)
    {
        var has = asked.Own.Count(Split.Validation) > 0;
        if (calibrate == "validation" && !has)
        {
            throw new UsageException($"'{asked.Own.Name}' has no validation split to calibrate on: leave --calibrate out, train with --hold-out 0.1, or train on data that has one.");
        }

        if (calibrate == "cross" || (calibrate is null && !has))
        {
            var times = folds ?? CrossCalibration.UsualFolds;
            terminal.Note($"{(has ? "As asked" : "The data has no validation split")}, p-values are calibrated on the training examples in {times} folds, each judged by a model that is trained again without it{(has ? "" : ": that takes as long as these trainings; --calibrate training is quicker, and its p-values are too small, and train --hold-out 0.1 keeps examples aside")}.");
            var scores = asked.Score();
            return terminal.Track("calibrate", "%", 100, tracker => CrossCalibration.Judge(
                asked.Trained, asked.Own, scores, asked.Data, asked.Options with { Progress = done => tracker.Report(done * 100) }, rate, asked.Rng.Fork("calibrate"), times));
        }

        if (folds is not null)
        {
            throw new UsageException("--folds belongs to --calibrate cross: add that, or leave --folds out.");
        }

        var held = calibrate == "training" ? Split.Train : Split.Validation;
        var ordinary = asked.Calibrate(held, int.MaxValue);
        return AnomalyReport.Of(asked.Score(), ordinary, held, rate);
    }

    private static void Warn(Terminal terminal, Scoring asked, AnomalyReport report)
    {
        if (report.Calibration.Folds == 0)
        {
            terminal.Note($"The p-values are calibrated on {asked.Described(report.Calibration.Split, report.Calibration.Count)}{(asked.Includes(report.Calibration.Split) ? ", which are among those that are judged: few of these can be called" : "")}.");
        }

        if (report.Calibration.Seen)
        {
            terminal.Note("The p-values are calibrated on examples that the model was trained on: they are too small, and more calls may be false than the rate says.");
        }

        if (report.Flagged.Count == 0 && report.LeastCalls > 1)
        {
            terminal.Note(report.LeastCalls > report.PValues.Length
                ? string.Create(CultureInfo.InvariantCulture, $"With {Counted.Of(report.Calibration.Count, "example")} to calibrate on no p-value is below {1.0 / (report.Calibration.Count + 1):G2}, and at the rate {report.Rate} none of {Counted.Of(report.PValues.Length, "example")} can be called: calibrate on more by --calibrate cross, or allow a higher rate.")
                : $"With {Counted.Of(report.Calibration.Count, "example")} to calibrate on, no example is called unless at least {report.LeastCalls} of the {report.PValues.Length} are less likely than all of the former: calibrate on more by --calibrate cross, score fewer examples, or allow a higher rate.");
        }
    }

    private static void Write(Terminal terminal, string? file, int? top, AnomalyReport report, int[]? labels, ColumnShares? why)
    {
        var truth = labels is null ? null : report.Against(labels);
        var name = report.Scores.Basis.Column;
        if (file is not null)
        {
            var called = report.Flagged.ToHashSet();
            Sampling.WriteText(file, Enumerable.Range(0, report.PValues.Length)
                .Select(i => string.Create(CultureInfo.InvariantCulture, $"{i},{report.Scores.Shown(i):R},{report.PValues[i]:G6},{(called.Contains(i) ? 1 : 0)}{(labels is null ? "" : $",{labels[i]}")}{(why is null ? "" : string.Concat(why.Values[i].Select(v => string.Create(CultureInfo.InvariantCulture, $",{v:G6}"))))}"))
                .Prepend($"example,{name}{(report.Scores.Basis.InNats ? "_nats" : "")},p_value,called{(labels is null ? "" : ",label")}{(why is null ? "" : $",{why.Header}")}"));
        }

        // What is called is listed as far as a screen goes, and so many of the least likely in any case.
        var listed = report.Ranked.Take(top ?? Math.Clamp(report.Flagged.Count, Shown, 2 * Shown)).ToList();
        if (terminal.Json)
        {
            PrintJson(terminal, file, name, report, [.. top is null ? report.Ranked.Take(Math.Max(report.Flagged.Count, Shown)) : listed], labels, truth, why);
            return;
        }

        terminal.Print(string.Create(CultureInfo.InvariantCulture,
            $"{report.Flagged.Count} of {Counted.Of(report.PValues.Length, "example")} {(report.Flagged.Count == 1 ? "is called an anomaly" : "are called anomalies")} at a false discovery rate of {report.Rate} ({(report.Threshold < 0 ? "no p-value is small enough" : string.Create(CultureInfo.InvariantCulture, $"p ≤ {report.Threshold:G4}"))}; calibrated on {report.Calibration.Count} {report.Calibration.Split.Word()} examples{(report.Calibration.Folds > 0 ? $" in {report.Calibration.Folds} folds" : "")})"));
        if (truth is not null)
        {
            terminal.Print(string.Create(CultureInfo.InvariantCulture,
                $"{truth.Anomalies} are known to be: AUROC {truth.Auroc:0.0000}, {(truth.Called == 0 ? "and none was called" : string.Create(CultureInfo.InvariantCulture, $"{truth.Right} of the calls right (precision {truth.Precision:0.000}, recall {truth.Recall:0.000}, false discoveries {truth.FalseDiscoveries:0.000})"))}"));
        }

        if (file is not null)
        {
            terminal.Print(file);
            if (top is null)
            {
                return;
            }
        }

        string[] columns = ["example", report.Scores.Basis.InNats ? "nats" : "error", "p-value", "called from rate", .. labels is null ? (string[])[] : ["label"], .. why is null ? (string[])[] : ["why"]];
        terminal.Table(columns, listed.Select(i => (string[])
        [
            $"{i}",
            report.Scores.Shown(i).ToString("0.###", CultureInfo.InvariantCulture),
            report.PValues[i].ToString("G4", CultureInfo.InvariantCulture),
            $"{report.LeastRates[i].ToString("G3", CultureInfo.InvariantCulture)}{(report.PValues[i] <= report.Threshold ? " *" : "")}",
            .. labels is null ? (string[])[] : [$"{labels[i]}"],
            .. why is null ? (string[])[] : [string.Join(", ", why.Most(i).Take(Blamed).Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Name} {c.Share:+0.##;-0.##;0}")))],
        ]));
        if (why is not null)
        {
            terminal.Note($"A column counts by how much more surprising it is than in ordinary examples: {Rule(why.Rule)}.");
        }

        terminal.Note($"These are the {listed.Count} least likely of {report.PValues.Length} (--top N lists more or fewer, -o FILE.csv keeps all){(report.Flagged.Count > 0 ? "; * is called" : "")}; 'called from rate' is the smallest --rate at which an example is called.");
    }

    private static string Rule(ShareRule rule) => rule switch
    {
        ShareRule.GivenOthers => "nats of its value given all other columns",
        ShareRule.GivenEarlier => "nats of its value given the columns before it in the model's order",
        ShareRule.Columnwise => "nats of its value under the model's bound",
        _ => "squared error of its reconstruction, in the model's units",
    };

    private static void PrintJson(Terminal terminal, string? file, string name, AnomalyReport report, IReadOnlyList<int> listed, int[]? labels, LabelledAnomalies? truth, ColumnShares? why)
    {
        foreach (var i in listed)
        {
            var line = new JsonObject { ["example"] = i, [name] = report.Scores.Shown(i), ["p_value"] = report.PValues[i], ["rate"] = report.LeastRates[i], ["called"] = report.PValues[i] <= report.Threshold };
            if (labels is not null)
            {
                line["label"] = labels[i];
            }

            if (why is not null)
            {
                // JSON has no infinity, which is what an impossible value costs.
                line["why"] = new JsonObject(why.Names.Select((n, j) => KeyValuePair.Create<string, JsonNode?>(n, double.IsFinite(why.Values[i][j]) ? why.Values[i][j] : null)));
            }

            terminal.Print(line);
        }

        var summary = new JsonObject
        {
            ["examples"] = report.PValues.Length,
            ["by"] = report.Scores.Basis.Name,
            ["called"] = report.Flagged.Count,
            ["rate"] = report.Rate,
            ["threshold"] = report.Threshold < 0 ? null : report.Threshold,
            ["calibratedOn"] = report.Calibration.Split.ToString(),
            ["calibrationExamples"] = report.Calibration.Count,
            ["calibrationFolds"] = report.Calibration.Folds,
        };
        if (file is not null)
        {
            summary["file"] = file;
        }

        if (why is not null)
        {
            summary["whyBy"] = why.Rule.ToString();
        }

        if (truth is not null)
        {
            summary["anomalies"] = truth.Anomalies;
            summary["auroc"] = truth.Auroc;
            summary["precision"] = truth.Called == 0 ? null : truth.Precision;
            summary["recall"] = truth.Recall;
            summary["falseDiscoveries"] = truth.FalseDiscoveries;
        }

        terminal.Print(summary);
    }
}

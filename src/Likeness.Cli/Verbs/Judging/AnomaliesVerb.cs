namespace Likeness.Cli.Verbs;

/// <summary><c>likeness anomalies DIR --data NAME|FILE</c>: which examples are too unlikely to be ordinary.</summary>
internal static class AnomaliesVerb
{
    public static Command Create(Terminal terminal)
    {
        var scoring = new ScoringOptions("where to look");
        var rate = CommonOptions.Number("--rate", "allowed share of false calls among all calls (default 0.05)", 0.0);
        var calibrate = CommonOptions.Choice("--calibrate", "on what p-values are calibrated: the validation split (default where there is one), all training examples by models trained again without them (default elsewhere), or training examples as they are",
            "validation", "cross", "training");
        var folds = CommonOptions.Number("--folds", $"how often --calibrate cross retrains the model (default {CrossCalibration.UsualFolds})", 2);
        var top = CommonOptions.Number("--top", $"list this many of the least likely examples, called or not (default {AnomalyListing.Shown})", 1);
        var file = new Option<string?>("-o", "--output") { Description = "a .csv file with every example's score, p-value and verdict; of pictures a .png or .jpg file draws those that are listed", HelpName = "FILE" };
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
            var output = AnomalyListing.Check(parsed.GetValue(file), asked.Trained.Spec);
            var explains = parsed.GetValue(why);
            if (explains)
            {
                // Before anything that takes long.
                ColumnShares.RuleOf(asked.Trained.Model, asked.Basis, asked.Trained.Recipe.Name);
            }

            if (asked.Gone is { } gone && (explains || parsed.GetValue(calibrate) is not null))
            {
                throw new UsageException($"{(explains ? "--why" : "--calibrate")} compares with the data that the run learned from, which is not at hand, so leave it out, or put that data back: {gone}");
            }

            var report = Judge(terminal, asked, parsed.GetValue(calibrate), parsed.GetValue(folds), share);
            if (asked.Gone is null)
            {
                Warn(terminal, asked, report);
            }

            new AnomalyListing(terminal, asked, report, AnomalyReport.Labels(asked.Data, asked.Options.Split, asked.Options.Limit),
                explains ? asked.Explain(report.Calibration.Split) : null, parsed.GetValue(top)).Write(output);
            return ExitCode.Done;
        });
        return command;
    }

    private static AnomalyReport Judge(Terminal terminal, Scoring asked, string? calibrate, int? folds, double rate)
    {
        if (asked.Gone is not null)
        {
            var alone = asked.Score();
            return new(alone, asked.Uncalibrated(alone), -1, rate, new(Split.Validation, 0));
        }

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
            // Nothing is left to calibrate on where each training example is.
            var more = report.Calibration.Folds == 0 ? "calibrate on more by --calibrate cross, " : "";
            terminal.Note(report.LeastCalls > report.PValues.Length
                ? string.Create(CultureInfo.InvariantCulture, $"With {Counted.Of(report.Calibration.Count, "example")} to calibrate on no p-value is below {1.0 / (report.Calibration.Count + 1):G2}, and at the rate {report.Rate} none of {Counted.Of(report.PValues.Length, "example")} can be called: {more}{(more.Length > 0 ? "or " : "")}allow a higher rate.")
                : $"With {Counted.Of(report.Calibration.Count, "example")} to calibrate on, no example is called unless at least {report.LeastCalls} of the {report.PValues.Length} are less likely than all of the former: {more}score fewer examples, or allow a higher rate.");
        }
    }
}

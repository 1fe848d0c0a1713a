using Likeness.Cli.Lines;

namespace Likeness.Cli.Verbs;

/// <summary>What <c>likeness anomalies</c> says about each example: in a table, as JSON, and in the file that it is asked for.</summary>
/// <param name="Terminal">Where it is printed.</param>
/// <param name="Asked">What was scored, by what.</param>
/// <param name="Report">How unlikely the examples are.</param>
/// <param name="Labels">1 for an anomaly and 0 for an ordinary example; null where that is not known.</param>
/// <param name="Why">Which columns make the scores; null where nobody asked.</param>
/// <param name="Top">How many are listed, called or not; null where nobody said.</param>
internal sealed record AnomalyListing(Terminal Terminal, Scoring Asked, AnomalyReport Report, int[]? Labels, ColumnShares? Why, int? Top)
{
    /// <summary>Examples that are shown unless another number is asked for; all that are called are.</summary>
    public const int Shown = 10;

    // Columns that are named for each of them.
    private const int Blamed = 3;

    private readonly ExampleFiles? _files = ExampleFiles.Of(Asked.Data, Asked.Options.Split, Asked.Options.Limit);
    private readonly LabelledAnomalies? _truth = Labels is null ? null : Report.Against(Labels);

    private bool InNats => Report.Scores.Basis.InNats;

    /// <summary>The endings of files that it is kept in.</summary>
    /// <exception cref="UsageException">The file's is another one, or pictures are asked for and there are none.</exception>
    public static string? Check(string? file, DataSpec spec) => file is null || Path.GetExtension(file).ToLowerInvariant() is ".csv" || (Sampling.IsPicture(file) && spec.IsImage)
        ? file
        : throw new UsageException($"'{file}' is not allowed for -o: end the file's name in .csv{(spec.IsImage ? ", .png or .jpg" : "")}.");

    public void Write(string? file)
    {
        // What is called is listed as far as a screen goes, and so many of the least likely in any case.
        var listed = Report.Ranked.Take(Top ?? Math.Clamp(Report.Flagged.Count, Shown, 2 * Shown)).ToList();
        if (file is not null && Sampling.IsPicture(file))
        {
            Sampling.WritePicture(file, Sampling.Picture(LatentSpace.Examples(Asked.Data, Asked.Options.Split, listed), Asked.Trained.Spec));
        }
        else if (file is not null)
        {
            Sampling.WriteText(file, Rows());
        }

        if (Terminal.Json)
        {
            PrintJson(file, [.. Top is null ? Report.Ranked.Take(Math.Max(Report.Flagged.Count, Shown)) : listed]);
            return;
        }

        PrintSummary();
        if (file is not null)
        {
            Terminal.Print(file);
            if (Top is null)
            {
                return;
            }
        }

        PrintTable(listed);
    }

    private IEnumerable<string> Rows()
    {
        yield return $"example{(_files is null ? "" : ",file")},{Report.Scores.Basis.Column}{(InNats ? "_nats" : "")},p_value,called{(Labels is null ? "" : ",label")}{(Why is null ? "" : $",{Why.Header}")}";
        var called = Report.Flagged.ToHashSet();
        for (var i = 0; i < Report.PValues.Length; i++)
        {
            var why = Why is null ? "" : string.Concat(Why.Values[i].Select(v => string.Create(CultureInfo.InvariantCulture, $",{v:G6}")));
            yield return string.Create(CultureInfo.InvariantCulture,
                $"{i}{(_files is null ? "" : $",{_files.Cell(i)}")},{Report.Scores.Shown(i):R},{Report.PValues[i]:G6},{(called.Contains(i) ? 1 : 0)}{(Labels is null ? "" : $",{Labels[i]}")}{why}");
        }
    }

    private void PrintSummary()
    {
        var (count, on) = (Report.PValues.Length, Report.Calibration);
        Terminal.Print(string.Create(CultureInfo.InvariantCulture,
            $"{Report.Flagged.Count} of {Counted.Of(count, "example")} {(Report.Flagged.Count == 1 ? "is called an anomaly" : "are called anomalies")} at a false discovery rate of {Report.Rate} ({(Report.Threshold < 0 ? "no p-value is small enough" : string.Create(CultureInfo.InvariantCulture, $"p ≤ {Report.Threshold:G4}"))}; {(on.Count == 0 ? "not calibrated" : $"calibrated on {on.Count} {on.Split.Word()} examples")}{(on.Folds > 0 ? $" in {on.Folds} folds" : "")})"));
        if (_truth is not null)
        {
            Terminal.Print(string.Create(CultureInfo.InvariantCulture,
                $"{_truth.Anomalies} are known to be: AUROC {_truth.Auroc:0.0000}, {(_truth.Called == 0 ? "and none was called" : string.Create(CultureInfo.InvariantCulture, $"{_truth.Right} of the calls right (precision {_truth.Precision:0.000}, recall {_truth.Recall:0.000}, false discoveries {_truth.FalseDiscoveries:0.000})"))}"));
        }
    }

    private void PrintTable(List<int> listed)
    {
        string[] columns = ["example", .. Where(_files, "file"), InNats ? "nats" : "error", "p-value", "called from rate", .. Where(Labels, "label"), .. Where(Why, "why")];
        Terminal.Table(columns, listed.Select(i => (string[])
        [
            $"{i}",
            .. Where(_files, _files?[i]),
            Report.Scores.Shown(i).ToString("0.###", CultureInfo.InvariantCulture),
            Report.PValues[i].ToString("G4", CultureInfo.InvariantCulture),
            $"{Report.LeastRates[i].ToString("G3", CultureInfo.InvariantCulture)}{(Report.PValues[i] <= Report.Threshold ? " *" : "")}",
            .. Where(Labels, $"{Labels?[i]}"),
            .. Where(Why, Why is null ? "" : string.Join(", ", Why.Most(i).Take(Blamed).Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Name} {c.Share:+0.##;-0.##;0}")))),
        ]));
        if (Why is not null)
        {
            Terminal.Note($"A column counts by how much more surprising it is than in ordinary examples: {Rule(Why.Rule)}.");
        }

        Terminal.Note($"These are the {listed.Count} least likely of {Report.PValues.Length} (--top N lists more or fewer, -o FILE.csv keeps all){(Report.Flagged.Count > 0 ? "; * is called" : "")}; 'called from rate' is the smallest --rate at which an example is called.");
    }

    // A column that is there where something is known.
    private static string[] Where(object? known, string? cell) => known is null ? [] : [cell!];

    private static string Rule(ShareRule rule) => rule switch
    {
        ShareRule.GivenOthers => "nats of its value given all other columns",
        ShareRule.GivenEarlier => "nats of its value given the columns before it in the model's order",
        ShareRule.Columnwise => "nats of its value under the model's bound",
        _ => "squared error of its reconstruction, in the model's units",
    };

    private void PrintJson(string? file, List<int> listed)
    {
        foreach (var i in listed)
        {
            var line = new JsonObject { ["example"] = i };
            if (_files is not null)
            {
                line["file"] = _files[i];
            }

            (line[Report.Scores.Basis.Column], line["p_value"], line["rate"], line["called"]) = (Report.Scores.Shown(i), Report.PValues[i], Report.LeastRates[i], Report.PValues[i] <= Report.Threshold);
            if (Labels is not null)
            {
                line["label"] = Labels[i];
            }

            if (Why is not null)
            {
                // JSON has no infinity, which is what an impossible value costs.
                line["why"] = new JsonObject(Why.Names.Select((n, j) => KeyValuePair.Create<string, JsonNode?>(n, double.IsFinite(Why.Values[i][j]) ? Why.Values[i][j] : null)));
            }

            Terminal.Print(line);
        }

        var summary = new JsonObject
        {
            ["examples"] = Report.PValues.Length,
            ["by"] = Report.Scores.Basis.Name,
            ["called"] = Report.Flagged.Count,
            ["rate"] = Report.Rate,
            ["threshold"] = Report.Threshold < 0 ? null : Report.Threshold,
            ["calibratedOn"] = Report.Calibration.Split.ToString(),
            ["calibrationExamples"] = Report.Calibration.Count,
            ["calibrationFolds"] = Report.Calibration.Folds,
        };
        if (file is not null)
        {
            summary["file"] = file;
        }

        if (Why is not null)
        {
            summary["whyBy"] = Why.Rule.ToString();
        }

        if (_truth is not null)
        {
            summary["anomalies"] = _truth.Anomalies;
            summary["auroc"] = _truth.Auroc;
            summary["precision"] = _truth.Called == 0 ? null : _truth.Precision;
            summary["recall"] = _truth.Recall;
            summary["falseDiscoveries"] = _truth.FalseDiscoveries;
        }

        Terminal.Print(Settings.Said(summary, Asked.Trained));
    }
}

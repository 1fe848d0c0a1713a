using Likeness.Cli.Lines;

namespace Likeness.Cli.Verbs;

/// <summary><c>likeness complete DIR --data NAME|FILE</c>: what is missing of examples, drawn from p(missing | given).</summary>
internal static class CompleteVerb
{
    public static Command Create(Terminal terminal)
    {
        var folder = CommonOptions.RunArgument();
        var source = new Option<string>("--data")
        {
            Description = "what to complete: a data set's name or a path; missing cells of a table or a series (empty, ?, NA, NaN) are what is missing",
            HelpName = "NAME|FILE",
            Required = true,
        };
        var query = CommonOptions.Query();
        var given = new Option<string?>("--given")
        {
            Description = $"the part that is kept: {string.Join(", ", GivenPart.Names)} (first: half in the model's order; box: all but the middle), share=S of the pixels, or a mask in a .npy file or a picture that is white where it is kept (default top of images, else first)",
            HelpName = "PART|FILE",
        };
        given.CompletionSources.Add([.. GivenPart.Names]);
        var copies = CommonOptions.Number("-n", "completions of each example (default 6; of tables and series with gaps 1)", 1, "--draws");
        var count = CommonOptions.Number("--count", "at most so many examples (default 8; of files all)", 1);
        var particles = CommonOptions.Number("--particles", "approximate parts that the model cannot complete exactly, with so many weighted draws each", 1);
        var split = CommonOptions.SplitOption("which part of a named data set (default test)");
        var seed = CommonOptions.Seed();
        var root = CommonOptions.DataRoot();
        var file = new Option<string?>("-o", "--output") { Description = $"where to ({string.Join(", ", Sampling.Extensions)}); default: in the run's folder", HelpName = "FILE" };
        var raw = CommonOptions.Raw();
        var set = CommonOptions.Later("particles=1000");
        var restoring = new RestoringFlags();
        var command = new Command("complete", "fill in what is missing of examples, given the rest")
        {
            folder, source, query, given, copies, count, particles, split, set, seed, root, raw, file, CommonOptions.Threads(),
        };
        restoring.AddTo(command, particles: false);
        command.SetAction(parsed =>
        {
            var path = CommonOptions.CheckExamples(parsed.GetValue(file));
            var trained = terminal.Opened(parsed.GetValue(folder)!, parsed.GetValue(set), parsed.GetValue(query));
            var options = restoring.Read(parsed, parsed.GetValue(particles));
            if (trained.Spec.IsImage && (options.Method ?? RestoringMethods.Of(trained.Model).FirstOrDefault("exact")) != "exact")
            {
                return CompletePictures(parsed, trained, path, options);
            }

            if (trained.Spec.IsSeries && IncompleteSeries.Read(parsed.GetValue(source)!, trained, whole: parsed.GetValue(given) is null) is { } gaps)
            {
                return CompleteSeries(parsed, trained, path, options, gaps);
            }

            var completing = new CompletionFile(trained, parsed.GetValue(particles) ?? 0, new Rng(parsed.GetValue(seed) ?? 0, trained.Model.Device), trained.FitOf(parsed.GetValue(raw)));
            using var scope = torch.NewDisposeScope();
            var name = parsed.GetValue(source)!;
            if (IncompleteTable.Read(name, trained.Spec, trained.Fit, trained.TableOf(name)) is { } table)
            {
                if (parsed.GetValue(given) is not null)
                {
                    throw new UsageException($"'{name}' has missing cells, which say what is given: leave out --given.");
                }

                path ??= DefaultFile(".csv");
                Print(terminal, trained, path, completing.WriteTable(path, table, parsed.GetValue(copies) ?? 1));
                return ExitCode.Done;
            }

            var data = terminal.Noted(trained.OpenOther(name, parsed.GetValue(root))).TryAs<Batch>()
                ?? throw new UsageException($"The data '{name}' has no plain examples to complete: choose other data.");
            var mask = GivenPart.Of(parsed.GetValue(given) ?? GivenPart.Default(trained.Spec), trained.Model, trained.Spec);
            var part = CommonOptions.ToSplit(parsed.GetValue(split));
            var most = Math.Min(parsed.GetValue(count) ?? (Path.Exists(name) ? int.MaxValue : 8), data.Count(part));
            var x = data.Read(part, Math.Max(most, 1), most).First().X;
            path ??= DefaultFile(trained.Spec.IsImage ? ".png" : ".csv");
            var report = terminal.Track("complete", "%", 100, tracker => completing.WriteExamples(path, x, mask, parsed.GetValue(copies) ?? 6, share => tracker.Report(share * 100)));
            Print(terminal, trained, path, report);
            return ExitCode.Done;

            string DefaultFile(string extension) => trained.Folder.SampleFile(trained.Step, $"-completed{extension}");
        });
        return command;

        int CompleteSeries(ParseResult parsed, TrainedModel trained, string? path, RestoringOptions options, IncompleteSeries gaps)
        {
            if (parsed.GetValue(given) is not null || parsed.GetValue(raw))
            {
                throw new UsageException($"'{parsed.GetValue(source)}' has missing values, which say what is given, and is written as it is but for these: leave out --given and --raw.");
            }

            var completing = new SeriesCompletion(trained, options);
            RestoringFlags.CheckChosen(trained, completing.Method);
            path ??= trained.Folder.SampleFile(trained.Step, "-completed.csv");
            var rng = new Rng(parsed.GetValue(seed) ?? 0, trained.Model.Device);
            Print(terminal, trained, path, terminal.Track("complete", "%", 100, tracker => completing.Write(path, gaps, parsed.GetValue(copies) ?? 1, rng, share => tracker.Report(share * 100))));
            return ExitCode.Done;
        }

        int CompletePictures(ParseResult parsed, TrainedModel trained, string? path, RestoringOptions options)
        {
            using var scope = torch.NewDisposeScope();
            var (spec, name) = (trained.Spec, parsed.GetValue(source)!);
            var kept = parsed.GetValue(given) ?? GivenPart.Default(spec);
            var mask = parsed.GetValue(given) is null && (trained.Model as IReconstructor)?.Measurement is Mask learned ? learned
                : new Mask(spec.Shape, GivenPart.Of(kept, trained.Model, spec), $"mask:{kept}");
            var method = RestoringMethods.Of(trained.Model, spec, mask, options);
            RestoringFlags.CheckChosen(trained, method.Name);
            var images = terminal.Noted(trained.OpenOther(name, parsed.GetValue(root))).As<Batch>();
            var part = CommonOptions.ToSplit(parsed.GetValue(split));
            var most = Math.Min(parsed.GetValue(count) ?? (Path.Exists(name) ? int.MaxValue : 8), images.Count(part));
            var x = images.Read(part, Math.Max(most, 1), most).First().X;
            var each = parsed.GetValue(copies) ?? 6;
            var made = terminal.Track("complete", "%", 100, tracker => new Restoring(method, mask, spec, trained.Model.Device).Draw(
                mask.Measure(x), each, new Rng(parsed.GetValue(seed) ?? 0, trained.Model.Device), share => tracker.Report(share * 100)));
            path ??= trained.Folder.SampleFile(trained.Step, "-completed.png");
            if (!Sampling.IsFolder(path) && Path.GetExtension(path).ToLowerInvariant() is ".png" or ".jpg" or ".jpeg")
            {
                Sampling.WritePicture(path, CompletionPicture.Draw(x, [.. mask.Given], made, spec));
            }
            else
            {
                Sampling.Write(path, made, spec, trained.FitOf(parsed.GetValue(raw)));
            }

            Print(terminal, trained, path, new CompletionReport(most, each, mask.Given.Count(g => !g) * (long)most) { Method = method.Name });
            return ExitCode.Done;
        }
    }

    private static void Print(Terminal terminal, TrainedModel trained, string path, CompletionReport report)
    {
        var sizes = report.EffectiveSizes;
        if (terminal.Json)
        {
            terminal.Print(Settings.Said(new()
            {
                ["file"] = path,
                ["examples"] = report.Examples,
                ["completions"] = report.Copies,
                ["missingValues"] = report.Missing,
                ["method"] = report.Method,
                ["evidence"] = report.Evidence.ToString(),
                ["effectiveSize"] = sizes.Count == 0 ? null : sizes.Average(),
                ["leastEffectiveSize"] = sizes.Count == 0 ? null : sizes.Min(),
                ["originalNats"] = Finite(report.OriginalNats),
                ["completionNats"] = Finite(report.CompletionNats),
            }, trained));
            return;
        }

        terminal.Print($"{path}: {Counted.Of(report.Examples, "example")}, {Counted.Of(report.Copies, "completion")} each, {Counted.Of(report.Missing, "value")} missing{(report.Method == "exact" ? "" : $", {RestoringFlags.By(report.Method)}")}{(trained.ChosenText is { } chosen ? $", with {chosen}" : "")}");
        if (sizes.Count > 0)
        {
            terminal.Print(string.Create(CultureInfo.InvariantCulture,
                $"approximate: one of each completion's weighted draws; they are worth {sizes.Average():0.0} equal ones on average, {sizes.Min():0.0} at least"));
        }

        Print(terminal, "log p(missing | given) of the originals", report.OriginalNats);
        Print(terminal, "log p(missing | given) of the completions", report.CompletionNats);
    }

    private static void Print(Terminal terminal, string what, IReadOnlyList<double> nats)
    {
        if (nats.Count > 0)
        {
            terminal.Print($"{what}: {Score.Mean([.. nats], "nats", Evidence.Exact)}");
        }
    }

    private static double? Finite(IReadOnlyList<double> nats) => nats.Count > 0 && double.IsFinite(nats.Average()) ? nats.Average() : null;
}

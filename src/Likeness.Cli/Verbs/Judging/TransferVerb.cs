namespace Likeness.Cli.Verbs;

/// <summary><c>likeness transfer DIR</c>: what the encoder of a run is worth when labels are few.</summary>
internal static class TransferVerb
{
    private const string Frozen = "frozen", FineTuned = "fine-tuned";

    public static Command Create(Terminal terminal)
    {
        var usual = new TransferOptions();
        var run = CommonOptions.RunArgument();
        var labels = CommonOptions.Number("--labels", $"labelled training examples in all (default {usual.Labels})", 1);
        var repeats = CommonOptions.Number("--repeats", $"repeats with other examples and seeds (default {usual.Repeats})", 2);
        var steps = CommonOptions.Number("--steps", $"training steps of each classifier (default {usual.Steps})", 1);
        var rate = CommonOptions.Number("--rate", "learning rate, except for the fine-tuned encoder (default 0.001)", 0.0);
        var encoderRate = CommonOptions.Number("--encoder-rate", "learning rate of the fine-tuned encoder (default 0.0001)", 0.0);
        var source = CommonOptions.OtherData("labelled data: a data set's name or a path (default: the run's own data)");
        var limit = CommonOptions.Number("--limit", "judge by at most so many test examples", 1);
        var kept = new Option<string?>("--out") { Description = "keep the first time's result as a run in this folder", HelpName = "DIR" };
        var which = CommonOptions.Choice("--keep", "which of them: the model with its encoder as fine-tuned, or a classifier of its frozen codes (default fine-tuned)", FineTuned, Frozen);
        var force = new Option<bool>("--force") { Description = "replace a run that is already in the folder" };
        var seed = CommonOptions.Seed();
        var root = CommonOptions.DataRoot();
        var command = new Command("transfer", "classify with few labels, using a model's codes")
        {
            run, labels, repeats, steps, rate, encoderRate, source, limit, kept, which, force, seed, root, CommonOptions.Threads(),
        };
        command.SetAction(parsed =>
        {
            var trained = terminal.Opened(parsed.GetValue(run)!);
            var data = terminal.Noted(trained.OpenOwnOr(parsed.GetValue(source), parsed.GetValue(root)));
            var options = new TransferOptions(
                parsed.GetValue(labels) ?? usual.Labels, parsed.GetValue(repeats) ?? usual.Repeats, parsed.GetValue(steps) ?? usual.Steps,
                parsed.GetValue(rate) ?? usual.LearningRate, parsed.GetValue(limit) ?? usual.Limit)
            {
                EncoderRate = parsed.GetValue(encoderRate) ?? usual.EncoderRate,
            };
            var rng = new Rng(parsed.GetValue(seed) ?? 0, trained.Model.Device);
            // The folder first: what it objects to is told before the training.
            if (parsed.GetValue(which) is not null && parsed.GetValue(kept) is null)
            {
                throw new UsageException("--keep says which result is kept, and nothing is: name the folder by --out, or leave --keep out.");
            }

            var isFrozen = parsed.GetValue(which) == Frozen;
            var folder = parsed.GetValue(kept) is not { } path ? null
                : isFrozen ? Transfer.KeepFrozen(trained, data, options, rng, path, parsed.GetValue(force)) : Transfer.Keep(trained, data, options, rng, path, parsed.GetValue(force));
            var report = terminal.Track("transfer", "%", 100, tracker => Transfer.Measure(trained, data, options, rng, share => tracker.Report(share * 100)));
            (string Name, Score Score)[] rows = [(Frozen, report.Frozen), (FineTuned, report.FineTuned), ("from-scratch", report.FromScratch), ("gain", report.Gain)];
            foreach (var (name, score) in rows)
            {
                terminal.Print(
                    FormattableString.Invariant($"{name,-14} {score.Value,6:0.00} ± {score.StandardError:0.00} % ({score.Count} repeats, {Counted.Of(options.Labels, "label")})"),
                    new JsonObject { ["name"] = name, ["value"] = score.Value, ["standardError"] = score.StandardError, ["unit"] = score.Unit, ["repeats"] = score.Count, ["labels"] = options.Labels });
            }

            if (folder is not null)
            {
                terminal.Note(isFrozen ? $"The classifier of frozen codes, fitted to {Counted.Of(options.Labels, "example")}, is the run '{folder.Path}'."
                    : $"The model with its encoder as fine-tuned on {Counted.Of(options.Labels, "example")} is the run '{folder.Path}'.");
            }

            return ExitCode.Done;
        });
        return command;
    }
}

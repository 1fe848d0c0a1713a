namespace Likeness.Cli.Verbs;

/// <summary>How often a training saves and shows what it can do: what train and resume share.</summary>
/// <param name="Checkpoints">When it saves.</param>
/// <param name="Grids">How many pictures of what the model can do over the whole training.</param>
internal sealed record Cadence(CheckpointCadence Checkpoints, int Grids);

/// <summary>The options behind <see cref="Cadence"/>.</summary>
internal sealed class CadenceOptions
{
    public Option<long?> Every { get; } = CommonOptions.Number<long>("--checkpoint-every", "save every so many steps (default: every minute)", 1);

    public Option<int?> Grids { get; } = CommonOptions.Number("--grids", "pictures of samples, translations or restored patches to write over the whole training (default 4)", 0);

    public Cadence Read(ParseResult parsed) =>
        new(CheckpointCadence.Default with { Steps = parsed.GetValue(Every) ?? 0 }, parsed.GetValue(Grids) ?? 4);
}

/// <summary>Trains a run to its end or until Ctrl-C, with progress and pictures on the way.</summary>
internal static class TrainingLoop
{
    public static int Run(Terminal terminal, Run run, Cadence cadence)
    {
        using var interruption = new Interruption(terminal);
        var terms = new RunningTerms();
        terminal.Track("train", "steps", run.Steps, tracker =>
        {
            foreach (var report in run.Train(cadence.Checkpoints, interruption.Token))
            {
                terms.Add(LogEntry.Of(report));
                tracker.Report(report.Step, terms.ToString);
                if (terminal.Json)
                {
                    terminal.Output.WriteLine(LogEntry.Of(report).ToJson());
                }

                if (cadence.Grids > 0 && report.Step * cadence.Grids / run.Steps > (report.Step - 1) * cadence.Grids / run.Steps)
                {
                    WritePicture(run, report.Step);
                }
            }

            return 0;
        });
        var interrupted = interruption.Asked && run.Step < run.Steps;
        // Whoever stops a training wants the prompt back.
        var end = interrupted ? null : new TrainingEnd(run);
        if (terminal.Json)
        {
            var result = new JsonObject { ["run"] = run.Folder.Path, ["step"] = run.Step, ["steps"] = run.Steps, ["best"] = run.BestStep };
            if (run.Folder.Privacy is { } spent)
            {
                result["privacy"] = PrivacyText.ToJson(spent);
            }

            end?.Write(result);
            terminal.Print(result);
        }
        else
        {
            terminal.Print($"{run.Folder.Path}: {run.Step} of {Counted.Of(run.Steps, "step")}{(terms.Any ? $", {terms}" : "")}");
            end?.Print(terminal);
        }

        if (run.Folder.Privacy is { } ledger)
        {
            terminal.Note(PrivacyText.Spent(ledger));
        }

        if (interrupted)
        {
            terminal.Note($"Stopped and saved: 'likeness resume {run.Folder.Path}' goes on.");
        }

        if (run.BestStep is { } best)
        {
            terminal.Note(interrupted ? $"The best weights so far are those of step {best}."
                : $"{(run.StoppedEarly ? "Stopped, as the validation split saw no more improvement" : "Done")}: the best weights are those of step {best}, and these are kept.");
        }

        return interrupted ? ExitCode.Interrupted : ExitCode.Done;
    }

    // What is drawn comes from a source of its own, so looking does not change what is learned.
    internal static void WritePicture(Run run, long step)
    {
        using var scope = torch.NewDisposeScope();
        if (TrainingPicture.Draw(run.Model, run.Data, new Rng(run.Folder.Record.Seed, run.Model.Device).Fork("pictures")) is { } picture)
        {
            Sampling.WritePicture(run.Folder.SampleFile(step, ".png"), picture);
        }
    }
}

/// <summary>Every term smoothed over the last fifty steps or so: single steps are too noisy to read.</summary>
internal sealed class RunningTerms
{
    private const double Weight = 0.02;

    private readonly Dictionary<string, double> _means = [];
    private long _count;

    public bool Any => _means.Count > 0;

    public void Add(LogEntry entry)
    {
        // The first steps are a plain mean, so the start does not linger.
        var weight = Math.Max(Weight, 1.0 / ++_count);
        foreach (var (name, value) in entry.Terms)
        {
            // A look at the validation split is a mean already, and a size has no noise.
            var noisy = !name.StartsWith("validation.", StringComparison.Ordinal) && !name.StartsWith("growth.", StringComparison.Ordinal);
            _means[name] = _means.TryGetValue(name, out var mean) && noisy ? mean + (weight * (value - mean)) : value;
        }
    }

    public override string ToString() => string.Join("  ", _means.Select(t => $"{t.Key} {t.Value:0.####}"));
}

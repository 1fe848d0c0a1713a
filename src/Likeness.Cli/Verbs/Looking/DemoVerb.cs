using System.Diagnostics;
using Likeness.Cli.Demo;

namespace Likeness.Cli.Verbs;

/// <summary><c>likeness demo</c>: the tour.</summary>
internal static class DemoVerb
{
    // Leaves room for scores and pictures within two to three minutes.
    private const int TrainingSeconds = 110;

    public static Command Create(Terminal terminal)
    {
        var seconds = CommonOptions.Number("--seconds", $"time for training in all (default {TrainingSeconds})", 1);
        var folder = new Option<string?>("--out") { Description = "where the runs and pictures go (default runs/demo)", HelpName = "DIR" };
        var command = new Command("demo", "a tour of two to three minutes on real pictures") { seconds, folder };
        command.SetAction(parsed =>
        {
            using var interruption = new Interruption(terminal);
            var start = Stopwatch.GetTimestamp();
            new Tour(terminal, Zoo.BuiltIn, parsed.GetValue(folder) ?? Path.Combine("runs", "demo"),
                TimeSpan.FromSeconds(parsed.GetValue(seconds) ?? TrainingSeconds), interruption.Token).Run();
            terminal.Note($"The tour took {Tracker.Duration(Stopwatch.GetElapsedTime(start))}.");
            return ExitCode.Done;
        });
        return command;
    }
}

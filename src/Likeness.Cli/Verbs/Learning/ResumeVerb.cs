using Likeness.Cli.Lines;

namespace Likeness.Cli.Verbs;

/// <summary><c>likeness resume DIR</c>: goes on with a run from its last checkpoint.</summary>
internal static class ResumeVerb
{
    public static Command Create(Terminal terminal)
    {
        var folder = CommonOptions.RunArgument();
        var steps = CommonOptions.Number<long>("--steps", "steps in all, to train for longer than planned", 1);
        var set = new Option<string[]>("--set") { Description = "change a rate from here on, such as --set optimizer.learningRate=1e-4", HelpName = "key=value", AllowMultipleArgumentsPerToken = true };
        var root = CommonOptions.DataRoot();
        var cadence = new CadenceOptions();
        var command = new Command("resume", "train on from the last checkpoint") { folder, steps, set, root, cadence.Every, cadence.Grids };
        command.SetAction(parsed =>
        {
            var changes = Settings.Read(parsed.GetValue(set));

            using var run = TrainedModel.Resume(parsed.GetValue(folder)!, Zoo.BuiltIn, parsed.GetValue(steps), parsed.GetValue(root), changes);
            terminal.Unchanged(run.Data);
            terminal.Note(run.Step < run.Steps
                ? $"{run.Folder.Record.Recipe} on {run.Folder.Record.Data.Source}: going on after step {run.Step} of {run.Steps}"
                : $"{(run.Steps == 1 ? "The only step is" : $"All {run.Steps} steps are")} done; --steps with a greater number trains on.");
            return TrainingLoop.Run(terminal, run, cadence.Read(parsed));
        });
        return command;
    }
}

using System.CommandLine;
using System.Text.Json.Nodes;
using Likeness.Applications;
using Likeness.Models;
using Likeness.Torch;

namespace Likeness.Cli.Verbs;

/// <summary><c>likeness sample DIR</c>: new examples from the model of a run.</summary>
internal static class SampleVerb
{
    public static Command Create(Terminal terminal)
    {
        var folder = CommonOptions.RunArgument();
        var count = CommonOptions.Number("-n", "how many (default 64)", 1, "--count");
        var seed = CommonOptions.Seed();
        var label = CommonOptions.Number("--class", "only examples of this class, for models that can (counted from 0)", 0);
        var file = CommonOptions.Examples();
        var command = new Command("sample", "draw new examples from the model of a run") { folder, count, label, seed, file };
        command.SetAction(parsed =>
        {
            var path = CommonOptions.CheckExamples(parsed.GetValue(file));
            var trained = TrainedModel.Open(parsed.GetValue(folder)!, Zoo.BuiltIn);
            var number = parsed.GetValue(count) ?? 64;
            path ??= trained.Folder.SampleFile(trained.Step, $"{(parsed.GetValue(label) is { } c ? $"-class{c}" : "")}-seed{parsed.GetValue(seed) ?? 0}{Sampling.DefaultExtension(trained.Spec)}");
            using var scope = new TensorScope();
            var rng = new Rng(parsed.GetValue(seed) ?? 0, trained.Model.Device);
            var x = terminal.Track("sample", "examples", number, tracker => Draw(share => tracker.Report(share * number)));
            Sampling.Write(path, x, trained.Spec);
            if (terminal.Json)
            {
                terminal.Print(new JsonObject { ["file"] = path, ["count"] = number, ["step"] = trained.Step });
            }
            else
            {
                terminal.Print(path);
            }

            return Program.Done;

            Tensor Draw(Action<double> progress) => parsed.GetValue(label) is { } one
                ? Sampling.DrawClass(trained.Model, one, trained.Spec.Classes, number, rng, progress)
                : Sampling.Draw(trained.Model, number, rng, progress);
        });
        return command;
    }
}

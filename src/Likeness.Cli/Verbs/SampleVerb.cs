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
        var file = new Option<string?>("-o", "--output")
        {
            Description = $"where to ({string.Join(", ", Sampling.Extensions)}); default: in the run's folder",
            HelpName = "FILE",
        };
        var command = new Command("sample", "draw new examples from the model of a run") { folder, count, seed, file };
        command.SetAction(parsed =>
        {
            var path = parsed.GetValue(file);
            if (path is not null && !Sampling.Extensions.Contains(Path.GetExtension(path).ToLowerInvariant()))
            {
                throw new UsageException($"Samples cannot be written as '{path}': end the file's name in {string.Join(", ", Sampling.Extensions)}.");
            }

            var trained = TrainedModel.Open(parsed.GetValue(folder)!, Zoo.BuiltIn);
            var number = parsed.GetValue(count) ?? 64;
            path ??= trained.Folder.SampleFile(trained.Step, $"-seed{parsed.GetValue(seed) ?? 0}{Sampling.DefaultExtension(trained.Spec)}");
            using var scope = new TensorScope();
            var rng = new Rng(parsed.GetValue(seed) ?? 0, trained.Model.Device);
            var x = terminal.Track("sample", "examples", number, tracker => Sampling.Draw(trained.Model, number, rng, share => tracker.Report(share * number)));
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
        });
        return command;
    }
}

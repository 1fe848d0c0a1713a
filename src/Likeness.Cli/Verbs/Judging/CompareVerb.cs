using System.CommandLine;
using System.Text.Json.Nodes;

namespace Likeness.Cli.Verbs;

/// <summary><c>likeness compare DIR DIR …</c>: what random codes stand for, model by model.</summary>
internal static class CompareVerb
{
    public static Command Create(Terminal terminal)
    {
        var folders = new Argument<string[]>("DIR") { Description = "the folders of the runs", Arity = ArgumentArity.OneOrMore };
        var count = CommonOptions.Number("-n", "examples of each (default 32)", 1, "--count");
        var columns = CommonOptions.Number("--columns", "images per row (default 16)", 1);
        var codes = CommonOptions.Choice("--codes", "where codes come from; prior is each model's own, where it has one (default prior)", "prior", "normal");
        var seed = CommonOptions.Seed();
        var file = new Option<string?>("-o", "--output") { Description = "a .png or .jpg file (default: compare.png)", HelpName = "FILE" };
        var command = new Command("compare", "decode random codes by several models, one below the other") { folders, count, columns, codes, seed, file };
        command.SetAction(parsed =>
        {
            var path = LatentVerb.CheckPicture(parsed.GetValue(file) ?? "compare.png");
            var spaces = parsed.GetValue(folders)!.Select(f => new LatentSpace(terminal.Opened(f))).ToArray();
            var number = parsed.GetValue(count) ?? 32;
            using var scope = torch.NewDisposeScope();
            var panels = spaces.Select(space =>
            {
                var own = parsed.GetValue(codes) != "normal" && space.HasPrior;
                var rng = new Rng(parsed.GetValue(seed) ?? 0, space.Trained.Model.Device);
                var z = own ? space.Draw(number, rng) : rng.Normal(number, space.Width);
                var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(space.Trained.Folder.Path));
                var label = $"{name}: codes from {(own ? "its prior" : "N(0, I)")}";
                return (label, Sampling.Picture(space.Decode(z), space.Trained.Spec, Math.Min(parsed.GetValue(columns) ?? 16, number)));
            }).ToArray();
            Sampling.WritePicture(path, Panels.Draw(panels));
            if (terminal.Json)
            {
                terminal.Print(new JsonObject { ["file"] = path, ["panels"] = new JsonArray([.. panels.Select(p => (JsonNode)p.label)]) });
            }
            else
            {
                terminal.Print(path);
            }

            return ExitCode.Done;
        });
        return command;
    }
}

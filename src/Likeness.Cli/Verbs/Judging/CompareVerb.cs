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
        var root = CommonOptions.DataRoot();
        var file = new Option<string?>("-o", "--output") { Description = "a .png or .jpg file (default: compare.png)", HelpName = "FILE" };
        var command = new Command("compare", "decode random codes by several models") { folders, count, columns, codes, seed, root, file, CommonOptions.Threads() };
        command.SetAction(parsed =>
        {
            var path = LatentVerb.CheckPicture(parsed.GetValue(file) ?? "compare.png");
            var spaces = parsed.GetValue(folders)!.Select(f => new LatentSpace(terminal.Opened(f))).ToArray();
            var number = parsed.GetValue(count) ?? 32;
            using var scope = torch.NewDisposeScope();
            var panels = spaces.SelectMany(space => Draws(space).Select(drawn =>
            {
                var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(space.Trained.Folder.Path));
                return (label: $"{name}: codes from {drawn.From}", Sampling.Picture(space.Decode(drawn.Codes), space.Trained.Spec, Math.Min(parsed.GetValue(columns) ?? 16, number)));
            })).ToArray();
            Sampling.WritePicture(path, Panels.Draw(panels));
            terminal.Print(path, new JsonObject { ["file"] = path, ["panels"] = new JsonArray([.. panels.Select(p => (JsonNode)p.label)]) });

            return ExitCode.Done;

            // A model without a prior is shown by N(0, I), and beside it by codes at the scale of its own.
            IEnumerable<(string From, Tensor Codes)> Draws(LatentSpace space)
            {
                Rng Source() => new(parsed.GetValue(seed) ?? 0, space.Trained.Model.Device);
                if (parsed.GetValue(codes) != "normal" && space.HasPrior)
                {
                    return [("its prior", space.Draw(number, Source()))];
                }

                var normal = ("N(0, I)", Source().Normal(number, space.Width));
                return space.HasPrior || space.Trained.Model is not IEncoder ? [normal]
                    : [normal, ("a Normal like its own codes", space.DrawLikeOwn(terminal.Noted(space.Trained.OpenData(parsed.GetValue(root))), number, Source()))];
            }
        });
        return command;
    }
}

namespace Likeness.Cli.Verbs;

/// <summary><c>likeness restore DIR [PATCH…]</c>: whole images of patches that do not say where they belong, given in files or cut out of examples.</summary>
internal static class RestoreVerb
{
    public static Command Create(Terminal terminal)
    {
        var folder = CommonOptions.RunArgument();
        var files = new Argument<string[]>("PATCH")
        {
            Description = "image files with a patch each, in any order, of any size; without them, patches are cut out of examples",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var images = CommonOptions.Number("-n", "images made of the same patches, each with other noise (default 1)", 1);
        var mask = new Option<string?>("--mask") { Description = "where to put the mask that says where the patches belong (.png, .jpg, .npy, .csv)", HelpName = "FILE" };
        var source = CommonOptions.OtherData("whose examples patches are cut out of: a data set's name or a path (default: the run's own data)");
        var count = CommonOptions.Number("--count", "of how many examples (default 8)", 1);
        var split = CommonOptions.SplitOption("of which part of the data (default test)");
        var seed = CommonOptions.Seed();
        var root = CommonOptions.DataRoot();
        var file = CommonOptions.Examples();
        var command = new Command("restore", "reconstruct pictures from loose patches") { folder, files, images, mask, source, count, split, seed, root, file, CommonOptions.Threads() };
        command.SetAction(parsed =>
        {
            var path = CommonOptions.CheckExamples(parsed.GetValue(file));
            var maskPath = CommonOptions.CheckExamples(parsed.GetValue(mask));
            var patches = parsed.GetValue(files) ?? [];
            if (patches.Length > 0 && (parsed.GetValue(source) is not null || parsed.GetValue(count) is not null || parsed.GetValue(split) is not null))
            {
                throw new UsageException("Patches are given, and --data, --count and --split cut others out of examples: leave out one or the other.");
            }

            if (patches.Length == 0 && parsed.GetValue(images) is not null)
            {
                throw new UsageException("-n asks for several images of the patches in files: name these files, or leave -n out.");
            }

            var trained = terminal.Opened(parsed.GetValue(folder)!);
            var restorer = PatchPuzzle.Restorer(trained.Model);
            using var scope = torch.NewDisposeScope();
            using var noGrad = torch.no_grad();
            var rng = new Rng(parsed.GetValue(seed) ?? 0, trained.Model.Device);
            path ??= trained.Folder.SampleFile(trained.Step, "-restored.png");
            int made;
            if (patches.Length > 0)
            {
                var given = PatchPuzzle.Read(patches, restorer, trained.Spec, trained.Folder.Record.Data.Protocol).to(trained.Model.Device);
                made = parsed.GetValue(images) ?? 1;
                var whole = restorer.Restore(given.expand([made, .. given.shape[1..]]), rng);
                Sampling.Write(path, whole.Image.to(torch.CPU), trained.Spec, trained.Fit);
                WriteMask(whole.Mask.narrow(0, 0, 1));
            }
            else
            {
                made = FromExamples();
            }

            if (terminal.Json)
            {
                terminal.Print(new JsonObject { ["file"] = path, ["images"] = made, ["patches"] = restorer.PatchCount, ["mask"] = maskPath });
                return ExitCode.Done;
            }

            terminal.Print($"{path}: {made} image{(made == 1 ? "" : "s")}, {(patches.Length > 0 ? "" : "each ")}of {restorer.PatchCount} patches");
            return ExitCode.Done;

            int FromExamples()
            {
                var data = terminal.Noted(trained.OpenOwnOr(parsed.GetValue(source), parsed.GetValue(root))).TryAs<Batch>()
                    ?? throw new UsageException("The data has no plain examples to cut patches out of: choose other data.");
                var part = CommonOptions.ToSplit(parsed.GetValue(split));
                var most = Math.Min(parsed.GetValue(count) ?? 8, data.Count(part));
                var x = data.Read(part, Math.Max(most, 1), most).First().X;
                var (puzzle, whole) = PatchPuzzle.Solve(restorer, x.to(trained.Model.Device), rng);
                if (Sampling.IsFolder(path) || Path.GetExtension(path).ToLowerInvariant() is ".npy" or ".npz" or ".csv")
                {
                    Sampling.Write(path, whole.Image, trained.Spec, trained.Fit);
                }
                else
                {
                    Sampling.WritePicture(path, PatchPuzzle.Picture(x, puzzle, whole, trained.Spec));
                }

                WriteMask(whole.Mask);
                return most;
            }

            void WriteMask(Tensor masks)
            {
                if (maskPath is not null)
                {
                    Sampling.Write(maskPath, (masks.to(torch.CPU) * 255).round(), new([1, trained.Spec.Height, trained.Spec.Width], new Domain.Byte()), DataFit.None);
                }
            }
        });
        return command;
    }
}

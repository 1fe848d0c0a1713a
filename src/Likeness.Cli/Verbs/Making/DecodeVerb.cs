namespace Likeness.Cli.Verbs;

/// <summary><c>likeness decode DIR CODES</c>: what codes stand for.</summary>
internal static class DecodeVerb
{
    public static Command Create(Terminal terminal)
    {
        var folder = CommonOptions.RunArgument();
        var codes = new Argument<string>("CODES") { Description = $"a file of codes ({string.Join(", ", CodeFile.Extensions)}), one a row" };
        var file = CommonOptions.Examples();
        var raw = CommonOptions.Raw();
        var command = new Command("decode", "turn codes into examples") { folder, codes, raw, file, CommonOptions.Threads() };
        command.SetAction(parsed =>
        {
            var path = CommonOptions.CheckExamples(parsed.GetValue(file));
            var trained = terminal.Opened(parsed.GetValue(folder)!);
            var space = new LatentSpace(trained);
            _ = space.Decoder;
            using var scope = torch.NewDisposeScope();
            var z = CodeFile.Read(parsed.GetValue(codes)!, space.Width);
            path ??= trained.Folder.SampleFile(trained.Step, $"-decoded{Sampling.DefaultExtension(trained.Spec)}");
            var x = terminal.Track("decode", "%", 100, tracker => space.Decode(z, share => tracker.Report(share * 100)));
            Sampling.Write(path, x, trained.Spec, trained.FitOf(parsed.GetValue(raw)));
            terminal.Print(path, new JsonObject { ["file"] = path, ["count"] = x.shape[0] });

            return ExitCode.Done;
        });
        return command;
    }
}

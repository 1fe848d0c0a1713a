namespace Likeness.Cli.Verbs;

/// <summary><c>likeness decompress FILE --model DIR -o FILE</c>: the very examples that were compressed.</summary>
internal static class DecompressVerb
{
    public static Command Create(Terminal terminal)
    {
        var source = new Argument<string>("FILE") { Description = "a file that 'likeness compress' wrote" };
        var folder = CompressVerb.RunOption();
        var file = new Option<string>("-o", "--output") { Description = $"where to ({string.Join(", ", Sampling.Extensions)})", HelpName = "FILE", Required = true };
        var command = new Command("decompress", "restore the examples of a compressed file, bit for bit") { source, folder, file };
        command.SetAction(parsed =>
        {
            var path = CommonOptions.CheckExamples(parsed.GetValue(file))!;
            var trained = terminal.Opened(parsed.GetValue(folder)!);
            var compression = Compression.Of(trained);
            var examples = terminal.Track("decompress", "%", 100, tracker =>
                compression.Decompress(parsed.GetValue(source)!, share => tracker.Report(share * 100)));
            Compression.Write(path, examples, trained.Fit);
            terminal.Print($"{path}: {Counted.Of(examples.Count, "example")} of {examples.Spec}", new JsonObject { ["file"] = path, ["examples"] = examples.Count });

            return ExitCode.Done;
        });
        return command;
    }
}

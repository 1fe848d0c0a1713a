namespace Likeness.Cli.Verbs;

/// <summary><c>likeness encode DIR</c>: the codes of examples, in a file.</summary>
internal static class EncodeVerb
{
    public static Command Create(Terminal terminal)
    {
        var folder = CommonOptions.RunArgument();
        var source = CommonOptions.OtherData("what to encode: a data set's name or a path (default: the run's own data)");
        var query = CommonOptions.Query();
        var split = CommonOptions.SplitOption("which part of a named data set (default test)");
        var labels = new Option<bool>("--labels") { Description = "keep the classes beside the codes, in a last column (.csv)" };
        var limit = CommonOptions.Number("--limit", "at most so many examples", 1);
        var batch = CommonOptions.Number("--batch", "examples at once (default 100)", 1);
        var root = CommonOptions.DataRoot();
        var file = new Option<string?>("-o", "--output") { Description = $"where to ({string.Join(", ", CodeFile.Extensions)}); default: in the run's folder", HelpName = "FILE" };
        var command = new Command("encode", "turn examples into codes") { folder, source, query, split, labels, limit, batch, root, file, CommonOptions.Threads() };
        command.SetAction(parsed =>
        {
            var (path, withLabels) = (parsed.GetValue(file), parsed.GetValue(labels));
            if (path is not null)
            {
                CodeFile.Check(path, withLabels);
            }

            var trained = terminal.Opened(parsed.GetValue(folder)!, query: parsed.GetValue(query));
            var space = new LatentSpace(trained);
            var data = terminal.Noted(trained.OpenOwnOr(parsed.GetValue(source), parsed.GetValue(root)));
            var part = CommonOptions.ToSplit(parsed.GetValue(split));
            path ??= trained.Folder.SampleFile(trained.Step, $"-codes-{part.ToString().ToLowerInvariant()}{(withLabels ? ".csv" : ".npy")}");
            var options = new MeasureOptions(part, parsed.GetValue(batch) ?? 100, parsed.GetValue(limit) ?? int.MaxValue);
            _ = space.Encoder;
            var codes = terminal.Track("encode", "%", 100, tracker => space.Encode(data, options with { Progress = share => tracker.Report(share * 100) }));
            CodeFile.Write(path, codes, withLabels);
            terminal.Print(
                $"{path}: {Counted.Of(codes.Count, "code")} of {Counted.Of(codes.Width, "value")}",
                new JsonObject { ["file"] = path, ["count"] = codes.Count, ["width"] = codes.Width });

            return ExitCode.Done;
        });
        return command;
    }
}

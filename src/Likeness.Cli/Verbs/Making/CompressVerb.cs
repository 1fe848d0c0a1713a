namespace Likeness.Cli.Verbs;

/// <summary><c>likeness compress NAME|FILE --model DIR -o FILE</c>: examples in as few bits as the model's density says.</summary>
internal static class CompressVerb
{
    public static Command Create(Terminal terminal)
    {
        var source = new Argument<string>("NAME|FILE") { Description = "what to compress: a data set's name or a path" };
        var folder = RunOption();
        var file = new Option<string>("-o", "--output") { Description = "the compressed file, such as digits.lk", HelpName = "FILE", Required = true };
        var query = CommonOptions.Query();
        var split = CommonOptions.SplitOption("which part of a named data set (default test)");
        var limit = CommonOptions.Number("--limit", "at most so many examples", 1);
        var root = CommonOptions.DataRoot();
        var command = new Command("compress", "compress examples without loss") { source, query, folder, file, split, limit, root };
        command.SetAction(parsed =>
        {
            var trained = terminal.Opened(parsed.GetValue(folder)!, query: parsed.GetValue(query));
            var compression = Compression.Of(trained);
            var data = terminal.Noted(trained.OpenOther(parsed.GetValue(source)!, parsed.GetValue(root)));
            var part = CommonOptions.ToSplit(parsed.GetValue(split));
            var most = Math.Min(parsed.GetValue(limit) ?? int.MaxValue, data.Count(part));
            var path = parsed.GetValue(file)!;
            var report = terminal.Track("compress", "examples", most, tracker =>
                compression.Compress(path, data, part, most, progress: done => tracker.Report(done)));
            Print(terminal, path, report, most == data.Count(part) && data.Origin.Table?.Query is null ? SizeOf(parsed.GetValue(source)!) : null);
            return ExitCode.Done;
        });
        return command;
    }

    public static Option<string> RunOption() =>
        new("-m", "--model") { Description = "the folder of the run whose model is used", HelpName = "DIR", Required = true };

    // Bytes of the user's own files as they are; null of what has no files of its own, or many for other ends.
    private static long? SizeOf(string source) => File.Exists(source) ? new FileInfo(source).Length
        : Directory.Exists(source) ? new DirectoryInfo(source).EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length)
        : null;

    private static void Print(Terminal terminal, string path, CompressionReport report, long? asIs)
    {
        // Where the model calls an example impossible, its claim is infinite and says nothing.
        var claimed = double.IsFinite(report.ClaimedBits) && report.ClaimedBits > 0;
        var rate = report.Examples / report.Time.TotalSeconds;
        if (terminal.Json)
        {
            terminal.Print(new JsonObject
            {
                ["file"] = path,
                ["examples"] = report.Examples,
                ["bytes"] = report.Bytes,
                ["claimedBits"] = claimed ? report.ClaimedBits : null,
                ["excess"] = claimed ? report.Excess : null,
                ["evidence"] = report.Evidence.ToString(),
                ["initialBits"] = report.InitialBits,
                ["rawBits"] = report.RawBits,
                ["sourceBytes"] = asIs,
                ["ratio"] = report.Ratio,
                ["seconds"] = report.Time.TotalSeconds,
                ["examplesPerSecond"] = rate,
            });
            return;
        }

        terminal.Print(string.Create(CultureInfo.InvariantCulture, $"{path}: {Counted.Of(report.Examples, "example")} in {Counted.Of(report.Bytes, "byte")}, {report.Ratio:0.##} times smaller than raw, {rate:0} examples/s"));
        terminal.Print(string.Create(CultureInfo.InvariantCulture, $"  raw       {Counted.Of($"{report.RawBits / 8:0}", "byte")}"));
        if (asIs is { } bytes)
        {
            terminal.Print(string.Create(CultureInfo.InvariantCulture, $"  as it is  {Counted.Of(bytes, "byte")} on the disk, {(double)bytes / report.Bytes:0.##} times the compressed file"));
        }

        terminal.Print(claimed
            ? string.Create(CultureInfo.InvariantCulture, $"  claimed   {report.ClaimedBits / 8:0.0} bytes by the model's {(report.Evidence == Evidence.Exact ? "density" : "bound")}; the file takes {Math.Abs(report.Excess) * 100:0.000} % {(report.Excess < 0 ? "less" : "more")}")
            : "  claimed   nothing: the model calls an example impossible");
        if (report.InitialBits > 0)
        {
            terminal.Print(string.Create(CultureInfo.InvariantCulture, $"  initial   {report.InitialBits / 8} random bytes to begin with, part of the file's size"));
        }
    }
}

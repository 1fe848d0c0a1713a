using System.Runtime.InteropServices;

namespace Likeness.Cli.Verbs;

/// <summary><c>likeness doctor</c>: what runs here, what is wrong, and how to fix it.</summary>
internal static class DoctorVerb
{
    // What is wrong comes with how to mend it.
    private sealed record Finding(string What, string Value, string? Remedy = null);

    public static Command Create(Terminal terminal)
    {
        var root = CommonOptions.DataRoot();
        var command = new Command("doctor", "what runs here, what is wrong, and how to fix it") { root };
        command.SetAction(parsed =>
        {
            var findings = Findings(parsed.GetValue(root)).ToList();
            foreach (var finding in findings)
            {
                terminal.Print(
                    $"{(finding.Remedy is null ? "ok   " : "WRONG")}  {finding.What,-10} {finding.Value}{(finding.Remedy is { } remedy ? $"\n       to mend it: {remedy}" : "")}",
                    new JsonObject { ["what"] = finding.What, ["value"] = finding.Value, ["ok"] = finding.Remedy is null, ["remedy"] = finding.Remedy });
            }

            return findings.Exists(f => f.Remedy is not null) ? ExitCode.Failed : ExitCode.Done;
        });
        return command;
    }

    private static IEnumerable<Finding> Findings(string? dataRoot)
    {
        yield return new("likeness", $"{Run.LibraryVersion} on {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}");
        yield return new("processor", $"{Processor.Name}, {Environment.ProcessorCount} cores, {string.Join(' ', Processor.Features)}",
            Processor.Features.Contains("avx2") || RuntimeInformation.ProcessArchitecture != Architecture.X64 ? null : "a processor with AVX2 is several times faster");
        yield return Memory();
        foreach (var finding in Libtorch())
        {
            yield return finding;
        }

        foreach (var finding in Data(dataRoot))
        {
            yield return finding;
        }
    }

    private static Finding Memory()
    {
        const double gigabyte = 1 << 30;
        const string description = "/proc/meminfo";
        var total = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / gigabyte;
        // "MemAvailable:   21003496 kB"
        var line = File.Exists(description) ? File.ReadLines(description).FirstOrDefault(l => l.StartsWith("MemAvailable:", StringComparison.Ordinal)) : null;
        var free = line is null ? total : Math.Min(total, long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024 / gigabyte);
        return new("memory", $"{total:0.0} GB, {free:0.0} GB free", free < 1 ? "end other programs: a training needs about 1 GB" : null);
    }

    private static IEnumerable<Finding> Libtorch()
    {
        string version;
        Finding? broken = null;
        try
        {
            version = TorchRuntime.Version;
        }
        catch (Exception e) when (e is TorchException || e.InnerException is TorchException)
        {
            version = "";
            broken = new("libtorch", (e as TorchException ?? e.InnerException!).Message, "build again, or install the tool again: its package brings libtorch");
        }

        if (broken is not null)
        {
            yield return broken;
            yield break;
        }

        yield return new("libtorch", version);
        yield return new("threads", $"{TorchRuntime.Threads} for one operator",
            TorchRuntime.Threads > Environment.ProcessorCount ? $"set OMP_NUM_THREADS to at most {Environment.ProcessorCount}, or give --threads" : null);
        yield return new("devices", TorchRuntime.CudaDevices == 0 ? "cpu" : $"cpu, {TorchRuntime.CudaDevices} cuda");
    }

    private static IEnumerable<Finding> Data(string? dataRoot)
    {
        var options = new DataOptions(dataRoot);
        var roots = DataFiles.Roots(options);
        yield return new("data", $"looked for in {string.Join(", ", roots.Select(r => Directory.Exists(r) ? r : $"{r} (not there)"))}");
        var here = DatasetCatalog.BuiltIn.Where(e => e.Files.Count > 0 && new DataFiles(e, options).Find(e.Files[0].Name) is not null).Select(e => e.Name).ToList();
        yield return new("data sets", here.Count > 0 ? $"{string.Join(", ", here)}, and all that are computed" : "only those that are computed",
            here.Count > 0 ? null : "install Debian's package dataset-fashion-mnist, run 'likeness data fetch mnist', or set LIKENESS_DATA to a folder that has data");
    }
}

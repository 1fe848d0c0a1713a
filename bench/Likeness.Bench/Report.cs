using System.Diagnostics;
using System.Globalization;
using System.Text;
using Likeness.Torch;

namespace Likeness.Bench;

/// <summary>What was measured, with what, as a page of Markdown.</summary>
internal sealed class Report(int threads, int rounds)
{
    private readonly List<Result> _results = [];
    private readonly List<SamplingResult> _samplings = [];
    private string? _start;

    public void Add(Result result) => _results.Add(result);

    public void Add(SamplingResult result) => _samplings.Add(result);

    /// <summary>The wall time of the shortest command, from a cold process.</summary>
    public void AddStart(string root, int repetitions)
    {
        var launcher = Path.Combine(root, "likeness");
        var seconds = new List<double>();
        for (var i = 0; i <= repetitions; i++)
        {
            var start = Stopwatch.GetTimestamp();
            using var process = Process.Start(new ProcessStartInfo(launcher, "models") { RedirectStandardOutput = true, RedirectStandardError = true });
            if (process is null)
            {
                return;
            }

            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
            {
                return;
            }

            // The first start reads the program from disk.
            if (i > 0)
            {
                seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
        }

        _start = Duel.Median(seconds).ToString("0.000", CultureInfo.InvariantCulture);
    }

    public void Write(string path)
    {
        var text = new StringBuilder();
        text.AppendLine("# Beside PyTorch").AppendLine();
        text.AppendLine($"- processor: {Processor.Name}, {Environment.ProcessorCount} cores, {threads} threads on both sides");
        text.AppendLine($"- ours: libtorch {TorchRuntime.Version}, .NET {Environment.Version}");
        if (_results.Count > 0)
        {
            text.AppendLine($"- theirs: PyTorch {_results[0].TorchVersion}, python3 of the system");
            text.AppendLine($"- the two sides took turns for {rounds} rounds; medians; the ratio is the median over the rounds of theirs ÷ ours");
        }

        text.AppendLine($"- written by `make bench`");
        if (_results.Count > 0)
        {
            text.AppendLine().AppendLine("| work | ours, ms | PyTorch, ms | PyTorch ÷ ours |").AppendLine("|---|---|---|---|");
            foreach (var r in _results)
            {
                text.AppendLine($"| {r.Name} | {r.Ours * 1e3:0.00} | {r.Theirs * 1e3:0.00} | {r.Ratio:0.00} |");
            }
        }

        if (_samplings.Count > 0)
        {
            text.AppendLine().AppendLine("The same images from the same noise, both ways ours:").AppendLine();
            text.AppendLine("| sampling | pixel by pixel, ms | a whole pass for each pixel, ms | whole passes ÷ pixel by pixel |").AppendLine("|---|---|---|---|");
            foreach (var r in _samplings)
            {
                text.AppendLine($"| {r.Name} | {r.Walk * 1e3:0} | {r.Naive * 1e3:0} | {r.Naive / r.Walk:0} |");
            }
        }

        if (_start is { } start)
        {
            text.AppendLine().AppendLine($"`./likeness models`: {start} s from start to end, median of {rounds}.");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text.ToString());
    }
}

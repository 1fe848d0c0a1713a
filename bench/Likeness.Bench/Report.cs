using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Likeness.Bench;

/// <summary>What was measured, with what, as a page of Markdown.</summary>
internal sealed class Report(int threads, int rounds)
{
    private static readonly Version s_yardstick = new(2, 5);
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

    /// <param name="path">Empty to write nowhere.</param>
    public void Write(string path)
    {
        if (path.Length > 0)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            File.WriteAllText(path, ToString());
        }
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine("# Beside PyTorch and plain TorchSharp").AppendLine();
        text.AppendLine($"- processor: {Processor.Name} ({string.Join(", ", Processor.Features)}{(Processor.HasBFloat16 ? "" : "; no bf16, so its rows are left out")}), {Environment.ProcessorCount} cores, threads on all sides: {threads}");
        text.AppendLine($"- ours: libtorch {TorchRuntime.Version}, .NET {Environment.Version}");
        if (_results.Count > 0)
        {
            text.AppendLine($"- PyTorch: {PyTorch(_results[0].PyTorch.Description)}, in the layout that is the faster here for each row");
        }

        if (_results.FirstOrDefault(r => r.TorchSharp is not null)?.TorchSharp?.Description is { } plain)
        {
            text.AppendLine($"- TorchSharp: {plain.GetProperty("torchsharp")} on libtorch {plain.GetProperty("torch")}, as its users write it: its modules and optimiser, its defaults");
        }

        if (_results.Count > 0)
        {
            text.AppendLine($"- the sides took turns for {rounds} rounds; medians; a ratio is the median over the rounds of that side's time ÷ ours");
        }

        text.AppendLine("- written by `make bench`");
        if (_results.Count > 0)
        {
            text.AppendLine().AppendLine("| work | ours, ms | PyTorch, ms | its layout | PyTorch ÷ ours | TorchSharp, ms | TorchSharp ÷ ours |");
            text.AppendLine("|---|---|---|---|---|---|---|");
            foreach (var r in _results)
            {
                var plainSide = r.TorchSharp is { } t ? $"{t.Seconds * 1e3:0.00} | {t.Ratio:0.00}" : " | ";
                text.AppendLine($"| {r.Row} | {r.Ours * 1e3:0.00} | {r.PyTorch.Seconds * 1e3:0.00} | {r.Layout?.Replace('_', ' ')} | {r.PyTorch.Ratio:0.00} | {plainSide} |");
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

        return text.ToString();
    }

    private static string PyTorch(JsonElement description)
    {
        var version = description.GetProperty("torch").GetString()!;
        var number = string.Concat(version.TakeWhile(c => char.IsAsciiDigit(c) || c == '.')).Trim('.');
        var old = Version.TryParse(number, out var parsed) && parsed < s_yardstick
            ? " (**too old to be a yardstick: let LIKENESS_PYTHON name a command that has 2.5 or newer**)"
            : "";
        var oneDnn = description.GetProperty("onednn").GetBoolean() ? "with oneDNN" : "without oneDNN";
        return $"{version}{old}, {description.GetProperty("blas").GetString()}, {oneDnn}, threads: {description.GetProperty("threads").GetInt32()}, Python {description.GetProperty("python").GetString()}";
    }
}

using System.Diagnostics;
using System.Text.Json;

namespace Likeness.Bench;

/// <summary>A program that does the work of a row on command (bench/peers/protocol.py).</summary>
internal sealed class Peer : IDisposable
{
    private readonly Process _process;
    private readonly Row _row;
    private readonly string _name;

    private Peer(string name, Row row, string command, IEnumerable<string> arguments)
    {
        (_name, _row) = (name, row);
        var start = new ProcessStartInfo(command, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{command} did not start.");
        Description = Answer();
    }

    /// <summary>What the program says about itself: versions, threads.</summary>
    public JsonElement Description { get; }

    /// <summary>Our side, as a source tree has built it.</summary>
    public static Peer Ours(string tree, Row row, int threads) =>
        new("ours", row, "dotnet", [Built(tree, "Likeness.Bench"), "serve", row.Name, "--threads", threads.ToString()]);

    /// <summary>The program in bench/peers.</summary>
    /// <param name="layout">The order of images, where there is a choice.</param>
    public static Peer PyTorch(string tree, Row row, string? layout, int threads)
    {
        var script = row.Script!;
        return new("PyTorch", row, Python[0],
        [
            .. Python[1..], Path.Combine(tree, "bench", "peers", script.Name + ".py"),
            "--threads", threads.ToString(), "--precision", row.Precision == Likeness.Precision.Float32 ? "fp32" : "bf16",
            .. row.Draws ? Array.Empty<string>() : ["--batch", row.Batch.ToString()],
            .. script.Variant is { } variant ? new[] { "--variant", variant } : [], .. layout is null ? Array.Empty<string>() : ["--layout", layout],
        ]);
    }

    /// <summary>The program in bench/PlainTorchSharp.</summary>
    public static Peer TorchSharp(string tree, Row row, int threads)
    {
        var script = row.Script!;
        return new("TorchSharp", row, "dotnet",
        [
            Built(tree, "PlainTorchSharp"), script.Name,
            "--threads", threads.ToString(), "--batch", row.Batch.ToString(), .. script.Variant is { } variant ? new[] { "--variant", variant } : [],
        ]);
    }

    /// <summary>The command that runs Python with PyTorch: Debian's, unless LIKENESS_PYTHON names another, which may have words of its own.</summary>
    private static string[] Python { get; } =
        (Environment.GetEnvironmentVariable("LIKENESS_PYTHON") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } words ? words : ["/usr/bin/python3"];

    /// <summary>Seconds of one step, or of one draw.</summary>
    public double Round() => _row.Round.Sum(Ask) / _row.Count;

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit(5000);
        _process.Dispose();
    }

    private static string Built(string tree, string program)
    {
        var path = Path.Combine(tree, "artifacts", "bin", program, "release", program + ".dll");
        return File.Exists(path) ? path : throw new FileNotFoundException($"There is no {path}: build that tree, for example with make build.");
    }

    private double Ask(string command)
    {
        _process.StandardInput.WriteLine(command);
        _process.StandardInput.Flush();
        return Answer().GetProperty("seconds").GetDouble();
    }

    private JsonElement Answer() => _process.StandardOutput.ReadLine() is { } line
        ? JsonDocument.Parse(line).RootElement
        : throw new InvalidOperationException($"The side of {_name} in '{_row.Name}' ended early; its message is above.");
}

using System.Diagnostics;
using System.Text.Json;

namespace Likeness.Bench;

/// <summary>A PyTorch reference program that trains or samples on command (bench/peers/protocol.py).</summary>
internal sealed class Peer : IDisposable
{
    private readonly Process _process;

    public Peer(string root, string script, int threads, string precision, string variant)
    {
        var start = new ProcessStartInfo("/usr/bin/python3")
        {
            ArgumentList = { Path.Combine(root, "bench", "peers", script + ".py"), "--threads", threads.ToString(), "--precision", precision, "--variant", variant },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        // The peer gets the same BLAS kernels as we do: the comparison is of programs, not of a setting.
        start.Environment["OPENBLAS_CORETYPE"] = Environment.GetEnvironmentVariable("OPENBLAS_CORETYPE") ?? "SkylakeX";
        _process = Process.Start(start) ?? throw new InvalidOperationException("python3 did not start.");
        Description = Answer();
    }

    public JsonElement Description { get; }

    /// <summary>Seconds for so many training steps.</summary>
    public double Step(int count) => Ask($"step {count}");

    /// <summary>Seconds for so many samples.</summary>
    public double Sample(int count) => Ask($"sample {count}");

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit(5000);
        _process.Dispose();
    }

    private double Ask(string command)
    {
        _process.StandardInput.WriteLine(command);
        _process.StandardInput.Flush();
        return Answer().GetProperty("seconds").GetDouble();
    }

    private JsonElement Answer()
    {
        var line = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The PyTorch peer ended early; its message is above.");
        return JsonDocument.Parse(line).RootElement;
    }
}

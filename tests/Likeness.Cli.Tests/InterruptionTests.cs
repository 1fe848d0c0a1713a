using System.Diagnostics;

namespace Likeness.Cli.Tests;

/// <summary>Real processes, killed and asked to stop.</summary>
public sealed class InterruptionTests : IDisposable
{
    private const int Steps = 600;
    private readonly string _folder = Directory.CreateTempSubdirectory("likeness-kill-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_run_killed_at_any_moment_resumes_to_the_same_weights_to_the_last_bit()
    {
        var whole = Path.Combine(_folder, "whole");
        CommandLine.Succeed(Train(whole));

        var killed = Path.Combine(_folder, "killed");
        var args = Train(killed);
        // Three kills in a row, each somewhere else between two checkpoints.
        for (var kill = 0; kill < 3; kill++)
        {
            using var process = CommandLine.Start(null, args);
            WaitForSteps(killed, ((kill + 1) * Steps / 6) + 1, process);
            process.Kill();
            process.WaitForExit();
            args = ["resume", killed, "--checkpoint-every", "7", "--grids", "0"];
        }

        Assert.True(File.ReadLines(Path.Combine(killed, "log.jsonl")).Count() < Steps, "The run was over before it was killed.");
        CommandLine.Succeed(args);
        foreach (var file in new[] { "training.safetensors", "model.safetensors" })
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(whole, file)), File.ReadAllBytes(Path.Combine(killed, file)));
        }

        Assert.Equal(Terms(whole), Terms(killed));
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public void Asked_to_stop_it_saves_and_ends_with_130(string signal)
    {
        var folder = Path.Combine(_folder, "stopped");
        using var process = CommandLine.Start(null, [.. Train(folder, 1_000_000), "--validate-every", "2", "--validate-on", "20"]);
        WaitForSteps(folder, 8, process);
        // The shell has it built in; a program of that name is not on every system.
        using var kill = Process.Start("sh", ["-c", $"kill -{signal} {process.Id}"]);
        var outcome = CommandLine.Finish(process);

        Assert.Equal(130, outcome.Code);
        Assert.Matches("(?s)Stopped and saved: 'likeness resume .*' goes on.*The best weights so far are those of step", outcome.Error);
        Assert.DoesNotContain("Done", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
        // The log ends at the very step that was saved.
        var last = File.ReadLines(Path.Combine(folder, "log.jsonl")).Count();
        Assert.StartsWith($"{folder}: {last} of 1000000 steps", outcome.Output, StringComparison.Ordinal);
        Assert.Contains($"{last + 1} of {last + 1} steps", CommandLine.Succeed("resume", folder, "--steps", $"{last + 1}"), StringComparison.Ordinal);
    }

    private static string[] Train(string folder, int steps = Steps) =>
        [.. TrainedRun.TrainFor(steps), "--checkpoint-every", "7", "--grids", "0", "--out", folder];

    // The log is handed over at each checkpoint; about so many bytes are so many steps.
    private static void WaitForSteps(string folder, int steps, Process process)
    {
        var log = new FileInfo(Path.Combine(folder, "log.jsonl"));
        var start = Stopwatch.GetTimestamp();
        while (Length() < steps * 60 && !process.HasExited)
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromMinutes(1), "Training did not start.");
            Thread.Sleep(2);
        }

        long Length()
        {
            log.Refresh();
            return log.Exists ? log.Length : 0;
        }
    }

    private static double[] Terms(string folder) =>
        [.. File.ReadLines(Path.Combine(folder, "log.jsonl")).Select(l => System.Text.Json.Nodes.JsonNode.Parse(l)!["terms"]!["model.nll"]!.GetValue<double>())];
}

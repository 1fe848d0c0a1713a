using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Likeness.Cli.Tests;

public sealed class CompressionVerbTests(TrainedRun run) : IClassFixture<TrainedRun>
{
    [Fact]
    public void A_file_comes_back_in_another_process_whatever_its_threads()
    {
        CommandLine.Succeed("sample", run.Path, "-n", "40", "-o", run["rows.npy"]);
        var report = JsonNode.Parse(CommandLine.Succeed("compress", run["rows.npy"], "-m", run.Path, "-o", run["rows.lk"], "--json"))!;
        Assert.Equal(new FileInfo(run["rows.lk"]).Length, (long)report["bytes"]!);
        Assert.InRange((double)report["bytes"]! - ((double)report["claimedBits"]! / 8), 0, 60);
        Assert.Equal(40 * 64, (double)report["rawBits"]!);

        foreach (var threads in new[] { "1", "2" })
        {
            using var process = CommandLine.Start(new Dictionary<string, string> { ["OMP_NUM_THREADS"] = threads },
                "decompress", run["rows.lk"], "-m", run.Path, "-o", run["back.npy"]);
            var outcome = CommandLine.Finish(process);
            Assert.True(outcome.Code == 0, outcome.Error);
            Assert.Equal(File.ReadAllBytes(run["rows.npy"]), File.ReadAllBytes(run["back.npy"]));
        }
    }

    [Fact]
    public void A_named_set_says_its_size_beside_the_claim()
    {
        var text = CommandLine.Succeed("compress", "shapes-grey", "-m", run.Path, "-o", run["shapes.lk"], "--limit", "50");
        Assert.Contains("50 examples", text, StringComparison.Ordinal);
        Assert.Contains("% more", text, StringComparison.Ordinal);
        CommandLine.Succeed("decompress", run["shapes.lk"], "-m", run.Path, "-o", run["shapes.npy"]);
        Assert.Equal([50, 1, 8, 8], Npy.Read(run["shapes.npy"]).Shape);
    }

    [Fact]
    public void Latents_compress_to_a_file_that_another_process_reads()
    {
        CommandLine.Succeed("train", "vae", "--data", "shapes-grey", "--size", "8", "--protocol", "threshold", "--set", "latent=3", "network.hidden=[12]",
            "--steps", "30", "--batch", "20", "--grids", "0", "--threads", "1", "--out", run["vae"]);
        var report = JsonNode.Parse(CommandLine.Succeed("compress", "shapes-grey", "-m", run["vae"], "-o", run["vae.lk"], "--limit", "300", "--json"))!;
        Assert.Equal("UpperBound", (string)report["evidence"]!);
        Assert.True((long)report["initialBits"]! > 0);
        foreach (var threads in new[] { "1", "2" })
        {
            using var process = CommandLine.Start(new Dictionary<string, string> { ["OMP_NUM_THREADS"] = threads },
                "decompress", run["vae.lk"], "-m", run["vae"], "-o", run["vae.npy"]);
            var outcome = CommandLine.Finish(process);
            Assert.True(outcome.Code == 0, outcome.Error);
            CommandLine.Succeed("compress", run["vae.npy"], "-m", run["vae"], "-o", run["again.lk"]);
            Assert.Equal(File.ReadAllBytes(run["vae.lk"]), File.ReadAllBytes(run["again.lk"]));
        }

        // What is longer than a line goes on below, behind blanks.
        var ladder = Regex.Replace(CommandLine.Succeed("evaluate", run["vae"], "--metric", "likelihood", "--limit", "4", "--samples", "10"), "\n +", " ").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["elbo", "iwae-1", "iwae-5", "iwae-10", "ais-500"], ladder.Take(5).Select(l => l.Split(' ')[0]));
        Assert.Contains("upper bound, 4 examples), 16 draws, ", ladder[4], StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_trained_on_is_another_model()
    {
        var folder = run["on"];
        CommandLine.Succeed([.. TrainedRun.Train, "--out", folder]);
        CommandLine.Succeed("compress", "shapes-grey", "-m", folder, "-o", run["on.lk"], "--limit", "5");
        CommandLine.Succeed("resume", folder, "--steps", "9");
        var outcome = CommandLine.Run("decompress", run["on.lk"], "-m", folder, "-o", run["on.npy"]);
        Assert.Equal(1, outcome.Code);
        Assert.Contains("another model", outcome.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(run["on.npy"]));
    }

    [Fact]
    public void Categories_come_back_even_where_a_file_lacks_the_highest()
    {
        File.WriteAllLines(run["all.csv"], Enumerable.Range(0, 60).Select(i => $"{i % 4},{i / 2 % 3},{i / 5 % 2}"));
        File.WriteAllLines(run["few.csv"], Enumerable.Range(0, 20).Select(i => $"{i % 2},{i / 2 % 3},{i / 5 % 2}").Prepend("a,b,c"));
        CommandLine.Succeed("train", "categorical-nade", "--data", run["all.csv"], "--protocol", "categorical", "--set", "hidden=4",
            "--steps", "3", "--batch", "10", "--grids", "0", "--threads", "1", "--out", run["categories"]);
        CommandLine.Succeed("compress", run["few.csv"], "-m", run["categories"], "-o", run["few.lk"]);
        CommandLine.Succeed("decompress", run["few.lk"], "-m", run["categories"], "-o", run["back.csv"]);
        Assert.Equal(File.ReadAllLines(run["few.csv"])[1..], File.ReadAllLines(run["back.csv"])[1..]);
    }
}

using System.Text.Json.Nodes;

namespace Likeness.Cli.Tests;

public sealed class ApplicationVerbTests(TrainedRun run) : IClassFixture<TrainedRun>
{
    [Fact]
    public void Complete_draws_the_rest_of_images()
    {
        var text = CommandLine.Succeed("complete", run.Path, "--data", "shapes-grey", "--count", "3", "-n", "2", "-o", run["c.png"]);
        Assert.Contains("log p(missing | given) of the originals", text, StringComparison.Ordinal);
        Assert.Equal((4 * 58) + 2, ImageCodec.Decode(File.ReadAllBytes(run["c.png"])).Width);

        CommandLine.Succeed("sample", run.Path, "-n", "4", "-o", run["rows.npy"]);
        CommandLine.Succeed("complete", run.Path, "--data", run["rows.npy"], "-n", "2", "-o", run["c.npy"]);
        var (before, after) = (Npy.Read(run["rows.npy"]).ToSingles("rows"), Npy.Read(run["c.npy"]).ToSingles("c"));
        Assert.Equal([8, 1, 8, 8], Npy.Read(run["c.npy"]).Shape);
        for (var i = 0; i < 8; i++)
        {
            // The top four rows of eight pixels.
            Assert.Equal(before.AsSpan(i / 2 * 64, 32), after.AsSpan(i * 64, 32));
        }

        var kept = CommandLine.Succeed("complete", run.Path, "--data", "shapes-grey", "--count", "1").Split('\n')[0];
        Assert.True(File.Exists(kept[..kept.IndexOf(": ", StringComparison.Ordinal)]));
    }

    [Fact]
    public void Complete_approximates_only_when_asked_to()
    {
        var json = JsonNode.Parse(CommandLine.Succeed("complete", run.Path, "--data", "shapes-grey", "--count", "2", "-n", "3", "--given", "bottom", "--particles", "16", "-o", run["p.csv"], "--json"))!;
        Assert.Equal("Estimate", (string)json["evidence"]!);
        Assert.InRange((double)json["effectiveSize"]!, 1, 16);
        Assert.Null(json["originalNats"]);
        Assert.Equal(1 + 6, File.ReadAllLines(run["p.csv"]).Length);
    }

    [Fact]
    public void Complete_fills_the_missing_cells_of_a_table()
    {
        var half = string.Join(',', Enumerable.Repeat("1", 32)) + new string(',', 32);
        var whole = string.Join(',', Enumerable.Range(0, 64).Select(i => i % 2));
        File.WriteAllText(run["t.csv"], $"{half}\n{whole}\n{half}\n");
        var text = CommandLine.Succeed("complete", run.Path, "--data", run["t.csv"], "-n", "2", "-o", run["filled.csv"]);
        Assert.Contains("3 examples, 2 completions each, 64 values missing", text, StringComparison.Ordinal);
        Assert.DoesNotContain("originals", text, StringComparison.Ordinal);
        var rows = File.ReadAllLines(run["filled.csv"])[1..];
        Assert.Equal(6, rows.Length);
        Assert.Equal([whole, whole], rows[2..4]);
        Assert.All(rows, r => Assert.All(r.Split(','), v => Assert.Contains(v, (string[])["0", "1"])));
        Assert.All([0, 1, 4, 5], i => Assert.StartsWith(half[..63], rows[i], StringComparison.Ordinal));
    }

    [Fact]
    public void Anomalies_are_called_and_explained()
    {
        CommandLine.Succeed("sample", run.Path, "-n", "30", "-o", run["some.npy"]);
        var x = Npy.Read(run["some.npy"]).ToSingles("x");
        Array.Fill(x, 1f, 64, 64); // the second one is all white: as unlikely as can be
        Npy.Write(run["some.npy"], x, 30, 1, 8, 8);
        var outcome = CommandLine.Run("anomalies", run.Path, "--data", run["some.npy"], "--rate", "0.2");
        Assert.Equal(0, outcome.Code);
        Assert.Matches("of 30 examples (is called an anomaly|are called anomalies) at a false discovery rate of 0.2", outcome.Output);

        CommandLine.Succeed("anomalies", run.Path, "--data", run["some.npy"], "-o", run["anomalies.csv"]);
        var lines = File.ReadAllLines(run["anomalies.csv"]);
        Assert.Equal("example,log_likelihood_nats,p_value,called", lines[0]);
        Assert.Equal(2, Enumerable.Range(1, 30).MinBy(i => double.Parse(lines[i].Split(',')[1])));

        var json = CommandLine.Succeed("anomalies", run.Path, "--data", run["some.npy"], "--json").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(30, (int)JsonNode.Parse(json[^1])!["examples"]!);
    }

    [Fact]
    public void Anomalies_with_labels_are_judged_and_a_missing_validation_split_is_said()
    {
        var rows = Enumerable.Range(0, 400).Select(i => (i % 10 == 0 ? 9 : 0) is var far ? $"{far + Math.Sin(i)},{far + Math.Cos(3.1 * i)},{(far > 0 ? 1 : 0)}" : "");
        File.WriteAllLines(run["labelled.csv"], rows.Prepend("a,b,label"));
        CommandLine.Succeed("train", "vae", "--data", "8gaussians", "--set", "latent=2", "network.hidden=[8]", "--steps", "5", "--grids", "0", "--threads", "1", "--out", run["plane"]);
        var outcome = CommandLine.Run("anomalies", run["plane"], "--data", run["labelled.csv"], "--samples", "3");
        Assert.Equal(0, outcome.Code);
        Assert.Contains("40 are known to be: AUROC", outcome.Output, StringComparison.Ordinal);

        var json = CommandLine.Succeed("anomalies", run["plane"], "--data", run["labelled.csv"], "--by", "reconstruction", "--json").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("reconstruction", (string)JsonNode.Parse(json[^1])!["by"]!);
        // Rows nine units off are not what eight Gaussians within two units of the middle are decoded to.
        Assert.InRange((double)JsonNode.Parse(json[^1])!["auroc"]!, 0.99, 1);
        var lines = CommandLine.Succeed("score", run["plane"], "--data", run["labelled.csv"], "--by", "reconstruction").Split('\n');
        Assert.Equal("example,reconstruction_error,p_value", lines[0]);
        Assert.True(double.Parse(lines[1].Split(',')[1]) > double.Parse(lines[2].Split(',')[1]));
        var refusal = CommandLine.Run("score", run["plane"], "--data", run["labelled.csv"], "--by", "density");
        Assert.Equal(2, refusal.Code);
        Assert.Contains("cannot score by 'density': use bound or reconstruction", refusal.Error, StringComparison.Ordinal);
    }
}

using System.Text.Json.Nodes;
using Likeness.Tests;

namespace Likeness.Cli.Tests;

/// <summary>A file that is scored by a run has no training part of its own: what a metric needs of one comes from the run's data, and the score says so.</summary>
public sealed class OtherDataTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void A_gap_of_a_file_is_held_against_what_the_model_learned_from()
    {
        var (run, kind) = Train();
        var (held, seen) = (Value("nll", "--data", kind.Matching), Value("nll", "--split", "train", "--limit", "20"));
        var gap = Score("gap", "--data", kind.Matching);
        Assert.Equal(held - seen, (double)gap["value"]!, 1e-9);
        Assert.Contains($"the training examples of {kind.Own}", (string)gap["judgedBy"]!, StringComparison.Ordinal);

        // A criterion of the fit is the same whatever else is scored.
        Assert.Equal(Value("bic"), Value("bic", "--data", kind.Matching));

        double Value(string metric, params string[] how) => (double)Score(metric, how)["value"]!;

        JsonNode Score(string metric, params string[] how) =>
            JsonNode.Parse(CommandLine.Succeed(["evaluate", run, "--metric", metric, "--json", .. how]).Split('\n')[0])!;
    }

    [Fact]
    public void Without_that_data_such_metrics_are_left_out_or_refused()
    {
        var (run, kind) = Train();
        File.Delete(kind.Own);
        var all = CommandLine.Run("evaluate", run, "--data", kind.Matching);
        Assert.True(all.Code == 0, all.Error);
        Assert.Contains("left out", Assert.Single(all.ErrorLines, l => l.Contains(kind.Own, StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.StartsWith("nll", all.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("gap", all.Output, StringComparison.Ordinal);

        var named = CommandLine.Run("evaluate", run, "--data", kind.Matching, "--metric", "gap");
        Assert.Equal(2, named.Code);
        Assert.Contains("not at hand", named.ErrorLines[^1], StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private (string Run, DataKind Kind) Train()
    {
        var (run, kind) = (_folder["run"], DataKind.Write("reals", _folder.Path));
        CommandLine.Succeed("train", "gaussian", "--data", kind.Own, "--threads", "1", "--out", run);
        return (run, kind);
    }
}

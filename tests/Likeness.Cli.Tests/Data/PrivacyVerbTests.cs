using System.Text.Json.Nodes;

namespace Likeness.Cli.Tests.Data;

/// <summary>From a promise on the command line to an audit of the run.</summary>
public sealed class PrivacyVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("likeness-privacy-").FullName;

    private string Run => Path.Combine(_folder, "run");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_private_run_keeps_its_ledger_and_is_audited()
    {
        var trained = JsonNode.Parse(CommandLine.Succeed([.. Train("made", "epsilon=2,5,delta=1e-5"), "--set", "hidden=[16]", "--json"]).Trim().Split('\n')[^1])!;
        var spent = trained["privacy"]!["epsilon"]!.GetValue<double>();
        Assert.InRange(spent, 2.4, 2.5);
        Assert.InRange(trained["privacy"]!["renyiEpsilon"]!.GetValue<double>(), spent, 2 * spent);

        var audit = JsonNode.Parse(CommandLine.Succeed("audit", Run, "--limit", "100", "--samples", "50", "--json"))!;
        Assert.Equal(spent, audit["ledger"]!["epsilon"]!.GetValue<double>(), 1e-9);
        Assert.Equal(["likelihood", "distance"], audit["attacks"]!.AsArray().Select(a => a!["name"]!.GetValue<string>()));
        Assert.All(audit["attacks"]!.AsArray(), a => Assert.InRange(a!["epsilonAtLeast"]!.GetValue<double>(), 0, spent));
        Assert.False(audit["contradicts"]!.GetValue<bool>());

        Assert.Contains("ledger", CommandLine.Succeed("audit", Run, "--limit", "100", "--samples", "50"), StringComparison.Ordinal);
        Assert.Contains("ε ≤ 2", CommandLine.Run("score", Run, "--data", "shapes-grey", "--limit", "5").Error, StringComparison.Ordinal);
        var longer = CommandLine.Run("resume", Run, "--steps", "100");
        Assert.Equal(2, longer.Code);
        Assert.Contains("more than its budget of 2.5", longer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Canaries_are_planted_by_train_and_found_by_audit()
    {
        CommandLine.Succeed([.. Train("gan", "epsilon=2,delta=1e-5"), "--canaries", "40"]);
        Assert.Contains("\"canaries\"", File.ReadAllText(Path.Combine(Run, "run.json")), StringComparison.Ordinal);
        var audit = JsonNode.Parse(CommandLine.Succeed("audit", Run, "--limit", "100", "--samples", "50", "--json"))!;
        Assert.Equal(["distance", "canaries"], audit["attacks"]!.AsArray().Select(a => a!["name"]!.GetValue<string>()));
        Assert.InRange(audit["attacks"]![1]!["epsilonAtLeast"]!.GetValue<double>(), 0, audit["ledger"]!["epsilon"]!.GetValue<double>());
        Assert.Contains("canaries", CommandLine.Succeed("audit", Run, "--limit", "100", "--samples", "50"), StringComparison.Ordinal);
        Assert.Contains("20", CommandLine.Run([.. Train("gan", "epsilon=2"), "--canaries", "3"]).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_run_has_learned_from_is_not_written_over()
    {
        var table = Path.Combine(_folder, "rows.csv");
        File.WriteAllLines(table, ["x,y", .. Enumerable.Range(0, 60).Select(i => FormattableString.Invariant($"{i % 7},{i * 0.37:0.00}"))]);
        var before = File.ReadAllText(table);
        var other = Path.Combine(_folder, "others.csv");
        File.Copy(table, other);
        CommandLine.Succeed("train", "gaussian-copula", "--data", table, "--protocol", "mixed", "--steps", "1", "--threads", "1", "--grids", "0", "--out", Run);
        var refused = CommandLine.Run("sample", Run, "-o", table);
        Assert.Equal(2, refused.Code);
        Assert.Contains("has learned from", Assert.Single(refused.ErrorLines), StringComparison.Ordinal);
        Assert.Contains("what is read from it", CommandLine.Run("score", Run, "--data", other, "-o", other).Error, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(table));
        Assert.Equal(2, CommandLine.Run("sample", Run, "-o", Run + Path.DirectorySeparatorChar).Code);
        CommandLine.Succeed("sample", Run, "-o", Path.Combine(_folder, "new.csv"));
        CommandLine.Succeed("sample", Run, "-o", Path.Combine(_folder, "new.csv"));
    }

    [Theory]
    [InlineData("made", "epsilon=0", "above 0")]
    [InlineData("made", "budget=3", "'budget'")]
    [InlineData("dcgan", "epsilon=3", "mixes the examples of a batch")]
    [InlineData("class-dcgan", "epsilon=3", "what the examples of a batch are")]
    [InlineData("infogan", "epsilon=3", "learn from each other's batches")]
    [InlineData("chow-liu", "epsilon=3", "counted")]
    public void What_cannot_be_promised_is_refused_with_the_reason(string model, string words, string reason)
    {
        var outcome = CommandLine.Run(Train(model, words));
        Assert.Equal(2, outcome.Code);
        Assert.Contains(reason, Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
    }

    private string[] Train(string model, string words) =>
    [
        "train", model, "--data", "shapes-grey", "--size", "8", "--protocol", model.EndsWith("gan", StringComparison.Ordinal) ? "bytes" : "threshold", "--steps", "10", "--batch", "50", "--threads", "1", "--grids", "0",
        "--privacy", words, "--out", Run,
    ];
}

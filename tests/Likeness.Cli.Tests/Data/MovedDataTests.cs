using Likeness.Tests;

namespace Likeness.Cli.Tests.Data;

/// <summary>A run is asked about other rows where the data that it learned from is gone from its place.</summary>
public sealed class MovedDataTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Run => _folder["run"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("shop.db", "moved.db")]
    [InlineData("shop.csv", "moved.csv")]
    public void Data_that_was_moved_is_known_at_its_new_place(string name, string to)
    {
        var (before, moved) = Train(name, to);
        var there = Scores("score", Run, "--data", before);
        File.Move(before, moved);
        var outcome = CommandLine.Run("score", Run, "--data", moved, "-o", _folder["scores.csv"]);
        Assert.Contains("The p-values are calibrated on 20 validation examples, which are among those that are scored", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(there, Scores("score", Run, "--data", moved));
        Assert.Contains("calibrated on 20 validation examples", CommandLine.Succeed("anomalies", Run, "--data", moved, "--why"), StringComparison.Ordinal);
        // What a metric needs of the training rows is at hand.
        Assert.Contains("new-rows", CommandLine.Succeed("evaluate", Run, "--data", moved, "--metric", "table"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("shop.db", "other.db")]
    [InlineData("shop.csv", "other.csv")]
    public void Without_it_other_rows_are_scored_and_ranked_and_none_is_called(string name, string to)
    {
        var (own, other) = Train(name, to);
        if (to == "other.db")
        {
            File.Copy(own, other);
            Databases.Make(other, "UPDATE customers SET age = age + 1 WHERE id = 3");
        }
        else
        {
            File.WriteAllLines(other, File.ReadLines(own).Take(31));
        }

        var there = Scores("score", Run, "--data", other);
        File.Delete(own);
        var outcome = CommandLine.Run("score", Run, "--data", other, "-o", _folder["scores.csv"]);
        Assert.Equal(0, outcome.Code);
        Assert.Contains($"All p-values are 1, as the data that the run learned from is not at hand to calibrate them on: '{own}' does not exist", outcome.Error, StringComparison.Ordinal);
        var alone = Scores("score", Run, "--data", other);
        Assert.Equal(there.Select(Nats), alone.Select(Nats));
        Assert.All(alone.Skip(1), l => Assert.EndsWith(",1", l, StringComparison.Ordinal));

        var anomalies = CommandLine.Run("anomalies", Run, "--data", other, "--top", "2");
        Assert.Equal(0, anomalies.Code);
        Assert.Contains("0 of ", anomalies.Output, StringComparison.Ordinal);
        Assert.Contains("not calibrated", anomalies.Output, StringComparison.Ordinal);
        foreach (var option in new string[][] { ["--why"], ["--calibrate", "cross"] })
        {
            var refused = CommandLine.Run(["anomalies", Run, "--data", other, .. option]);
            Assert.Equal(2, refused.Code);
            Assert.Contains($"{option[0]} compares with the data that the run learned from, which is not at hand, so leave it out, or put that data back", refused.ErrorLines[^1], StringComparison.Ordinal);
        }

        CommandLine.Succeed("complete", Run, "--data", other, "-o", _folder["whole.csv"]);
        CommandLine.Succeed("evaluate", Run, "--data", other, "--metric", "elbo");

        static string Nats(string line) => line[..line.LastIndexOf(',')];
    }

    private (string Own, string Other) Train(string name, string other)
    {
        var (shop, own) = (Databases.Shop(_folder["shop.db"], orders: true), _folder[name]);
        if (own != shop)
        {
            CommandLine.Succeed("data", "export", shop, "--query", "SELECT age, income, since, city FROM customers ORDER BY id", "--split", "train", "-o", _folder["train.csv"]);
            // As many rows as the table has.
            string[] lines = File.ReadAllLines(_folder["train.csv"]);
            File.WriteAllLines(own, lines.Concat(lines.Skip(1).Take(200 - (lines.Length - 1))));
            CommandLine.Succeed("train", "gaussian-copula", "--data", own, "--threads", "1", "--out", Run);
        }
        else
        {
            CommandLine.Succeed("train", "gaussian-copula", "--data", own, "--query", "customers", "--drop", "photo,id", "--threads", "1", "--out", Run);
        }

        return (own, _folder[other]);
    }

    private string[] Scores(params string[] arguments)
    {
        CommandLine.Succeed([.. arguments, "-o", _folder["scores.csv"]]);
        return File.ReadAllLines(_folder["scores.csv"]);
    }
}

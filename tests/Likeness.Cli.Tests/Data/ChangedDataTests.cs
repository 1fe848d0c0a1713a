using System.Text.Json.Nodes;

namespace Likeness.Cli.Tests.Data;

/// <summary>A file that changes after a run has learned from it.</summary>
public sealed class ChangedDataTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("likeness-changed-").FullName;

    public ChangedDataTests()
    {
        Write(60, 0);
        CommandLine.Succeed("train", "gaussian", "--data", File, "--protocol", "standardised", "--threads", "1", "--out", Run);
    }

    private string File => Path.Combine(_folder, "rows.csv");

    private string Run => Path.Combine(_folder, "run");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Nothing_is_said_while_it_is_the_same()
    {
        Assert.DoesNotContain("changed", CommandLine.Run("evaluate", Run, "--metric", "nll").Error, StringComparison.Ordinal);
        Assert.DoesNotContain("changed", CommandLine.Run("resume", Run).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_number_of_rows_is_told_and_the_units_stay_those_of_the_model()
    {
        var before = Nll();
        Write(120, 0);
        var outcome = CommandLine.Run("evaluate", Run, "--metric", "nll");
        Assert.Equal(0, outcome.Code);
        Assert.Contains($"Warning: '{File}' has changed since '{Run}' learned from it: it had 48 training examples then, and has 96 now; what follows is of the data as it is now, in which examples that the model learned from may count as held out; restore it, or train a new run.", outcome.Error, StringComparison.Ordinal);

        // The rows of before and a copy of them: by the training data's mean and deviation they are as likely as they were.
        Assert.Equal(before, Nll(), 0.2);
        Write(60, 1000);
        Assert.True(Nll() > before + 100, "Rows far from those that were learned from are as likely as these.");
    }

    [Fact]
    public void Other_values_in_as_many_rows_are_told()
    {
        Write(60, 0.5);
        const string Told = "it has as many training examples, and not the same content; what follows is of the data as it is now, in which examples that the model learned from may count as held out; restore it, or train a new run.";
        foreach (var line in new string[][] { ["evaluate", Run, "--metric", "nll"], ["score", Run, "--data", File], ["anomalies", Run, "--data", File] })
        {
            Assert.Contains(Told, CommandLine.Run(line).Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Runs_that_kept_no_print_go_on_as_before()
    {
        var record = Path.Combine(Run, "run.json");
        var json = JsonNode.Parse(System.IO.File.ReadAllText(record))!.AsObject();
        Assert.True(json["data"]!.AsObject().Remove("print"), "The run keeps no print.");
        System.IO.File.WriteAllText(record, json.ToJsonString());
        Write(60, 0.5);
        var outcome = CommandLine.Run("evaluate", Run, "--metric", "nll");
        Assert.Equal(0, outcome.Code);
        Assert.DoesNotContain("changed", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_columns_are_refused()
    {
        System.IO.File.WriteAllLines(File, Enumerable.Range(0, 60).Select(i => $"{i * 7 % 30}.5").Prepend("height"));
        var outcome = CommandLine.Run("evaluate", Run, "--metric", "nll");
        Assert.NotEqual(0, outcome.Code);
        Assert.Contains("weight", Assert.Single(outcome.ErrorLines, l => l.StartsWith("likeness: ", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    private double Nll() => JsonNode.Parse(CommandLine.Succeed("evaluate", Run, "--metric", "nll", "--json").Split('\n')[0])!["value"]!.GetValue<double>();

    private void Write(int rows, double more) =>
        System.IO.File.WriteAllLines(File, Enumerable.Range(0, rows).Select(i => FormattableString.Invariant($"{(i % 60 * 7 % 31) + more},{(i % 60 * 11 % 35) + more}")).Prepend("height,weight"));
}

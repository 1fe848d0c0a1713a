using System.Numerics;
using System.Text.Json.Nodes;

namespace Likeness.Cli.Tests;

public sealed class ParametersTests
{
    [Fact]
    public void Counts_are_printed_for_a_shape_that_no_machine_could_hold()
    {
        var table = CommandLine.Succeed("parameters", "--shape", "28x28");
        Assert.Contains("10174582…67650815 (237 digits)", table, StringComparison.Ordinal);
        Assert.Contains("≈ 1.02·10^236", table, StringComparison.Ordinal);
        Assert.Contains($"joint-table, exactly: {BigInteger.Pow(2, 784) - 1}", table, StringComparison.Ordinal);
        Assert.Contains("16,777,215", CommandLine.Succeed("parameters", "--shape", "3", "--levels", "256"), StringComparison.Ordinal);
        Assert.Contains("order 5", CommandLine.Succeed("parameters", "--shape", "9", "--order", "5"), StringComparison.Ordinal);
    }

    [Fact]
    public void Json_has_every_digit()
    {
        var lines = CommandLine.Succeed("parameters", "--shape", "28x28", "--json").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!).ToArray();
        var largest = lines.Max(l => BigInteger.Parse((string)l["parameters"]!));
        Assert.Equal(BigInteger.Pow(2, 784) - 1, largest);
        Assert.All(lines, l => Assert.Equal(BigInteger.Log10(BigInteger.Parse((string)l["parameters"]!)), (double)l["log10"]!, 1e-9));

        // Labelled data has one more model.
        var labelled = CommandLine.Succeed("parameters", "--shape", "28x28", "--classes", "10", "--json").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(labelled.Length > lines.Length);
    }

    [Theory]
    [InlineData("28xA", "2", "give whole numbers joined by x")]
    [InlineData("0x4", "2", "at least 1")]
    [InlineData("4", "1", "at least 2")]
    public void Wrong_sizes_are_refused(string shape, string levels, string said)
    {
        var outcome = CommandLine.Run("parameters", "--shape", shape, "--levels", levels);
        Assert.Equal(2, outcome.Code);
        Assert.Contains(said, Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
    }
}

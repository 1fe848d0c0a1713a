using System.Globalization;
using System.Text.Json.Nodes;
using Likeness.Tests;

namespace Likeness.Cli.Tests;

/// <summary>Which columns make rows of a user's table anomalies.</summary>
public sealed class AnomalyReasonTests : IDisposable
{
    private readonly TemporaryFolder _files = new();

    public AnomalyReasonTests()
    {
        // Height and weight go together; age has nothing to do with them.
        var random = new Rng(5).Normal(600, 3).ToArray<float>().Chunk(3);
        File.WriteAllLines(_files["people.csv"], random.Select(z => string.Create(CultureInfo.InvariantCulture, $"{170 + (10 * z[0])},{70 + (9 * z[0]) + (3 * z[1])},{40 + (12 * z[2])}")).Prepend("height,weight,\"age, years\""));
        // Each number by itself is ordinary, but nobody of that height has that weight; and someone is too old.
        File.WriteAllLines(_files["new.csv"], ["height,weight,\"age, years\"", "170,70,40", "185,56,40", "171,72,150"]);
    }

    public void Dispose() => _files.Dispose();

    [Fact]
    public void The_column_that_is_wrong_is_named()
    {
        CommandLine.Succeed("train", "gaussian", "--data", _files["people.csv"], "--grids", "0", "--threads", "1", "--out", _files["mine"]);
        var text = CommandLine.Succeed("anomalies", _files["mine"], "--data", _files["new.csv"], "--rate", "0.1", "--why", "--calibrate", "training");
        Assert.Contains("age, years +", text, StringComparison.Ordinal);

        // The least likely are listed whether or not they are called, with the rate from which each would be.
        var two = CommandLine.Succeed("anomalies", _files["mine"], "--data", _files["new.csv"], "--rate", "0.001", "--top", "2", "--calibrate", "training").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("0 of 3 ", two[0], StringComparison.Ordinal);
        Assert.Equal(["example", "1", "2"], two[1..].Select(l => l.Split(' ')[0]).Order(StringComparer.Ordinal).OrderBy(l => l == "example" ? 0 : 1));
        CommandLine.Succeed("anomalies", _files["mine"], "--data", _files["new.csv"], "--why", "--calibrate", "training", "-o", _files["why.csv"]);
        var lines = File.ReadAllLines(_files["why.csv"]);
        Assert.Equal("example,log_likelihood_nats,p_value,called,why_height,why_weight,\"why_age, years\"", lines[0]);
        var why = lines[1..].Select(l => l.Split(',')[4..].Select(v => double.Parse(v, CultureInfo.InvariantCulture)).ToArray()).ToArray();
        Assert.All(why[0], v => Assert.InRange(v, -1, 0));
        Assert.True(Math.Min(why[1][0], why[1][1]) > 5 && why[1][2] < 1);
        Assert.True(why[2][2] > 5 && Math.Max(why[2][0], why[2][1]) < 1);

        var json = CommandLine.Succeed("anomalies", _files["mine"], "--data", _files["new.csv"], "--why", "--calibrate", "training", "--json").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("GivenOthers", (string)JsonNode.Parse(json[^1])!["whyBy"]!);
        Assert.Equal(why[2][2], (double)json[..^1].Select(l => JsonNode.Parse(l)!).Single(l => (int)l["example"]! == 2)["why"]!["age, years"]!, 1e-3);
    }

    [Fact]
    public void A_bound_is_not_divided_and_its_reconstruction_is()
    {
        CommandLine.Succeed("train", "vae", "--data", _files["people.csv"], "--set", "latent=2", "network.hidden=[8]", "--steps", "5", "--grids", "0", "--threads", "1", "--out", _files["vae"]);
        var refused = CommandLine.Run("anomalies", _files["vae"], "--data", _files["new.csv"], "--why");
        Assert.Equal(2, refused.Code);
        Assert.Contains("cannot say which columns make the score by bound: score by reconstruction, or choose a model that knows marginals of any part, or predicts variable by variable", refused.Error, StringComparison.Ordinal);
        CommandLine.Succeed("anomalies", _files["vae"], "--data", _files["new.csv"], "--why", "--by", "reconstruction", "--calibrate", "training");
    }
}

using Likeness.Tests;

namespace Likeness.Cli.Tests;

/// <summary>What p-values are calibrated on is said, and a part of the training rows can be kept aside for it.</summary>
public sealed class HoldOutVerbTests : IDisposable
{
    private readonly TemporaryFolder _files = new();

    public HoldOutVerbTests()
    {
        foreach (var (name, count) in new[] { ("train.csv", 60), ("test.csv", 20), ("new.csv", 10) })
        {
            var random = new Random(count);
            File.WriteAllLines(_files[name], Enumerable.Range(0, count).Select(_ => FormattableString.Invariant($"{random.NextDouble():F4},{random.NextDouble():F4}")).Prepend("a,b"));
        }
    }

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Rows_that_are_kept_aside_calibrate_and_stop()
    {
        var trained = CommandLine.Run("train", "gaussian", "--data", _files["train.csv"], "--test", _files["test.csv"], "--hold-out", "0.25", "--validate-every", "1", "--out", _files["run"]);
        Assert.Equal(0, trained.Code);
        Assert.Contains("15 of the 60 training examples", trained.Error, StringComparison.Ordinal);
        foreach (var verb in new[] { "score", "anomalies" })
        {
            Assert.Contains("15 validation examples, 25 % of the training examples, which were kept aside", CommandLine.Run(verb, _files["run"], "--data", _files["new.csv"]).Error, StringComparison.Ordinal);
        }
    }

    /// <summary>Where the terms of a training are weighted otherwise than the bound's, the bound is best long before the model has learned what it is trained for.</summary>
    [Theory]
    [InlineData("1", true)]
    [InlineData("4", false)]
    public void Held_out_examples_end_a_training_that_maximises_what_they_measure(string beta, bool validated)
    {
        CommandLine.Succeed("train", "vae", "--data", _files["train.csv"], "--threads", "1", "--grids", "0", "--set", $"beta={beta}", "latent=1", "network.hidden=4", "--out", _files[$"beta-{beta}"]);
        Assert.Equal(validated, RunFolder.Open(_files[$"beta-{beta}"]).Record.Training.Validation is not null);
    }

    [Theory]
    [InlineData(20_000, 100, 100, 1000)] // ten steps for each example, and a thousand at least
    [InlineData(20_000, 399, 64, 3990)]
    [InlineData(20_000, 400, 400, 2000)] // two thousand passes over all
    [InlineData(20_000, 1920, 500, 8000)]
    [InlineData(20_000, 32_561, 500, 20_000)]
    [InlineData(300, 100, 0, 300)] // as many as the model takes by itself at most
    [InlineData(300, 100_000, 0, 300)]
    public void Small_data_are_learned_in_fewer_steps(long usual, int examples, int batchSize, long steps) =>
        Assert.Equal(steps, Verbs.TrainVerb.Length(usual, examples, batchSize));

    [Fact]
    public void Scoring_says_where_it_calibrates_on_what_it_scores()
    {
        CommandLine.Succeed("train", "gaussian", "--data", _files["train.csv"], "--test", _files["test.csv"], "--out", _files["plain"]);
        Assert.Contains("calibrated on 20 test examples.", CommandLine.Run("score", _files["plain"], "--data", _files["new.csv"]).Error, StringComparison.Ordinal);
        Assert.Contains("which are among those that are scored", CommandLine.Run("score", _files["plain"], "--data", _files["test.csv"]).Error, StringComparison.Ordinal);
    }
}

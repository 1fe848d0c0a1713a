using System.Text.Json.Nodes;

namespace Likeness.Cli.Tests;

/// <summary>Samples are judged wherever they come from, and each score says by what.</summary>
public sealed class SampleEvaluationTests(TrainedRun run) : IClassFixture<TrainedRun>
{
    [Fact]
    public void A_runs_samples_are_judged_by_the_values_and_kept_with_the_run()
    {
        var lines = CommandLine.Succeed("evaluate", run.Path, "--metric", "frechet", "memorisation", "--limit", "50", "--json").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(l => JsonNode.Parse(l)!).ToList();
        Assert.Equal(["frechet", "frechet-of-training-data", "memorisation", "memorisation-p-value"], lines.Select(l => (string)l["name"]!));
        Assert.Contains("50 drawn from", (string)lines[0]["judgedBy"]!, StringComparison.Ordinal);
        Assert.Contains("the values themselves", (string)lines[0]["judgedBy"]!, StringComparison.Ordinal);
        Assert.True((double)lines[0]["interval"]![0]! < (double)lines[0]["value"]! && (double)lines[0]["value"]! < (double)lines[0]["interval"]![1]!);
        Assert.Contains("judgedBy", File.ReadAllText(Path.Combine(run.Path, "scores.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void Images_of_another_program_are_judged_by_a_trained_network_and_resizing_is_said()
    {
        var (judge, drawn) = (run["judge"], run["drawn"]);
        CommandLine.Succeed("train", "classifier", "--data", "shapes-grey", "--size", "8", "--set", "width=4", "features=8", "--steps", "3", "--batch", "20", "--threads", "1", "--grids", "0", "--out", judge);
        Directory.CreateDirectory(drawn);
        for (var i = 0; i < 12; i++)
        {
            CommandLine.Succeed("sample", run.Path, "-n", "1", "--seed", $"{i}", "-o", Path.Combine(drawn, $"{i}.png"));
        }

        var outcome = CommandLine.Run("evaluate", drawn, "--against", "shapes-grey", "--size", "8", "--features", judge, "--limit", "40");
        Assert.True(outcome.Code == 0, outcome.Error);
        Assert.Contains("hidden layer of", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("sha256", outcome.Output, StringComparison.Ordinal);
        foreach (var name in new[] { "frechet", "kernel-distance", "classifier-score", "precision", "recall", "density", "coverage", "patch-swd", "ms-ssim", "memorisation", "modes" })
        {
            Assert.Contains($"\n{name} ", outcome.Output, StringComparison.Ordinal);
        }

        // A map is drawn of the network's features.
        string[] mapped = ["evaluate", run.Path, "--metric", "mmd", "--limit", "20", "--map"];
        CommandLine.Succeed([.. mapped, run["values.png"]]);
        CommandLine.Succeed([.. mapped, run["features.png"], "--features", judge]);
        Assert.NotEqual(File.ReadAllBytes(run["values.png"]), File.ReadAllBytes(run["features.png"]));
    }

    [Fact]
    public void A_classifier_learns_again_from_samples_of_classes_and_is_judged_on_real_ones()
    {
        var (judge, drawer) = (run["teacher"], run["drawer"]);
        string[] common = ["--data", "shapes-grey", "--size", "8", "--steps", "4", "--batch", "20", "--threads", "1", "--grids", "0"];
        CommandLine.Succeed(["train", "classifier", "--set", "width=4", "features=8", .. common, "--out", judge]);
        CommandLine.Succeed(["train", "conditional-vae", .. common, "--out", drawer]);
        var output = CommandLine.Succeed("evaluate", drawer, "--features", judge, "--metric", "accuracy-score", "augmentation", "class-agreement", "--limit", "60");
        Assert.Contains("of the classes of the real ones", output, StringComparison.Ordinal);
        Assert.Contains("accuracy-score-of-real", output, StringComparison.Ordinal);
        Assert.Contains("augmentation-gain", output, StringComparison.Ordinal);
        Assert.Contains("class-agreement-of-real", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--metric", "fretchet", "frechet")]
    [InlineData("--metric", "classifier-score", "network that classifies")]
    [InlineData("--metric", "accuracy-score", "samples a class")]
    [InlineData("--features", "README.pt", "README.pt")]
    public void What_cannot_be_judged_is_refused_in_a_sentence(string option, string value, string expected)
    {
        var outcome = CommandLine.Run("evaluate", run.Path, "--against", "shapes-grey", option, value, "--limit", "20");
        Assert.NotEqual(0, outcome.Code);
        Assert.Contains(expected, Assert.Single(outcome.ErrorLines, l => l.StartsWith("likeness:", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_TorchScript_file_must_be_trusted_and_metrics_of_the_model_stay_with_its_own_data()
    {
        var file = run["network.pt"];
        File.WriteAllText(file, "no network");
        Assert.Contains("--trust", CommandLine.Run("evaluate", run.Path, "--against", "shapes-grey", "--features", file, "--limit", "20").Error, StringComparison.Ordinal);
        Assert.Contains("leave --against out", CommandLine.Run("evaluate", run.Path, "--against", "shapes-grey", "--metric", "nll").Error, StringComparison.Ordinal);
    }
}

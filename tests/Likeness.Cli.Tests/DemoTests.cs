namespace Likeness.Cli.Tests;

public sealed class DemoTests(TrainedRun run) : IClassFixture<TrainedRun>
{
    [Fact]
    public void The_tour_trains_scores_and_draws_with_each_kind_of_model()
    {
        var output = CommandLine.Succeed("demo", "--seconds", "1", "--out", run["demo"]);
        foreach (var word in new[] { "1. ", "2. ", "3. ", "4. ", "exact, 500 examples", "upper bound, 500 examples", "AUROC" })
        {
            Assert.Contains(word, output, StringComparison.Ordinal);
        }

        // Every picture that it names is there.
        var pictures = output.Split([' ', '\n']).Where(w => w.EndsWith(".png", StringComparison.Ordinal) && Path.IsPathRooted(w)).ToList();
        Assert.True(pictures.Count >= (4 * 2) + 2, output);
        Assert.All(pictures, p => Assert.True(File.Exists(p), p));

        // Its advice works for each of its runs.
        foreach (var folder in Directory.GetDirectories(run["demo"]).Where(RunFolder.Exists))
        {
            var record = RunFolder.Open(folder).Record;
            CommandLine.Succeed("resume", folder, "--steps", $"{record.Training.Steps + 1}");
            CommandLine.Succeed("sample", folder, "-n", "2");
            CommandLine.Succeed("evaluate", folder, "--limit", "20", "--samples", "2");
        }
    }
}

using System.Text.Json.Nodes;

namespace Likeness.Tests;

/// <summary>Runs that begin with the weights of other runs.</summary>
public sealed class StartingWeightsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_run_begins_where_another_ended_and_what_data_would_set_stays()
    {
        var first = Trained("first");
        using (var run = Create("second", hidden: 8, rate: 0, RunFolder.Open(first)))
        {
            Assert.Equal((4, 0, 0), (run.Folder.Record.From!.Taken, run.Folder.Record.From.Left.Count, run.Folder.Record.From.Unused.Count));
            Assert.Equal((Path.GetFullPath(first), "nade", 3L), (run.Folder.Record.From.Run, run.Folder.Record.From.Recipe, run.Folder.Record.From.Step));
            // The first step of a NADE sets its biases from the data; with a rate of 0 nothing else moves.
            Assert.Single(run.Train(), r => r.Step == 1);
        }

        Assert.Equal(Values(first), Values(_folder["second"]));
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        using var run = Create("wider", hidden: 9, rate: 1e-3, RunFolder.Open(Trained("narrow")));
        Assert.Equal(1, run.Folder.Record.From!.Taken);
        Assert.Equal(["W", "c", "V"], run.Folder.Record.From.Left);
        Assert.Equal(["V", "W", "c"], run.Folder.Record.From.Unused.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_running_mean_goes_on_with_its_count_of_updates()
    {
        // Without it the mean would warm up again, and its first update would keep a tenth of what was taken.
        var recipe = Zoo.BuiltIn.Find("diffusion");
        RunPlan Plan(RunFolder? from) => new(1) { Options = new JsonObject { ["width"] = 8, ["blocks"] = 1 }, Training = new(3, 20), Threads = 1, From = from };
        using (var first = Run.Create(_folder["first"], recipe, DatasetCatalog.Open("8gaussians", new()), Plan(null)))
        {
            Assert.NotEmpty(first.Train().ToList());
        }

        using (var second = Run.Create(_folder["second"], recipe, DatasetCatalog.Open("8gaussians", new()), Plan(RunFolder.Open(_folder["first"]))))
        {
            Assert.Empty(second.Folder.Record.From!.Left);
            Assert.Empty(second.Folder.Record.From.Unused);
            Assert.NotEmpty(second.Train().ToList());
        }

        using var scope = torch.NewDisposeScope();
        using var file = SafetensorsFile.Open(_folder[Path.Combine("second", "model.safetensors")]);
        Assert.Equal(6, file.Read("average.updates").ToArray<long>()[0]);
    }

    [Fact]
    public void A_run_of_which_nothing_fits_is_refused_and_nothing_is_written()
    {
        var first = Trained("other");
        var error = Assert.Throws<UsageException>(() => Run.Create(_folder["strange"], Zoo.BuiltIn.Find("vae"), Data(), new RunPlan { From = RunFolder.Open(first) }));
        Assert.Contains("names and shapes", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["strange"]));
        Assert.Contains("replaces", Assert.Throws<UsageException>(() => Create("other", hidden: 8, rate: 1e-3, RunFolder.Open(first))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_killed_before_its_first_checkpoint_takes_them_again_if_they_are_the_same()
    {
        var first = Trained("source");
        using (Create("killed", hidden: 8, rate: 0, RunFolder.Open(first)))
        {
        }

        File.Delete(_folder[Path.Combine("killed", "training.safetensors")]);
        using (var again = TrainedModel.Resume(_folder["killed"], Zoo.BuiltIn))
        {
            Assert.NotEmpty(again.Train().ToList());
        }

        Assert.Equal(Values(first), Values(_folder["killed"]));
        File.Delete(_folder[Path.Combine("killed", "training.safetensors")]);
        using (var longer = TrainedModel.Resume(first, Zoo.BuiltIn, steps: 5))
        {
            Assert.NotEmpty(longer.Train().ToList());
        }

        Assert.Contains("others now", Assert.Throws<DataException>(() => TrainedModel.Resume(_folder["killed"], Zoo.BuiltIn)).Message, StringComparison.Ordinal);
    }

    private static IDataset Data() => DatasetCatalog.Open("shapes-grey", new(Protocol: "threshold", Size: 8));

    private static float[] Values(string run) => [.. TrainedModel.Open(run, Zoo.BuiltIn).Model.Parameters().SelectMany(p => p.Value.ToArray<float>())];

    private string Trained(string name)
    {
        using var run = Create(name, hidden: 8, rate: 1e-3, from: null);
        Assert.NotEmpty(run.Train().ToList());
        return _folder[name];
    }

    private Run Create(string name, int hidden, double rate, RunFolder? from) => Run.Create(
        _folder[name],
        Zoo.BuiltIn.Find("nade"),
        Data(),
        new RunPlan(from is null ? 7u : 8u) { Options = new JsonObject { ["hidden"] = hidden, ["optimizer"] = new JsonObject { ["learningRate"] = rate } }, Training = new(from is null ? 3 : 1, 20), Threads = 1, From = from, Overwrite = true });
}

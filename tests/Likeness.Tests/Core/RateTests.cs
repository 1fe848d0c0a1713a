using System.Text.Json.Nodes;

namespace Likeness.Tests;

/// <summary>What may change when a run is resumed.</summary>
public sealed class RateTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Rates_change_from_the_checkpoint_on_and_the_run_says_when_and_from_what()
    {
        Half("run");
        var before = Values();
        using (var run = Resume("""{"optimizer":{"learningRate":0,"schedule":{"kind":"constant"}}}""", steps: 7))
        {
            Assert.Equal(4, run.Train().Count());
        }

        Assert.Equal(before, Values());
        var record = RunFolder.Open(_folder["run"]).Record;
        var change = Assert.Single(record.Changes!);
        Assert.Equal(3, change.Step);
        Assert.Equal((6, 7), ((int)change.Was["steps"]!, (int)change.Is["steps"]!));
        Assert.Equal((0.001, 0.0), ((double)change.Was["optimizer.learningRate"]!, (double)change.Is["optimizer.learningRate"]!));
        Assert.Equal(("linear", "constant"), ((string)change.Was["optimizer.schedule.kind"]!, (string)change.Is["optimizer.schedule.kind"]!));
        Assert.Equal(0, (double)record.Options["optimizer"]!["learningRate"]!);

        // What is resumed once more goes on with the same, and has nothing to add.
        using (var again = TrainedModel.Resume(_folder["run"], Zoo.BuiltIn, steps: 7))
        {
            Assert.Equal(7, again.Step);
        }

        Assert.Single(RunFolder.Open(_folder["run"]).Record.Changes!);
    }

    [Theory]
    [InlineData("""{"hidden":9}""", "'hidden'")]
    [InlineData("""{"optimizer":{"kind":"sgd"}}""", "'optimizer.")]
    [InlineData("""{"optimizer":{"learningRat":1}}""", "learningRate")]
    [InlineData("""{"optimizer":{"learningRate":-1}}""", "-1")]
    public void What_would_change_the_network_or_is_no_option_is_refused_and_the_run_stays(string changes, string part)
    {
        Half("run");
        var record = File.ReadAllText(_folder[Path.Combine("run", "run.json")]);
        Assert.Contains(part, Assert.Throws<UsageException>(() => Resume(changes)).Message, StringComparison.Ordinal);
        Assert.Equal(record, File.ReadAllText(_folder[Path.Combine("run", "run.json")]));
    }

    [Fact]
    public void Every_optimiser_of_a_model_is_found()
    {
        var recipe = Zoo.BuiltIn.Find("wae");
        Assert.Equal(["optimizer"], Rates.Optimizers(recipe, []));
        Assert.Equal(["penalty.critic", "optimizer"], Rates.Optimizers(recipe, new JsonObject { ["penalty"] = new JsonObject { ["kind"] = "gan" } }));
    }

    private float[] Values() => [.. TrainedModel.Open(_folder["run"], Zoo.BuiltIn).Model.Parameters().SelectMany(p => p.Value.ToArray<float>())];

    private Run Resume(string changes, long? steps = null) => TrainedModel.Resume(_folder["run"], Zoo.BuiltIn, steps, changes: JsonNode.Parse(changes)!.AsObject());

    private void Half(string name)
    {
        using var run = Run.Create(_folder[name], Zoo.BuiltIn.Find("nade"), DatasetCatalog.Open("shapes-grey", new(Protocol: "dynamic", Size: 8)),
            new RunPlan(7) { Options = new JsonObject { ["hidden"] = 8 }, Training = new(6, 20), Threads = 1 });
        Assert.Equal(3, run.Train().ElementAt(2).Step);
    }
}

using System.Text.Json.Nodes;

namespace Likeness.Tests;

/// <summary>Held-out examples choose the weights that are kept, and may end a training.</summary>
public sealed class ValidationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    // Sixty examples of 64 bits: soon learned by heart.
    private string Table => _folder["bits.csv"];

    public ValidationTests()
    {
        var random = new Random(3);
        File.WriteAllLines(Table, Enumerable.Range(0, 60).Select(_ => string.Join(',', Enumerable.Range(0, 64).Select(_ => random.Next(2)))));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_weights_of_the_best_look_are_the_ones_that_are_loaded()
    {
        using (var run = Create("whole", new(Every: 5)))
        {
            Assert.Equal(60, run.Train().Count());
            Assert.False(run.StoppedEarly);
        }

        var looks = Looks("whole");
        Assert.Equal(12, looks.Count);
        var best = looks.MinBy(l => l.Nll);
        Assert.InRange(best.Step, 5, 55);

        var trained = TrainedModel.Open(_folder["whole"], Zoo.BuiltIn);
        Assert.Equal(best.Step, trained.Step);
        using var scope = torch.NewDisposeScope();
        var held = trained.OpenData().As<Batch>().Read(Split.Validation, 100).Single().X;
        Assert.Equal(best.Nll, -((IDensity)trained.Model).LogProb(held).ToArray<double>().Average(), 1e-12);
    }

    [Fact]
    public void Training_ends_after_as_many_fruitless_looks_as_patience_allows()
    {
        using (var run = Create("patient", new(Every: 5, Patience: 2)))
        {
            var steps = run.Train().Count();
            Assert.True(run.StoppedEarly);
            Assert.Equal(run.BestStep + 10, steps);
        }

        // Opened again it stays ended.
        using var again = TrainedModel.Resume(_folder["patient"], Zoo.BuiltIn);
        Assert.Empty(again.Train());
        Assert.True(again.StoppedEarly);
    }

    [Fact]
    public void Training_in_parts_keeps_the_same_weights_as_training_at_once()
    {
        var plan = new ValidationOptions(Every: 4, Patience: 3, Examples: 5);
        using (var whole = Create("whole", plan))
        {
            Assert.NotEmpty(whole.Train().ToList());
        }

        foreach (var steps in new[] { 3, 6, 100 })
        {
            using var part = steps == 3 ? Create("parts", plan) : TrainedModel.Resume(_folder["parts"], Zoo.BuiltIn);
            Assert.NotEmpty(part.Train().Take(steps).ToList());
        }

        foreach (var file in new[] { "best.safetensors", "training.safetensors" })
        {
            Assert.Equal(File.ReadAllBytes(_folder[Path.Combine("whole", file)]), File.ReadAllBytes(_folder[Path.Combine("parts", file)]));
        }

        Assert.Equal(Looks("whole"), Looks("parts"));
    }

    [Fact]
    public void Validation_that_is_not_possible_is_refused()
    {
        // One row is too few for the tenth that is held out.
        File.WriteAllLines(Table, ["0,1,1,0"]);
        Assert.Contains("no validation split", Assert.Throws<UsageException>(() => Create("none", new(Every: 1))).Message, StringComparison.Ordinal);
        Assert.Contains("at least 1", Assert.Throws<UsageException>(() => Create("zero", new(Every: 0))).Message, StringComparison.Ordinal);
        var plan = new RunPlan { Training = new(4, 20, Validation: new(Every: 1)) };
        var e = Assert.Throws<UsageException>(() => Run.Create(_folder["gan"], Zoo.BuiltIn.Find("dcgan"), DatasetCatalog.Open("shapes-grey", new(Size: 16)), plan));
        Assert.Contains("knows no likelihood", e.Message, StringComparison.Ordinal);
    }

    private Run Create(string name, ValidationOptions validation) =>
        Run.Create(_folder[name], Zoo.BuiltIn.Find("nade"), DatasetCatalog.Open(Table), new RunPlan(5)
        {
            Options = new JsonObject { ["hidden"] = 30, ["optimizer"] = new JsonObject { ["kind"] = "adam", ["learningRate"] = 0.05 } },
            Training = new(60, 10, Validation: validation),
            Threads = 1,
        });

    private List<(long Step, double Nll)> Looks(string run) =>
        [.. RunLog.Read(_folder[Path.Combine(run, "log.jsonl")]).Where(e => e.Terms.ContainsKey("validation.nll")).Select(e => (e.Step, e.Terms["validation.nll"]))];
}

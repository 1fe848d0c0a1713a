using System.Text.Json.Nodes;

namespace Likeness.Tests;

/// <summary>Few labels on an encoder that has learned before.</summary>
public sealed class TransferTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Fine_tuning_begins_where_the_frozen_features_end_and_can_be_kept()
    {
        var data = DatasetCatalog.Open("shapes-grey", new(Protocol: "threshold", Size: 8));
        using (var run = Run.Create(_folder["codes"], Zoo.BuiltIn.Find("autoencoder"), data,
            new RunPlan(1) { Options = new JsonObject { ["latent"] = 4, ["network"] = new JsonObject { ["kind"] = "mlp", ["hidden"] = new JsonArray(16) } }, Training = new(30, 50), Threads = 1 }))
        {
            Assert.NotEmpty(run.Train().ToList());
        }

        var trained = TrainedModel.Open(_folder["codes"], Zoo.BuiltIn);
        var still = new TransferOptions(Labels: 40, Repeats: 2, Steps: 3, LearningRate: 0, Limit: 300) { EncoderRate = 0 };
        var report = Transfer.Measure(trained, data, still, new Rng(1));
        Assert.Equal(report.Frozen.Value, report.FineTuned.Value, 0.5);
        var moved = Transfer.Measure(trained, data, still with { EncoderRate = 1e-2, Steps = 20 }, new Rng(1));
        Assert.Equal(report.Frozen.Value, moved.Frozen.Value);
        Assert.NotEqual(report.FineTuned.Value, moved.FineTuned.Value);

        var same = Transfer.Keep(trained, data, still, new Rng(1), _folder["same"]);
        Assert.Equal(40, same.Record.From!.FineTunedOn);
        Assert.Equal(Values("codes"), Values("same"));
        Transfer.Keep(trained, data, still with { EncoderRate = 1e-2 }, new Rng(1), _folder["tuned"]);
        var (before, after) = (Values("codes"), Values("tuned"));
        Assert.NotEqual(before, after);
        Assert.Equal(before.Length, after.Length);

        // The linear layer on the codes as they are is a classifier that others can open: as right as it was measured on the same examples.
        var once = Transfer.Measure(trained, data, still with { Repeats = 1, Limit = int.MaxValue }, new Rng(1));
        Assert.Equal(40, Transfer.KeepFrozen(trained, data, still, new Rng(1), _folder["layer"]).Record.From!.FittedTo);
        var layer = TrainedModel.Open(_folder["layer"], Zoo.BuiltIn);
        var error = new ClassificationError().Measure(layer.Model, layer.OpenData(), new(), new Rng(0)).Single(s => s.Name == "classification-error").Score;
        // The one computes in double, the other in single precision: at a border between classes an example may fall on either side.
        Assert.Equal(100 - once.Frozen.Value, error.Value * 100, 0.5);
        Assert.Equal(before, Coder(layer.Model));
        using (var longer = TrainedModel.Resume(_folder["layer"], Zoo.BuiltIn, steps: 2))
        {
            Assert.Equal(2, longer.Train().Count());
        }

        // Trained on, the layer goes on from where it was fitted, and the encoder stays.
        var further = TrainedModel.Open(_folder["layer"], Zoo.BuiltIn);
        Assert.Equal(before, Coder(further.Model));
        Assert.InRange((Weight(further) - Weight(layer)).abs().max().ToDouble(), 1e-6, 0.03);

        // It is a run like others: it can be trained on, from what it was tuned to.
        using var resumed = TrainedModel.Resume(_folder["tuned"], Zoo.BuiltIn);
        Assert.Equal((0L, after[0]), (resumed.Step, resumed.Model.Parameters().First().Value.ToArray<float>()[0]));
    }

    private static float[] Coder(Module model) => [.. model.Parameters().Where(p => p.Name.StartsWith("coder.", StringComparison.Ordinal)).SelectMany(p => p.Value.ToArray<float>())];

    private static Tensor Weight(TrainedModel probe) => probe.Model.Parameters().Single(p => p.Name == "layer.weight").Value.detach();

    private float[] Values(string run) => [.. TrainedModel.Open(_folder[run], Zoo.BuiltIn).Model.Parameters().SelectMany(p => p.Value.ToArray<float>())];
}

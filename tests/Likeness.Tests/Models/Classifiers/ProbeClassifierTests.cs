using System.Text.Json.Nodes;

namespace Likeness.Tests.Models;

/// <summary>A linear layer that reads classes off codes which were learned without them.</summary>
public sealed class ProbeClassifierTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_layer_learns_and_the_encoder_of_a_run_stays()
    {
        var data = DatasetCatalog.Open("shapes-grey", new(Protocol: "threshold", Size: 8));
        var network = new JsonObject { ["latent"] = 8, ["network"] = new JsonObject { ["kind"] = "mlp", ["hidden"] = new JsonArray(32) } };
        using (var run = Run.Create(_folder["codes"], Zoo.BuiltIn.Find("autoencoder"), data, new RunPlan(1) { Options = network, Training = new(200, 50), Threads = 1 }))
        {
            Assert.NotEmpty(run.Train().ToList());
        }

        var coder = new JsonObject { ["kind"] = "run", ["path"] = _folder["codes"] };
        using (var run = Run.Create(_folder["probe"], Zoo.BuiltIn.Find("probe-classifier"), data, new RunPlan(1) { Options = new() { ["coder"] = coder }, Training = new(300, 50), Threads = 1 }))
        {
            Assert.NotEmpty(run.Train().ToList());
        }

        var (before, probe) = (TrainedModel.Open(_folder["codes"], Zoo.BuiltIn).Model, TrainedModel.Open(_folder["probe"], Zoo.BuiltIn).Model);
        var after = probe.Parameters().ToDictionary(p => p.Name, p => p.Value.ToArray<float>());
        Assert.All(before.Parameters(), p => Assert.Equal(p.Value.ToArray<float>(), after[$"coder.{p.Name}"]));
        Assert.Contains("layer.weight", after.Keys);

        // Descent comes to where the exact fit is, but for that one's slight penalty. Guessing has a sixth right of six classes; 8 pixels by 8 bits tell little more.
        var error = new ClassificationError().Measure(probe, data, new(), new Rng(0)).Single(s => s.Name == "classification-error").Score.Value;
        var fitted = LinearProbe.Accuracy(
            Codes.Of(data, new(Split.Train), torch.CPU, ((IEncoder)before).Encode), Codes.Of(data, new(), torch.CPU, ((IEncoder)before).Encode), data.Spec.Classes).Value;
        Assert.InRange(fitted, 20, 100);
        Assert.InRange(100 * (1 - error), fitted - 8, fitted + 8);
    }

    [Fact]
    public void A_run_without_codes_is_refused()
    {
        var data = DatasetCatalog.Open("shapes-grey", new(Protocol: "threshold", Size: 8));
        using (Run.Create(_folder["nade"], Zoo.BuiltIn.Find("nade"), data, new RunPlan(1) { Training = new(1, 50) }))
        {
        }

        var coder = new JsonObject { ["kind"] = "run", ["path"] = _folder["nade"] };
        Assert.Contains("nade cannot encode", Assert.Throws<UsageException>(() =>
            Run.Create(_folder["probe"], Zoo.BuiltIn.Find("probe-classifier"), data, new RunPlan(1) { Options = new() { ["coder"] = coder } })).Message, StringComparison.Ordinal);
    }
}

using System.Text.Json.Nodes;

namespace Likeness.Tests.Models;

/// <summary>A diffusion that reads: what it is told of texts before and after another network has learned to read.</summary>
public sealed class TextDiffusionTests
{
    private static readonly string[] s_texts = ["a small red circle on a dark background", "a large blue square on a light background", "a large red circle on a dark background"];

    /// <summary>Weights that make all texts' codes nearly equal would leave the denoiser without a text for most of a training.</summary>
    [Fact]
    public void Codes_of_different_texts_differ_before_training()
    {
        using var scope = torch.NewDisposeScope();
        for (ulong seed = 1; seed <= 5; seed++)
        {
            var codes = new TextDiffusion(new([3, 16, 16], new Domain.Byte()), new(), new Rng(seed)).EncodeText(s_texts);
            var apart = codes.var([0], false).mean().sqrt().ToDouble();
            var size = codes.square().mean().sqrt().ToDouble();
            // Where PyTorch's start has a hundredth.
            Assert.InRange(apart / size, 0.05, 1);
        }
    }

    [Fact]
    public void It_goes_on_with_a_text_encoder_of_another_run_which_need_not_stay()
    {
        using var folder = new TemporaryFolder();
        TorchRuntime.Threads = 1;
        var data = DatasetCatalog.Open("shapes", new() { Size = 16 });
        JsonObject network() => new() { ["byWord"] = true, ["length"] = 40, ["code"] = 6, ["channels"] = new JsonArray(8) };
        using (var reader = Run.Create(folder["reader"], TextEncoder.Recipe, data, new() { Options = new() { ["network"] = network(), ["width"] = 4 }, Training = new(2, 8), Threads = 1, Seed = 5 }))
        {
            Assert.Equal(2, reader.Train().Count());
        }

        var options = new JsonObject
        {
            ["reader"] = folder["reader"], ["text"] = network(), ["network"] = new JsonObject { ["baseWidth"] = 8 },
            ["optimizer"] = new JsonObject { ["kind"] = "adam", ["learningRate"] = 1e-9 },
        };
        using (var run = Run.Create(folder["run"], TextDiffusion.Recipe, data, new() { Options = options, Training = new(1, 8), Threads = 1 }))
        {
            Assert.Single(run.Train());
        }

        // One step of at most 1e-9 in every weight.
        var expected = Codes("reader", TextEncoder.Recipe);
        Assert.All(expected.Zip(Codes("run", TextDiffusion.Recipe)), p => Assert.Equal(p.First, p.Second, 1e-5f));

        foreach (var (option, value, said) in new (string, JsonNode, string)[]
        {
            ("length", 41, "reads 40 characters, but 41 are asked for here: choose text.length=40"),
            ("byWord", false, "reads word by word, but characters in a row are asked for here: choose text.byWord=true"),
        })
        {
            options["text"]![option] = value;
            using var run = Run.Create(folder["other"], TextDiffusion.Recipe, data, new() { Options = options, Training = new(1, 8), Threads = 1, Overwrite = true });
            Assert.Contains(said, Assert.Throws<UsageException>(() => run.Train().Count()).Message, StringComparison.Ordinal);
        }

        Directory.Delete(folder["reader"], recursive: true);
        using var resumed = Run.Resume(RunFolder.Open(folder["run"]), TextDiffusion.Recipe, data, steps: 2);
        Assert.Equal(2, resumed.Train().Single().Step);

        float[] Codes(string run, IRecipe recipe)
        {
            using var scope = torch.NewDisposeScope();
            return ((ITextEncoder)Run.LoadModel(RunFolder.Open(folder[run]), recipe, out _)).EncodeText(s_texts).ToArray<float>();
        }
    }

    /// <summary>The other run's weights have seen data of their own.</summary>
    [Fact]
    public void With_another_runs_network_nothing_private_is_promised()
    {
        using var scope = torch.NewDisposeScope();
        var options = TextDiffusion.Recipe.Smallest with { Reader = "reader" };
        var model = new TextDiffusion(new([3, 16, 16], new Domain.Byte()), options, new Rng(1));
        Assert.IsNotAssignableFrom<IExampleLosses<CaptionedBatch>>(TextDiffusion.Recipe.Objective(model, options, new Rng(2)));
    }
}

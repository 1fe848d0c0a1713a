using System.Text.Json.Nodes;

namespace Likeness.Tests.Models;

/// <summary>The mechanism of Reed et al. 2016, on images of one colour of four with a caption that names it.</summary>
public sealed class TextToImageTests(TextToImageTests.Painter painter) : IClassFixture<TextToImageTests.Painter>
{
    private static readonly DataSpec s_spec = new([3, 8, 8], new Domain.Byte());

    private static readonly (string Name, double R, double G, double B)[] s_colours =
        [("red", 220, 30, 30), ("green", 30, 200, 50), ("blue", 40, 40, 220), ("yellow", 230, 220, 40)];

    /// <summary>One training for all tests: some ten seconds.</summary>
    public sealed class Painter
    {
        public Painter()
        {
            TorchRuntime.Threads = 1;
            using var scope = torch.NewDisposeScope();
            var options = new TextToImageOptions
            {
                Latent = 4, Width = 16, Compressed = 16, Text = new TextSource.Trained(150),
                Encoder = new() { Network = new(Length: 24, Code: 16) { Channels = [24] }, Width = 8, Optimizer = new Adam(3e-3) },
                Generator = new Adam(1e-3, Beta1: 0.5), Critic = new Adam(1e-3, Beta1: 0.5),
            };
            Data = Colours(512);
            Model = new TextToImage(s_spec, options, new Rng(1));
            Objective = (TextToImage.Matching)TextToImage.Recipe.Objective(Model, options, new Rng(2));
            using var training = new Trainer<CaptionedBatch>(Objective, Data.As<CaptionedBatch>().Open(Split.Train, 32, 3), new Rng(4), new(650, 32));
            Reports = [.. training.Run()];
        }

        internal MemoryDataset Data { get; }

        internal TextToImage Model { get; }

        internal TextToImage.Matching Objective { get; }

        internal StepReport[] Reports { get; }
    }

    [Fact]
    public void The_networks_that_read_learn_first_and_then_the_two_players()
    {
        Assert.All(painter.Reports[..150], r => Assert.Equal(["image", "text"], r.Terms.Select(t => t.Term)));
        Assert.All(painter.Reports[150..], r => Assert.Equal(["right", "wrong", "fake", "adversarial", "interpolated"], r.Terms.Select(t => t.Term)));
    }

    [Fact]
    public void The_critic_tells_right_from_wrong_captions_of_real_images()
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        var test = painter.Data.As<CaptionedBatch>().Read(Split.Test, 128).First();
        var wrong = TextToImage.Matching.Others(test.Captions, new Rng(5)).ToArray<long>();
        var right = painter.Objective.Judge(test.X, test.Captions).ToArray<float>();
        var mistaken = painter.Objective.Judge(test.X, [.. wrong.Select(j => test.Captions[(int)j])]).ToArray<float>();
        // Four colours that do not overlap: a critic that reads separates them all; one that does not is at a half.
        Assert.InRange(right.Zip(mistaken).Average(p => p.First > p.Second ? 1 : 0), 0.97, 1);
    }

    [Fact]
    public void A_text_has_images_of_what_it_says()
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        foreach (var colour in s_colours)
        {
            var mean = Means(painter.Model.Sample(new([$"a {colour.Name} thing"]), 32, new Rng(6)))[0];
            var nearest = s_colours.MinBy(c => Distance(mean, c));
            Assert.Equal(colour.Name, nearest.Name);
            // The colours are at least 170 apart.
            Assert.InRange(Distance(mean, colour), 0, 60);
        }
    }

    [Fact]
    public void Texts_between_two_have_images_between_theirs()
    {
        using var scope = torch.NewDisposeScope();
        const int rows = 16, steps = 5;
        var x = TextPictures.Interpolate(painter.Model, "a red thing", "a blue thing", rows, steps, new Rng(7));
        Assert.Equal([rows * steps, 3, 8, 8], x.shape);
        var means = Means(x.reshape(rows, steps, 3, 8, 8).transpose(0, 1).reshape(steps * rows, 3, 8, 8), steps);
        // From red to blue the first channel falls and the last one rises; ends are as far apart as their colours, to the tolerance above.
        Assert.True(means[0].R - means[^1].R > 100 && means[^1].B - means[0].B > 100, string.Join("; ", means));
        Assert.All(means.Zip(means.Skip(1)), p => Assert.True(p.Second.R < p.First.R + 20 && p.Second.B > p.First.B - 20, string.Join("; ", means)));
        Assert.Contains(means[1..^1], m => m.R < means[0].R - 25 && m.R > means[^1].R + 25);
    }

    [Fact]
    public void The_right_caption_is_found_for_real_and_for_generated_images()
    {
        using var scope = torch.NewDisposeScope();
        var scores = new CaptionRetrieval().Measure(painter.Model, painter.Data, new(), new Rng(8)).ToDictionary(s => s.Name, s => s.Score.Value);
        Assert.Equal(["retrieval-rank", "retrieval-first", "retrieval-generated-rank", "retrieval-generated-first"], scores.Keys);
        Assert.InRange(scores["retrieval-rank"], 0, 3);
        Assert.InRange(scores["retrieval-generated-rank"], 0, 10); // chance is 50
    }

    [Fact]
    public void Attributes_are_read_off_generated_images()
    {
        using var scope = torch.NewDisposeScope();
        // A quarter of chance's 25 %: generated images are judged by a reader that saw real ones only.
        var scores = new AttributeAccuracy().Measure(painter.Model, painter.Data, new(Samples: 150), new Rng(9)).ToDictionary(s => s.Name, s => s.Score.Value);
        Assert.Equal(["attributes-colour", "attributes-all", "attributes-colour-real", "attributes-all-real"], scores.Keys);
        Assert.InRange(scores["attributes-colour-real"], 99, 100);
        Assert.InRange(scores["attributes-colour"], 90, 100);
    }

    [Fact]
    public void Wrong_captions_are_never_the_same_as_the_right_one()
    {
        using var scope = torch.NewDisposeScope();
        string[] captions = ["a", "b", "a", "a", "b", "c"];
        for (ulong seed = 0; seed < 20; seed++)
        {
            var others = TextToImage.Matching.Others(captions, new Rng(seed)).ToArray<long>();
            Assert.All(others.Zip(captions), p => Assert.NotEqual(p.Second, captions[p.First]));
        }
    }

    [Fact]
    public void A_text_encoder_of_another_run_is_copied_and_need_not_stay()
    {
        using var folder = new TemporaryFolder();
        TorchRuntime.Threads = 1;
        var data = Colours(64);
        var options = new JsonObject { ["network"] = new JsonObject { ["length"] = 16, ["code"] = 6, ["channels"] = new JsonArray(8) }, ["width"] = 4 };
        using (var reader = Run.Create(folder["reader"], TextEncoder.Recipe, data, new() { Options = options, Training = new(2, 8), Threads = 1, Seed = 5 }))
        {
            foreach (var _ in reader.Train())
            {
            }
        }

        var expected = Codes(folder["reader"], TextEncoder.Recipe);
        var made = new JsonObject
        {
            ["width"] = 4, ["encoder"] = options.DeepClone(), ["text"] = new JsonObject { ["kind"] = "run", ["path"] = folder["reader"] },
        };
        using (var run = Run.Create(folder["run"], TextToImage.Recipe, data, new() { Options = made, Training = new(1, 8), Threads = 1 }))
        {
            foreach (var _ in run.Train())
            {
            }
        }

        made["encoder"]!["network"]!["length"] = 20;
        using (var run = Run.Create(folder["other"], TextToImage.Recipe, data, new() { Options = made, Training = new(1, 8), Threads = 1 }))
        {
            var e = Assert.Throws<UsageException>(() => run.Train().Count());
            Assert.Contains("reads 16 characters, but 20 are asked for here: choose encoder.network.length=16", e.Message, StringComparison.Ordinal);
        }

        Directory.Delete(folder["reader"], recursive: true);
        Assert.Equal(expected, Codes(folder["run"], TextToImage.Recipe));
        using var resumed = Run.Resume(RunFolder.Open(folder["run"]), TextToImage.Recipe, data, steps: 2);
        Assert.Equal(2, resumed.Train().Single().Step);
        Assert.Equal(expected, Codes(folder["run"], TextToImage.Recipe));

        static float[] Codes(string path, IRecipe recipe)
        {
            using var scope = torch.NewDisposeScope();
            return ((ITextEncoder)Run.LoadModel(RunFolder.Open(path), recipe, out _)).EncodeText(["a red thing", "a blue thing"]).ToArray<float>();
        }
    }

    [Fact]
    public void A_penalty_holds_the_critic_at_real_images_with_their_own_texts()
    {
        using var scope = torch.NewDisposeScope();
        double Penalty(double gamma)
        {
            var options = TextToImage.Recipe.Smallest with { Text = new TextSource.Trained(0), Penalty = new CriticPenalty.R1(gamma) };
            var objective = TextToImage.Recipe.Objective(new TextToImage(s_spec, options, new Rng(1)), options, new Rng(2));
            using var training = new Trainer<CaptionedBatch>(objective, painter.Data.As<CaptionedBatch>().Open(Split.Train, 16, 3), new Rng(4), new(1, 16));
            return training.Run().Single().Terms.Single(t => t.Term == "penalty").Value;
        }

        var one = Penalty(1);
        Assert.True(one > 0);
        Assert.Equal(4 * one, Penalty(4), 1e-5 * one); // γ/2·E‖∇D‖², and nothing else is drawn
    }

    [Fact]
    public void Texts_and_examples_must_be_as_many_and_sizes_must_halve()
    {
        var e = Assert.Throws<UsageException>(() => new TextCondition(["a", "b"]).Of(3));
        Assert.Contains("2 texts do not describe 3 examples", e.Message, StringComparison.Ordinal);
        using var scope = torch.NewDisposeScope();
        e = Assert.Throws<UsageException>(() => new TextToImage(new([3, 29, 29], new Domain.Byte()), new(), new Rng(1)));
        Assert.Contains("Size = 32", e.Message, StringComparison.Ordinal);
    }

    // Images of one colour with a little noise, the same for every split.
    private static MemoryDataset Colours(int count)
    {
        var random = new Random(1);
        var values = new float[count * s_spec.Dimensions];
        for (var i = 0; i < values.Length; i++)
        {
            var (_, r, g, b) = s_colours[i / s_spec.Dimensions % s_colours.Length];
            values[i] = (float)Math.Clamp(Math.Round((i % s_spec.Dimensions / 64) switch { 0 => r, 1 => g, _ => b } + (20 * (random.NextDouble() - 0.5))), 0, 255);
        }

        var part = new Part(new SingleExamples(values, s_spec.Dimensions))
        {
            Caption = i => $"a {s_colours[i % s_colours.Length].Name} thing", Attribute = (i, _) => i % s_colours.Length,
        };
        return new(new Splits("colours", "made up", s_spec, part, part, part), attributes: [new("colour", [.. s_colours.Select(c => c.Name)])]);
    }

    // The mean colours of so many groups of images [n, 3, h, w].
    private static (double R, double G, double B)[] Means(Tensor x, int groups = 1) =>
        [.. x.reshape(groups, -1, 3, 64).mean([1, 3]).ToArray<double>().Chunk(3).Select(c => (c[0], c[1], c[2]))];

    private static double Distance((double R, double G, double B) a, (string Name, double R, double G, double B) b) =>
        Math.Sqrt(Math.Pow(a.R - b.R, 2) + Math.Pow(a.G - b.G, 2) + Math.Pow(a.B - b.B, 2));
}

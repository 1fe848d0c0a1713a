namespace Likeness.Tests.Models;

/// <summary>Codes that can be read off images: the bound on their information, categories found without labels, and a code that varies one property.</summary>
public sealed class InfoGanTests
{
    private static readonly DataSpec s_spec = new([1, 8, 8], new Domain.Byte(), Classes: 3);

    private static readonly InfoGanOptions s_options = new()
    {
        Noise = 8, Categories = 3, Continuous = 1, Deviation = 0.7, Width = 16, Hidden = 64, RecogniserHidden = 32,
        Generator = new Adam(2e-3, Beta1: 0.5), Critic = new Adam(1e-3, Beta1: 0.5),
    };

    [Fact]
    public void Without_labels_categories_and_brightness_of_bars_become_codes()
    {
        // Bars at three places, of any brightness from 60 to 250: what a category and a continuous code can say.
        TorchRuntime.Threads = 1;
        using var scope = torch.NewDisposeScope();
        var data = Bars();
        var model = new InfoGan(s_spec, s_options, new Rng(1));
        var before = Measure();
        Assert.InRange(before["information-category"], -0.5, 0.1);

        // Nothing says which factor is to become the category: of four seeds one mixes place and brightness, so the first of three that does not is taken.
        for (var seed = 1ul; seed <= 3; seed++)
        {
            model = new(s_spec, s_options, new Rng(seed));
            InfoGan.Recipe.Train(model, s_options, data, 600, 64);
            if (Error() <= 0.05)
            {
                break;
            }
        }

        var after = Measure();

        // The bound cannot be above H(c) = log 3 = 1.0986, and nearly reaches it.
        Assert.InRange(after["information-category"], 0.95 * Math.Log(3), Math.Log(3));

        // A reader of deviation 0.7 that is exact would get log 2 − log(0.7·√(2π)) = 0.131 nats, one that knows nothing ½·⅓/0.49 = 0.34 less.
        Assert.InRange(after["information-code-1"], 0.08, 0.1312);

        // The category that most examples of a place are in names it.
        Assert.InRange(Error(), 0, 0.05);
        var r = model.Responsibilities(Tensor.From(Values(20), 20, 1, 8, 8)).ToArray<double>();
        Assert.All(r.Chunk(3), p => Assert.Equal(1, p.Sum(), 1e-5));

        // Only the code is changed: the brightness of every image follows it, the same way within a category, and the place stays.
        var z = model.SampleLatent(90, new Rng(5));
        var (category, code) = (model.Factors[0], model.Factors[1]);
        for (var k = 0; k < 3; k++)
        {
            var own = category.Set(z, category.Values(k, 3));
            var (first, last) = (Images(code.Set(own, code.Values(0, 5))), Images(code.Set(own, code.Values(4, 5))));
            var changes = first.Zip(last, (a, b) => Brightness(b) - Brightness(a)).ToArray();

            // The data's whole range is 190.
            Assert.True(Math.Abs(changes.Average()) > 80, $"In category {k} the brightness changes by {changes.Average()} only.");
            Assert.InRange(changes.Count(c => c * Math.Sign(changes.Average()) > 20), 80, 90);
            Assert.InRange(first.Zip(last).Count(p => Place(p.First) == Place(p.Second)), 80, 90);
        }

        double[][] Images(Tensor codes) => [.. model.Decode(codes).ToArray<double>().Chunk(64)];

        double Error() => new ClusterError().Measure(model, data, new MeasureOptions(), new Rng(1)).Single(s => s.Name == "cluster-error-majority").Score.Value;

        Dictionary<string, double> Measure() => new CodeInformation().Measure(model, data, new MeasureOptions(Limit: 500), new Rng(2)).ToDictionary(s => s.Name, s => s.Score.Value);
    }

    [Fact]
    public void A_reader_that_says_the_same_of_every_image_knows_nothing()
    {
        using var scope = torch.NewDisposeScope();
        var model = new InfoGan(s_spec, s_options with { Deviation = 1 }, new Rng(1));
        model.Set("recogniser.3.weight", new double[32 * 4]);
        var scores = new CodeInformation().Measure(model, Bars(), new MeasureOptions(Limit: 2000), new Rng(3));
        Assert.Equal(["information-category", "information-code-1"], scores.Select(s => s.Name));
        Assert.All(scores, s => Assert.Equal(Evidence.LowerBound, s.Score.Evidence));
        Assert.Equal(0, scores[0].Score.Value, 1e-6);

        // log 2 − ½ log 2π − ½ E c², with E c² = 1/3.
        Assert.Equal(Math.Log(2) - (0.5 * Math.Log(2 * Math.PI)) - (1.0 / 6), scores[1].Score.Value, 0.02);
    }

    [Fact]
    public void The_information_is_a_term_of_both_players_with_its_weight()
    {
        using var scope = torch.NewDisposeScope();
        var terms = new List<IReadOnlyList<TermValue>>();
        foreach (var weight in new[] { 1.0, 0.5 })
        {
            var options = s_options with { Information = weight };
            var model = new InfoGan(s_spec, options, new Rng(1));
            using var training = Weights.Training(InfoGan.Recipe.Objective(model, options, new Rng(2)), Bars(), 16);
            terms.Add(training.Run().Single().Terms);
        }

        Assert.Equal(
            ["critic.real", "critic.fake", "critic.category", "critic.continuous", "generator.adversarial", "generator.category", "generator.continuous"],
            terms[0].Select(t => $"{t.Player}.{t.Term}"));
        Assert.Equal(terms[0][2].Value / 2, terms[1][2].Value, 1e-6);
        Assert.Equal(terms[0][3].Value / 2, terms[1][3].Value, 1e-6);
    }

    [Fact]
    public void Codes_without_continuous_parts_are_noise_and_one_hot_categories()
    {
        using var scope = torch.NewDisposeScope();
        var model = new InfoGan(s_spec, s_options with { Continuous = 0 }, new Rng(1));
        var factor = Assert.IsType<CodeFactor.Choice>(Assert.Single(model.Factors));
        Assert.Equal(3, factor.Settings(10));
        var z = model.SampleLatent(40, new Rng(2));
        Assert.Equal([40, 11], z.shape);
        Assert.All(z.ToArray<float>().Chunk(11), code => Assert.Equal([0f, 0, 1], code[8..].Order()));
        var second = factor.Set(z, factor.Values(1, 3)).ToArray<float>().Chunk(11);
        Assert.All(second.Zip(z.ToArray<float>().Chunk(11)), p => Assert.Equal([.. p.Second[..8], 0, 1, 0], p.First));
    }

    private static double Brightness(double[] image) => Enumerable.Range(0, 3).Max(place => Enumerable.Range(0, 64).Where(i => Column(i, place)).Average(i => image[i]));

    private static int Place(double[] image) =>
        Enumerable.Range(0, 3).MaxBy(place => Enumerable.Range(0, 64).Where(i => Column(i, place)).Average(i => image[i]));

    private static bool Column(int pixel, int place) => pixel % 8 / 2 == place;

    private static float[] Values(int count)
    {
        using var scope = torch.NewDisposeScope();
        var (noise, u) = (new Rng(8).Normal(count, 64).ToArray<float>(), new Rng(9).Uniform(count).ToArray<float>());
        return [.. noise.Select((e, i) => (float)Math.Round(Math.Clamp((Column(i % 64, i / 64 % 3) ? 60 + (190 * u[i / 64]) : 20) + (5 * e), 0, 255)))];
    }

    private static MemoryDataset Bars()
    {
        var part = new Part(new SingleExamples(Values(900), 64)) { Label = i => i % 3 };
        return new(new Splits("bars", "made up", s_spec, part, part, part), ["left", "middle", "right"]);
    }
}

namespace Likeness.Tests.Metrics;

/// <summary>Scores of translations, on translators whose scores are known beforehand.</summary>
public sealed class TranslationMetricTests
{
    private static readonly MeasureOptions s_some = new(Limit: 60, BatchSize: 25, Samples: 20);

    [Fact]
    public void Who_changes_nothing_finds_partners_as_often_as_the_images_do_and_who_says_always_the_same_by_chance()
    {
        using var scope = torch.NewDisposeScope();
        var data = DatasetCatalog.Open("shapes::shapes-outline", new(Size: 8));
        var same = Measure(new PartnerRetrieval(), new Translator(data.Spec.Attributes, x => x), data);
        foreach (var domain in data.Spec.Attributes[0].Values)
        {
            Assert.Equal(same[$"partners-{domain}-untranslated"], same[$"partners-{domain}"]);
            Assert.True(same[$"partners-{domain}"] > 90);
        }

        // Each image has another rank: 0, 1, … 59 of 59.
        var one = Measure(new PartnerRetrieval(), new Translator(data.Spec.Attributes, x => x.full_like(100)), data);
        Assert.Equal(50, one["partners-shapes"], 1e-9);
        Assert.Equal(100.0 / 60, one["partners-shapes-first"], 1e-9);
    }

    [Fact]
    public void Partners_are_compared_by_the_features_that_are_named()
    {
        using var scope = torch.NewDisposeScope();
        var data = DatasetCatalog.Open("shapes::shapes-outline", new(Size: 8));
        var options = s_some with { Features = x => torch.zeros([x.size(0), 3]), FeaturesBy = "nothing" };
        var scores = new PartnerRetrieval().Measure(new Translator(data.Spec.Attributes, x => x), data, options, new Rng(1));
        // Ties count half.
        Assert.All(scores.Where(s => !s.Name.EndsWith("first", StringComparison.Ordinal)), s => Assert.Equal(50, s.Score.Value, 1e-9));
        Assert.All(scores, s => Assert.Equal("nothing", s.JudgedBy));
    }

    [Fact]
    public void Who_changes_nothing_keeps_as_much_as_is_read_off_the_images()
    {
        using var scope = torch.NewDisposeScope();
        var data = DatasetCatalog.Open("shapes", new(Size: 8));
        var groups = data.Spec.Attributes.Where(a => a.Name is "colour" or "background").ToArray();
        var scores = Measure(new TranslationAccuracy(), new Translator(groups, x => x), data);
        string[] names = ["shape", "colour", "size", "background"];
        foreach (var group in groups)
        {
            var others = names.Where(n => n != group.Name).Average(n => scores[$"translation-{n}-real"]);
            Assert.Equal(others, scores[$"translation-{group.Name}-kept"], 1e-9);
            // What is read rightly off an image that has not changed is not what it was to become.
            Assert.True(scores[$"translation-{group.Name}"] <= 100 - scores[$"translation-{group.Name}-real"] + 1e-9);
        }

        var unknown = new Translator([new DataAttribute("mood", ["glad", "sad"])], x => x);
        Assert.False(new TranslationAccuracy().Applies(unknown, data));
    }

    private static Dictionary<string, double> Measure(Metric metric, Translator model, IDataset data)
    {
        Assert.True(metric.Applies(model, data));
        return metric.Measure(model, data, s_some, new Rng(1)).ToDictionary(s => s.Name, s => s.Score.Value);
    }

    private sealed class Translator(IReadOnlyList<DataAttribute> domains, Func<Tensor, Tensor> translate) : Module, ITranslator
    {
        public IReadOnlyList<DataAttribute> Domains => domains;

        public Tensor Translate(Tensor x, Tensor target) => translate(x);
    }
}

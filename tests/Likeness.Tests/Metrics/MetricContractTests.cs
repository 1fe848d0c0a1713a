namespace Likeness.Tests.Metrics;

/// <summary>What every metric of the lists keeps.</summary>
public sealed class MetricContractTests
{
    private const int Count = 60;

    public static TheoryData<string> OfSamples => [.. SampleMetricCatalog.BuiltIn.Where(m => !m.OnRequest).Select(m => m.Name)];

    [Fact]
    public void Names_are_unique_and_summaries_are_phrases()
    {
        var all = MetricCatalog.BuiltIn.Select(m => (m.Name, m.Summary)).Concat(SampleMetricCatalog.BuiltIn.Select(m => (m.Name, m.Summary))).ToList();
        Assert.Equal(all.Count, all.Select(m => m.Name).Distinct().Count());
        Assert.All(all, m => Assert.True(m.Summary.Length > 0 && !m.Summary.EndsWith('.'), $"{m.Name}: {m.Summary}"));
    }

    [Theory]
    [MemberData(nameof(OfSamples))]
    public void A_metric_of_samples_says_what_it_lacks_or_repeats_with_its_seed(string name)
    {
        var metric = SampleMetricCatalog.BuiltIn.Single(m => m.Name == name);
        if (metric.Missing(Points()) is { } missing)
        {
            // The end of a sentence: what is missing, and what to do.
            Assert.Contains(": ", missing, StringComparison.Ordinal);
            Assert.False(missing.EndsWith('.'), missing);
            return;
        }

        var scores = metric.Measure(Points(), new Rng(3));
        Assert.NotEmpty(scores);
        Assert.All(scores, s => Assert.True(double.IsFinite(s.Score.Value), $"{s.Name} is {s.Score.Value}."));
        Assert.Equal(scores.Select(s => (s.Name, s.Score.Value)), metric.Measure(Points(), new Rng(3)).Select(s => (s.Name, s.Score.Value)));
    }

    private static Comparison Points()
    {
        var rng = new Rng(1);
        var spec = new DataSpec([2], new Domain.Real());
        return new(spec, Draw(), Draw(), FeatureNetwork.Values(spec)) { Training = Draw(), Validation = Draw() };

        ExampleSet Draw() => new(rng.Normal(Count, 2).ToArray<float>(), Count);
    }
}

namespace Likeness;

/// <summary>How often a classifier that learned from real data reads the class off a generated example that it was drawn for; beside it, off real examples.</summary>
public sealed class ClassAgreement() : SampleMetric("class-agreement",
    "how often a classifier assigns a generated example the class it was generated for, compared with the classifier's accuracy on real examples")
{
    public override string? Missing(Comparison samples) =>
        samples.Generated.Labels is null ? "it needs generated examples of known classes: take a model that samples a class, or a folder with a folder for each class"
        : samples.Real.Labels is null || !samples.Network.KnowsClasses ? "it needs labelled data and a classifier that learned from it: judge by a run of such a one"
        : null;

    protected override IReadOnlyList<NamedScore> Compute(Comparison samples, Rng rng)
    {
        return [Of(Name, samples.Generated), Of($"{Name}-of-real", samples.Real)];

        NamedScore Of(string name, ExampleSet examples) =>
            Bootstrap.Mean(name, [.. samples.Classes(examples).Zip(examples.Labels!, (found, label) => found == label ? 100.0 : 0)], "%", rng);
    }
}

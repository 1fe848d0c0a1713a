namespace Likeness.Laws;

/// <summary>What every model that samples keeps.</summary>
public sealed class SampleLaws
{
    public static TheoryData<string, string> Generative => Cases.Of<IGenerative>();

    [Theory]
    [MemberData(nameof(Generative))]
    public void Samples_have_the_shape_and_the_domain_of_the_data(string recipe, string data)
    {
        using var scope = torch.NewDisposeScope();
        using var subject = Subject.Trained(recipe, data, 5);
        foreach (var count in new[] { 1, 9 })
        {
            var x = ((IGenerative)subject.Model).Sample(count, new Rng(3));
            Assert.Equal(subject.Spec.BatchShape(count), x.shape);
            Assert.Equal(ScalarType.Float32, x.dtype);
            Assert.All(x.ToArray<float>(), v => Assert.True(Belongs(v, subject.Spec.Domain), $"{v} is no {subject.Spec.Domain} value."));
        }
    }

    [Theory]
    [MemberData(nameof(Generative))]
    public void The_same_seed_gives_the_same_samples_and_another_seed_others(string recipe, string data)
    {
        using var scope = torch.NewDisposeScope();
        using var subject = Subject.Trained(recipe, data, 5);
        float[] Draw(ulong seed) => ((IGenerative)subject.Model).Sample(64, new Rng(seed)).ToArray<float>();
        Assert.Equal(Draw(3), Draw(3));
        Assert.NotEqual(Draw(3), Draw(4));
    }

    private static bool Belongs(float v, Domain domain) => domain switch
    {
        Domain.Binary => v is 0 or 1,
        Domain.Byte => v is >= 0 and <= 255 && v == MathF.Round(v),
        Domain.Categorical c => v >= 0 && v < c.Levels && v == MathF.Round(v),
        _ => float.IsFinite(v),
    };
}

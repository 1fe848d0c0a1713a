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
            Assert.All(x.ToArray<float>().Index(), p => Assert.True(Belongs(p.Item, DomainOf(subject.Spec, p.Index)), $"{p.Item} is no {subject.Spec.Domain} value."));
        }
    }

    [Theory]
    [MemberData(nameof(Generative))]
    public void The_same_seed_gives_the_same_samples_and_another_seed_or_a_second_draw_others(string recipe, string data)
    {
        using var scope = torch.NewDisposeScope();
        using var subject = Subject.Trained(recipe, data, 5);
        float[] Draw(Rng rng) => ((IGenerative)subject.Model).Sample(24, rng).ToArray<float>();
        var source = new Rng(3);
        var first = Draw(source);
        Assert.Equal(first, Draw(new Rng(3)));
        Assert.NotEqual(first, Draw(source));
        Assert.NotEqual(first, Draw(new Rng(4)));
    }

    [Theory]
    [MemberData(nameof(Generative))]
    public void An_example_does_not_depend_on_how_many_are_drawn(string recipe, string data)
    {
        using var scope = torch.NewDisposeScope();
        using var subject = Subject.Trained(recipe, data, 5);
        var size = subject.Spec.Dimensions;
        float[] Draw(int count) => ((IGenerative)subject.Model).Sample(count, new Rng(7)).ToArray<float>();
        var many = Draw(33);

        foreach (var count in new[] { 1, 2, 16 })
        {
            // Products of matrices are summed in another order for other numbers of rows: real values differ by rounding, which a sampler of many steps
            // makes larger, and a byte may fall on the other side of a bound.
            var allowed = subject.Spec.Domain is Domain.Real or Domain.Byte or Domain.Mixed ? 0.01 : 0;
            var few = Draw(count);
            var scale = many.Max(Math.Abs) + 1e-3;
            var others = few.Where((v, i) => Math.Abs(v - many[i]) > 1e-3 * scale).Count();
            Assert.True(others <= allowed * few.Length, $"{others} of {few.Length} values of {count} examples ({size} values each) are others than among 33.");
        }
    }

    public static TheoryData<string, string> Noiseless => Cases.Of<INoiselessSampler>();

    [Theory]
    [MemberData(nameof(Noiseless))]
    public void Means_are_those_of_the_samples_of_the_same_seed(string recipe, string data)
    {
        using var scope = torch.NewDisposeScope();
        using var subject = Subject.Trained(recipe, data, 20);
        const int count = 2000;
        var means = ((INoiselessSampler)subject.Model).SampleMeans(count, new Rng(3));
        var drawn = ((IGenerative)subject.Model).Sample(count, new Rng(3));
        Assert.Equal(subject.Spec.BatchShape(count), means.shape);
        if (subject.Spec.Domain is Domain.Categorical)
        {
            return; // their means are the most likely values
        }

        // Beside its own mean a draw's errors cancel; beside that of another code they would not, and the sum over examples of one value be off.
        var errors = subject.Spec.Flat(drawn - means).to(ScalarType.Float64);
        Assert.True(errors.abs().mean().ToDouble() <= (drawn - means.roll([1], [0])).abs().mean().ToDouble(), "Means of other examples are nearer to the samples.");
        if (subject.Spec.Domain is Domain.Byte)
        {
            return; // the middle of a density that is cut off at 0 and 255 is not quite its mean
        }

        var deviations = errors.mean([0]) / (errors.std([0]) / Math.Sqrt(count) + 1e-9);
        Assert.InRange(deviations.abs().max().ToDouble(), 0, 6);
    }

    // Of columns of several kinds each has its own.
    private static Domain DomainOf(DataSpec spec, int place) => spec.Domain is not Domain.Mixed mixed ? spec.Domain
        : mixed.Levels[place % mixed.Levels.Count] is > 0 and var levels ? new Domain.Categorical(levels) : new Domain.Real();

    private static bool Belongs(float v, Domain domain) => domain switch
    {
        Domain.Binary => v is 0 or 1,
        Domain.Byte => v is >= 0 and <= 255 && v == MathF.Round(v),
        Domain.Categorical c => v >= 0 && v < c.Levels && v == MathF.Round(v),
        _ => float.IsFinite(v),
    };
}

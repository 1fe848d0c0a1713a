namespace Likeness.Tests.Models;

/// <summary>A gated PixelCNN that is told the class is a joint density of images and classes.</summary>
public sealed class ClassPixelCnnTests
{
    private static readonly DataSpec s_spec = new([1, 2, 3], new Domain.Binary(), Classes: 3);

    [Fact]
    public void Probabilities_given_a_class_add_up_to_one_and_Bayes_rule_holds()
    {
        using var scope = torch.NewDisposeScope();
        var model = Make();
        var x = All();
        var joint = new double[3][];
        for (var y = 0; y < 3; y++)
        {
            var given = model.LogProb(x, One(y)).ToArray<double>();
            Assert.Equal(1, given.Sum(Math.Exp), 1e-9);
            var prior = model.LogPrior(Tensor.From<long>([y], 1)).ToDouble();
            joint[y] = [.. given.Select(l => Math.Exp(l + prior))];
        }

        var (density, classes) = (model.LogProb(x).ToArray<double>(), model.ClassLogProbs(x).ToArray<double>());
        for (var n = 0; n < 64; n++)
        {
            var sum = joint.Sum(j => j[n]);
            Assert.Equal(sum, Math.Exp(density[n]), 1e-12);
            for (var y = 0; y < 3; y++)
            {
                Assert.Equal(joint[y][n] / sum, Math.Exp(classes[(n * 3) + y]), 1e-9);
            }
        }

        Assert.NotEqual(joint[0][5] / joint[0][9], joint[1][5] / joint[1][9], 1e-3);
    }

    [Fact]
    public void Samples_of_a_class_are_as_frequent_as_they_are_likely()
    {
        using var scope = torch.NewDisposeScope();
        const int many = 20_000;
        var model = Make();
        var p = model.LogProb(All(), One(2)).ToArray<double>().Select(Math.Exp).ToArray();
        model.to(ScalarType.Float32);
        var drawn = model.Sample(One(2), many, new Rng(3)).ToArray<float>();
        var counts = new double[64];
        for (var n = 0; n < many; n++)
        {
            counts[Enumerable.Range(0, 6).Sum(i => (int)drawn[(n * 6) + i] << i)]++;
        }

        // 4.5 standard deviations and the last count's rounding.
        Assert.All(Enumerable.Range(0, 64), k => Assert.Equal(p[k], counts[k] / many, (4.5 * Math.Sqrt(p[k] * (1 - p[k]) / many)) + (1.0 / many)));
    }

    [Fact]
    public void Sampling_step_by_step_knows_each_images_class()
    {
        using var scope = torch.NewDisposeScope();
        var model = Make();
        model.to(ScalarType.Float32);
        var labels = Tensor.From<long>([0, 1, 2, 1], 4);
        var x = model.Sample(new ClassCondition(labels), 4, new Rng(3));
        Assert.Equal(s_spec.BatchShape(4), x.shape);
        var e = Assert.Throws<UsageException>(() => model.Sample(new ClassCondition(labels), 5, new Rng(3)));
        Assert.Contains("one for each", e.Message, StringComparison.Ordinal);
        e = Assert.Throws<UsageException>(() => new ClassPixelCnn(s_spec with { Classes = 0 }, ClassPixelCnn.Recipe.Smallest, new Rng(1)));
        Assert.Contains("at least 2", e.Message, StringComparison.Ordinal);
    }

    private static ClassPixelCnn Make()
    {
        TorchRuntime.Threads = 1;
        var model = new ClassPixelCnn(s_spec, ClassPixelCnn.Recipe.Smallest, new Rng(1));
        model.Scatter(0.4, 7);
        model.to(ScalarType.Float64);
        return model;
    }

    private static ClassCondition One(long y) => new(Tensor.From<long>([y], 1));

    private static Tensor All() =>
        Tensor.From([.. Enumerable.Range(0, 64 * 6).Select(i => (double)(i / 6 >> (i % 6) & 1))], s_spec.BatchShape(64));
}

namespace Likeness.Tests.Models;

/// <summary>A generator that is told the class draws what it is told.</summary>
public sealed class ClassDcganTests
{
    private static readonly DataSpec s_spec = new([1, 8, 8], new Domain.Byte(), Classes: 2);

    [Fact]
    public void Drawn_images_are_of_the_class_that_is_asked_for()
    {
        TorchRuntime.Threads = 1;
        using var scope = torch.NewDisposeScope();
        var options = new DcganOptions { Latent = 4, Width = 16, Generator = new Adam(2e-3, Beta1: 0.5), Critic = new Adam(1e-3, Beta1: 0.5) };
        var model = new ClassDcgan(s_spec, options, new Rng(1));
        var data = Halves();
        using (var training = new Trainer<LabelledBatch>(
            ClassDcgan.Recipe.Objective(model, options, new Rng(2)), data.As<LabelledBatch>().Open(Split.Train, 32, 1), new Rng(3), new(300, 32)))
        {
            Assert.Equal(["real", "fake", "adversarial"], training.Run().Last().Terms.Select(t => t.Term));
        }

        // Class 0 is bright on the left, class 1 on the right.
        foreach (var (label, sign) in new[] { (0L, 1), (1L, -1) })
        {
            var x = model.Sample(new ClassCondition(Tensor.From([label], 1)), 100, new Rng(4));
            Assert.Equal([100, 1, 8, 8], x.shape);
            Assert.InRange(Sides(x).Count(side => side * sign > 40), 95, 100);
        }

        // One label for each example; and without any, as often as in the data: three in four of class 0.
        var mixed = Sides(model.Sample(new ClassCondition(Tensor.From<long>([0, 1, 1, 0], 4)), 4, new Rng(5)));
        Assert.Equal([1, -1, -1, 1], mixed.Select(Math.Sign));
        Assert.InRange(Sides(model.Sample(400, new Rng(6))).Count(side => side > 0), 260, 340);
    }

    [Fact]
    public void Data_without_classes_is_refused() =>
        Assert.Throws<UsageException>(() => new ClassDcgan(s_spec with { Classes = 0 }, new(), new Rng(1)));

    // Left brightness less right brightness, a mean.
    private static double[] Sides(Tensor x) => [.. x.ToArray<double>().Chunk(64).Select(image => Enumerable.Range(0, 64).Sum(i => i % 8 < 4 ? image[i] : -image[i]) / 32)];

    private static MemoryDataset Halves()
    {
        using var scope = torch.NewDisposeScope();
        var noise = new Rng(8).Normal(400, 64).ToArray<float>();
        var values = new float[noise.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var bright = i % 8 < 4 == Label(i / 64) is 0;
            values[i] = (float)Math.Round(Math.Clamp((bright ? 180 : 60) + (20 * noise[i]), 0, 255));
        }

        var part = new Part(new SingleExamples(values, 64)) { Label = Label };
        return new(new Splits("halves", "made up", s_spec, part, part, part), ["left", "right"]);

        static int Label(int example) => example % 4 == 3 ? 1 : 0;
    }
}

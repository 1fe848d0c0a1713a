namespace Likeness.Tests.Models;

/// <summary>The network that samples are judged by: it learns, and its features are those that it classifies by.</summary>
public sealed class ClassifierTests
{
    private static readonly ClassifierOptions s_small = new() { Width = 16, Features = 16, Dropout = 0 };

    [Fact]
    public void It_learns_to_tell_shapes_apart()
    {
        using var scope = torch.NewDisposeScope();
        TorchRuntime.Threads = 1;
        var data = DatasetCatalog.Open("shapes-grey", new(Size: 16)).As<LabelledBatch>();
        var model = new Classifier(data.Spec, s_small, new Rng(1));
        Assert.InRange(Error(model, data), 0.6, 1); // Six classes: guessing is wrong five times in six.
        using var training = Classifier.Recipe.CreateTraining(model, Classifier.Recipe.Complete(
            System.Text.Json.Nodes.JsonNode.Parse("""{"width":16,"features":16,"dropout":0}""")!.AsObject()), data, new(Steps: 300, BatchSize: 64), new Rng(2));
        foreach (var _ in training.Run())
        {
        }

        // 5 % with these seeds; six times the standard error of 400 examples above it.
        Assert.InRange(Error(model, data), 0, 0.12);
    }

    [Theory]
    [InlineData(1, 28, 28)]
    [InlineData(3, 64, 64)]
    [InlineData(3, 5, 9)]
    public void Images_of_any_size_have_features_of_the_same_width(int channels, int height, int width)
    {
        using var scope = torch.NewDisposeScope();
        var spec = new DataSpec([channels, height, width], new Domain.Byte(), Classes: 4);
        var model = new Classifier(spec, s_small, new Rng(1));
        Assert.Equal([2, 16], model.Features(new Rng(2).Uniform(spec.BatchShape(2)) * 255).shape);
    }

    [Fact]
    public void Classes_are_read_off_the_features_and_features_off_one_example_alone()
    {
        using var scope = torch.NewDisposeScope();
        var spec = new DataSpec([7], new Domain.Real(), Classes: 3);
        var model = new Classifier(spec, s_small, new Rng(1));
        var x = new Rng(2).Normal(6, 7);
        var parameters = model.Parameters().ToDictionary(p => p.Name, p => p.Value);
        var read = torch.nn.functional.linear(model.Features(x), parameters["head.weight"], parameters["head.bias"]).log_softmax(1);
        Assert.Equal(0, (read - model.ClassLogProbs(x)).abs().max().ToDouble(), 1e-6);
        Assert.Equal(0, (model.Features(x.narrow(0, 3, 1)) - model.Features(x).narrow(0, 3, 1)).abs().max().ToDouble(), 1e-6);
    }

    [Fact]
    public void Data_without_classes_is_refused() =>
        Assert.Contains("0 classes", Assert.Throws<UsageException>(() => new Classifier(new([4], new Domain.Real()), s_small, new Rng(1))).Message, StringComparison.Ordinal);

    private static double Error(Classifier model, IDataset<LabelledBatch> data) =>
        new ClassificationError().Measure(model, data, new(Limit: 400), new Rng(0)).Single().Score.Value;
}

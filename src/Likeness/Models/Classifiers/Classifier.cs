namespace Likeness;

/// <summary>Options of a classifier.</summary>
public sealed record ClassifierOptions
{
    private static readonly int[] s_hidden = [512];

    /// <summary>Channels of the first convolutions, doubled at each halving of an image.</summary>
    [AtLeast(1)]
    public int Width { get; init; } = 32;

    /// <summary>Widths of the layers before the features, for data other than images.</summary>
    [AtLeast(1)]
    public IReadOnlyList<int> Hidden { get; init; } = s_hidden;

    /// <summary>Width of the last hidden layer, whose values are the features for evaluating samples.</summary>
    [AtLeast(1)]
    public int Features { get; init; } = 128;

    /// <summary>Dropout probability of the features in training.</summary>
    [AtLeast(0, Below = 1)]
    public double Dropout { get; init; } = 0.5;

    /// <summary>Optimiser of the network.</summary>
    public OptimizerOptions Optimizer { get; init; } = new Adam(1e-3) { Schedule = new Schedule.Cosine() };
}

/// <summary>
/// A classifier p(y | x) that is small enough to be trained for one data set: pairs of 3×3 convolutions with batch normalisation and ReLU, the second of
/// stride 2, down to a side of at most 7, for images (fully connected layers otherwise), then one hidden layer and the softmax. The hidden layer is what
/// samples are judged by: its units answer to what tells the classes apart and to little else.
/// </summary>
public sealed class Classifier : Model<ClassifierOptions>, IClassifier, IFeatures
{
    private readonly Sequential _trunk;
    private readonly Dropout _dropout;
    private readonly Linear _head;

    public Classifier(DataSpec spec, ClassifierOptions options, Rng rng)
        : base(spec, options)
    {
        DataNeed.CheckClasses(spec, "A classifier");
        _trunk = Add("trunk", spec.IsImage ? Convolutions(spec, options, rng) : Dense(spec, options, rng));
        _dropout = Add("dropout", new Dropout(options.Dropout));
        _head = Add("head", new Linear(options.Features, spec.Classes, rng));
    }

    public static Recipe<ClassifierOptions, Classifier, LabelledBatch> Recipe { get; } = new(
        "classifier",
        "A small classification network; its hidden layer provides the features for evaluating samples.",
        new("lecun1998gradient", "Gradient-Based Learning Applied to Document Recognition", "LeCun, Yann and Bottou, Léon and Bengio, Yoshua and Haffner, Patrick",
            "Proceedings of the IEEE", 1998, "86(11):2278-2324", Publication.Article),
        (model, options, _) => new CrossEntropy(model, options.Optimizer, (x, rng) => model._head.Call(model._dropout.Call(model.Features(x), rng))),
        new(Steps: 2_000, BatchSize: 128),
        DataNeed.Numbers.WithClasses())
    {
        Smallest = new() { Width = 4, Hidden = [8], Features = 8, Optimizer = new Adam(0.01) },
    };

    public Tensor ClassLogProbs(Tensor x) => _head.Call(Features(x)).log_softmax(1);

    public Tensor Features(Tensor x) => _trunk.Call(Spec.Normalise(x));

    private static Sequential Convolutions(DataSpec spec, ClassifierOptions options, Rng rng)
    {
        var (halvings, h, w) = ImagePyramid.Of(spec);
        var layers = new List<torch.nn.Module<Tensor, Tensor>> { new ChannelsLast() };
        var (from, to) = (spec.Channels, options.Width);
        for (var i = 0; i < Math.Max(1, halvings); i++, (from, to) = (to, to * 2))
        {
            Convolve(from, to, 1);
            Convolve(to, to, halvings > 0 ? 2 : 1);
        }

        return new([.. layers, torch.nn.Flatten(), new Linear(from * h * w, options.Features, rng), Activation.Relu()]);

        void Convolve(int inputs, int outputs, int stride) => layers.AddRange(
            [new Conv2d(inputs, outputs, 3, rng, stride, 1, hasBias: false), new BatchNorm(outputs, rng), Activation.Relu()]);
    }

    private static Sequential Dense(DataSpec spec, ClassifierOptions options, Rng rng) =>
        new([torch.nn.Flatten(), .. HiddenLayers.Rectified(spec.Dimensions, [.. options.Hidden, options.Features], rng)]);
}

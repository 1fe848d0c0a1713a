namespace Likeness;

/// <summary>
/// The conditional PixelCNN (van den Oord et al. 2016, section 2.3): a gated PixelCNN whose gates are told the class,
/// <code>tanh(W_f * x + V_f[y]) ⊙ σ(W_g * x + V_g[y])      (equation 4)</code>
/// which gives p(x | y). With the classes' probabilities π it is a joint density p(x, y) = π_y p(x | y), and so also a density of images and,
/// by Bayes' rule, a classifier; these two take one pass per class.
/// </summary>
public sealed class ClassPixelCnn : Model<GatedPixelCnnOptions>, IDensity, IGenerative, IGenerative<ClassCondition>, IConditionalDensity<ClassCondition>, IClassifier
{
    private readonly PixelReader _reader;
    private readonly GatedNetwork _network;
    private readonly Tensor _prior;

    public ClassPixelCnn(DataSpec spec, GatedPixelCnnOptions options, Rng rng)
        : base(spec, options)
    {
        DataNeed.CheckClasses(spec, "A conditional PixelCNN");
        _reader = new PixelReader(spec);
        _network = Add("network", new GatedNetwork(spec, options, _reader.OutputColours, spec.Classes, rng));
        _prior = Parameter("prior", Init.Zeros.Make(rng, spec.Classes));
    }

    public static Recipe<GatedPixelCnnOptions, ClassPixelCnn, LabelledBatch> Recipe { get; } = new(
        "class-pixel-cnn",
        "Exact density of images and their classes: a gated PixelCNN conditioned on the class.",
        PixelPapers.Gated,
        (model, options, _) => new JointLikelihood(model, options.Optimizer),
        new(Steps: 60_000, BatchSize: 16),
        PixelModel.Need.WithClasses())
    {
        Smallest = new() { Hidden = 8, Layers = 3, Head = 12, Optimizer = new Adam(0.01) },
    };

    /// <summary>log Σ_y π_y p(x | y).</summary>
    public Tensor LogProb(Tensor x) => LogJoint(x).logsumexp(1);

    public Tensor LogProb(Tensor x, ClassCondition condition) => _reader.LogProb(x, _network.Call(_reader.Pixels(x), condition.Of(x.shape[0])));

    public Tensor ClassLogProbs(Tensor x) => LogJoint(x).log_softmax(1);

    /// <summary>Of one example's class each, int64 [n]: log π_y.</summary>
    public Tensor LogPrior(Tensor labels) => _prior.log_softmax(0).index_select(0, labels);

    public Tensor Sample(int count, Rng rng)
    {
        rng = rng.PerExample();
        return Sample(new ClassCondition(rng.Choice(_prior.detach().softmax(0), count)), count, rng);
    }

    /// <summary>New images of these classes: one label for all, or one for each.</summary>
    public Tensor Sample(ClassCondition condition, int count, Rng rng) =>
        new Told(this, condition.Of(count)).Draw(count, rng).reshape(Spec.BatchShape(count));

    private Tensor LogJoint(Tensor x) => torch.stack([.. Enumerable.Range(0, Spec.Classes).Select(y => LogProb(x, new ClassCondition(Tensor.From<long>([y], 1).to(x.device))) + _prior.log_softmax(0).select(0, y))], 1);

    // The density of images of known classes, which can be walked.
    private sealed class Told(ClassPixelCnn model, Tensor labels) : IStepwise
    {
        public IReadOnlyList<int> Order => model._reader.Order;

        public Tensor LogProb(Tensor x) => model.LogProb(x, new ClassCondition(labels));

        public IWalk Walk(int count) => model._reader.Walk(model._network.Follow(count, labels), model.ScalarType);
    }

    // Minimises −log p(x, y), the sum of two terms that share no parameter.
    private sealed class JointLikelihood : ExampleObjective<LabelledBatch>
    {
        private readonly ClassPixelCnn _model;

        public JointLikelihood(ClassPixelCnn model, OptimizerOptions optimizer)
            : base(model, new("model", optimizer, model)) => _model = model;

        public override IReadOnlyList<Term> Losses(LabelledBatch batch, Rng examples, Rng round) =>
            [("nll", -_model.LogProb(batch.X, new ClassCondition(batch.Labels))), ("class", -_model.LogPrior(batch.Labels))];
    }
}

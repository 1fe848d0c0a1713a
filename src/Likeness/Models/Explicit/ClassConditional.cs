using System.Numerics;

namespace Likeness;

/// <summary>Options of a class-conditional distribution.</summary>
public sealed record ClassConditionalOptions
{
    /// <summary>Pseudo-count for each class and variable, spread evenly over the variable's values (additive smoothing).</summary>
    [Above(0)]
    public double Prior { get; init; } = 1;
}

/// <summary>
/// Naive Bayes: within a class the variables do not depend on each other. A generative classifier, and a mixture whose
/// components have names.
/// <code>
/// p(x, y) = p(y) Π_i p(x_i | y)                              (1)
/// p(x) = Σ_y p(x, y)                                         (2, sum rule)
/// p(y | x) = p(x | y) p(y) / p(x)                            (3, Bayes' rule)
/// </code>
/// </summary>
public sealed class ClassConditional : Model<ClassConditionalOptions>, IStepwise, IMarginal, ICompleter, IGenerative, IGenerative<ClassCondition>,
    IConditionalDensity<ClassCondition>, IClassifier, IFreeParameters, ICounted<LabelledBatch>
{
    private readonly int _levels;
    private readonly double _prior;
    private readonly Tensor pi, theta;

    public ClassConditional(DataSpec spec, ClassConditionalOptions options, Rng rng)
        : base(spec, options)
    {
        DataNeed.CheckClasses(spec, "A distribution for each class");
        (_levels, _prior) = (Levels.Count(spec), options.Prior);
        Levels.Fit(Parameters(spec), spec, $"A table for each of {spec.Classes} classes", "choose smaller data");
        pi = Parameter("pi", Init.Zeros.Make(rng, spec.Classes - 1));
        theta = Parameter("theta", Init.Zeros.Make(rng, spec.Classes, spec.Dimensions, _levels - 1));
        Order = [.. Enumerable.Range(0, spec.Dimensions)];
    }

    public static Recipe<ClassConditionalOptions, ClassConditional, LabelledBatch> Recipe { get; } = new(
        "class-conditional",
        "Naive Bayes: exact density of labelled discrete data, and a classifier by Bayes' rule.",
        new("maron1961automatic", "Automatic Indexing: An Experimental Inquiry", "Maron, M. E.", "Journal of the ACM", 1961, "8(3):404-417", Publication.Article),
        (model, _, _) => new Counting<ClassConditional, LabelledBatch>(model),
        new(Steps: 1, BatchSize: 0),
        DataNeed.Discrete.WithClasses())
    {
        Smallest = new(),
        Parameters = (spec, _) => Parameters(spec),
    };

    public IReadOnlyList<int> Order { get; }

    public BigInteger FreeParameters => Parameters(Spec);

    long ICounted<LabelledBatch>.Cells => Classes + PerVariable;

    private long Classes => Spec.Classes;

    private long PerVariable => Classes * Spec.Dimensions * _levels;

    // Equation 2.
    public Tensor LogProb(Tensor x) => LogJoint(Levels.Read(Spec, x), Order).logsumexp(1);

    public Tensor LogProb(Tensor x, ClassCondition condition) =>
        (LogJoint(Levels.Read(Spec, x), Order) - LogOdds.LogProbs(pi)).gather(1, Labels(condition.Labels, x.shape[0]).unsqueeze(1)).squeeze(1);

    // Equation 3.
    public Tensor ClassLogProbs(Tensor x) => LogJoint(Levels.Read(Spec, x), Order).log_softmax(1);

    public Tensor LogMarginal(Tensor x, ReadOnlySpan<bool> given)
    {
        var marks = GivenMarks.Of(given, Spec.Dimensions);
        return LogJoint(Levels.Read(Spec, x, marks), Order.Where(i => marks[i])).logsumexp(1);
    }

    public Tensor Complete(Tensor x, ReadOnlySpan<bool> given, Rng rng)
    {
        var marks = GivenMarks.Of(given, Spec.Dimensions);
        var mask = Tensor.From<bool>(marks, 1, marks.Length).to(x.device);
        return Levels.InParts(Levels.Read(Spec, x, marks), Spec.Dimensions * _levels, v =>
        {
            var labels = new Categorical(LogJoint(v, Order.Where(i => marks[i]))).Sample(rng);
            return torch.where(mask, v, Draws(labels, rng));
        }).to(x.dtype).reshape(x.shape);
    }

    public Tensor Sample(int count, Rng rng)
    {
        rng = rng.PerExample();
        return Examples(rng.Choice(LogOdds.LogProbs(pi).exp(), count), rng);
    }

    /// <summary>New examples of these classes: one label for all, or one for each.</summary>
    public Tensor Sample(ClassCondition condition, int count, Rng rng) => Examples(Labels(condition.Labels, count), rng.PerExample());

    public IWalk Walk(int count) => new Posterior(this, count);

    Tensor ICounted<LabelledBatch>.Count(LabelledBatch batch)
    {
        var labelled = torch.cat([Levels.Read(Spec, batch.X), Labels(batch.Labels, batch.Count).unsqueeze(1)], 1);
        return Levels.AddParts(labelled, Spec.Dimensions, Classes + PerVariable, part =>
        {
            var (v, labels) = (part.narrow(1, 0, Spec.Dimensions), part.select(1, Spec.Dimensions));
            return torch.cat([Levels.Histogram(labels, Classes), Levels.Histogram(Tables(v, labels), PerVariable)], 0);
        });
    }

    void ICounted<LabelledBatch>.Estimate(Tensor counts)
    {
        pi.copy_(LogOdds.FromCounts(counts.narrow(0, 0, Classes).unsqueeze(0), _prior).squeeze(0));
        theta.copy_(LogOdds.FromCounts(counts.narrow(0, Classes, PerVariable).reshape(-1, _levels), _prior).reshape(theta.shape));
    }

    // Equation 1: the labels are part of what is learned.
    Tensor ICounted<LabelledBatch>.LogLikelihood(LabelledBatch batch) => Levels.InParts(batch.X, Spec.Dimensions * Classes,
        x => LogJoint(Levels.Read(Spec, x), Order)).gather(1, Labels(batch.Labels, batch.Count).unsqueeze(1)).squeeze(1);

    private static BigInteger Parameters(DataSpec spec) =>
        spec.Classes - 1 + ((BigInteger)spec.Classes * spec.Dimensions * (Levels.Count(spec) - 1));

    // log p(x_given, y) of some variables under every class, [n, classes].
    private Tensor LogJoint(Tensor v, IEnumerable<int> given)
    {
        var columns = given.Select(i => (long)i).ToArray();
        var prior = LogOdds.LogProbs(pi);
        if (columns.Length == 0)
        {
            return prior.unsqueeze(0).expand(v.shape[0], Classes);
        }

        var which = Tensor.From<long>(columns, columns.Length).to(v.device);
        var table = LogOdds.LogProbs(theta).permute(1, 2, 0).reshape(-1, Classes); // row i·k + v: of value v of variable i
        var rows = v.index_select(1, which) + (which * _levels);
        return table.index_select(0, rows.reshape(-1)).reshape(v.shape[0], columns.Length, Classes).sum([1]) + prior;
    }

    // The place of each value in the tables of its class, [n, d].
    private Tensor Tables(Tensor v, Tensor labels) =>
        ((labels.unsqueeze(1) * Spec.Dimensions) + Levels.Range(Spec.Dimensions, v.device)) * _levels + v;

    // Values [n, d] of examples of these classes.
    private Tensor Draws(Tensor labels, Rng rng) => new Categorical(LogOdds.LogProbs(theta.index_select(0, labels))).Sample(rng);

    private Tensor Examples(Tensor labels, Rng rng) => Levels.InParts(labels, Spec.Dimensions * _levels, part => Draws(part, rng))
        .to(ScalarType.Float32).reshape(Spec.BatchShape(labels.shape[0]));

    private Tensor Labels(Tensor labels, long count)
    {
        if (labels.numel() != count && labels.numel() != 1)
        {
            throw new UsageException($"{labels.numel()} labels do not fit {Counted.Of(count, "example")}: give one for all, or one for each.");
        }

        var (least, most) = (labels.min().ToDouble(), labels.max().ToDouble());
        return least >= 0 && most < Classes
            ? labels.reshape(-1).expand(count)
            : throw new DataException($"The labels are from {least} to {most}, and the model knows the classes 0 to {Classes - 1}: give labels among them.");
    }

    // A walk that learns the class as it goes: log p(x_1 … x_i, y), [n, classes].
    private sealed class Posterior(ClassConditional model, int count) : IWalk
    {
        private readonly Tensor _joint = LogOdds.LogProbs(model.pi).detach().unsqueeze(0).repeat(count, 1);
        private readonly Tensor _tables = LogOdds.LogProbs(model.theta).detach();
        private int i;

        public Density Next() => new Categorical((_joint.unsqueeze(2) + _tables.select(1, i)).logsumexp(1));

        public void Observe(Tensor values) =>
            _joint.add_(_tables.select(1, i++).t().index_select(0, values.to(ScalarType.Int64)));
    }
}

namespace Likeness;

/// <summary>Options of a MADE. The defaults are the paper's smallest network, except for Adam in place of Adadelta and Adagrad.</summary>
public sealed record MadeOptions
{
    /// <summary>Units of each hidden layer.</summary>
    [AtLeast(1)]
    public IReadOnlyList<int> Hidden { get; init; } = [500];

    /// <summary>Order of the variables: raster, or random with a seed.</summary>
    public VariableOrder Order { get; init; } = new VariableOrder.Raster();

    /// <summary>Number of masks that training samples from and the density averages over; 1 is one fixed network.</summary>
    [AtLeast(1)]
    public int Masks { get; init; } = 1;

    /// <summary>Whether each input is also connected directly to the outputs after it in the order.</summary>
    public bool Direct { get; init; } = true;

    /// <summary>Number of Normals in the mixture of each conditional, for real values.</summary>
    [AtLeast(1)]
    public int Components { get; init; } = 10;

    /// <summary>Seed of the hidden units' degrees.</summary>
    [AtLeast(0)]
    public int Seed { get; init; }

    /// <summary>How the hidden units' degrees are chosen for each mask: drawn at random (drawn), or drawn and then sorted (sorted).</summary>
    public MaskDegrees Degrees { get; init; } = MaskDegrees.Drawn;

    /// <summary>Optimiser of the parameters.</summary>
    public OptimizerOptions Optimizer { get; init; } = new Adam(1e-3) { Schedule = new Schedule.Linear() };
}

/// <summary>
/// The masked autoencoder for distribution estimation (Germain et al. 2015): all conditionals p(x_i | x_&lt;i) in one evaluation of a
/// network of which the connections that would break the order are masked; see <see cref="MaskedNetwork"/> for the masks. The
/// conditionals are Bernoulli for bits, softmax for categories, and mixtures of Normals for real values (Papamakarios et al.
/// 2017). With several masks the connectivity is resampled (section 4.2's connectivity-agnostic training) in one order, and the
/// density is the average of theirs, which is autoregressive in that order too.
/// </summary>
public sealed class Made : Model<MadeOptions>, IAutoregressive, IStepwise, IGenerative
{
    private readonly MaskedDensity _density;

    public Made(DataSpec spec, MadeOptions options, Rng rng)
        : base(spec, options)
    {
        var order = options.Order.Indices(spec.Dimensions);
        Order = order;
        _density = Add("density", new MaskedDensity(spec, [.. Enumerable.Repeat(order, options.Masks)], options, rng));
    }

    public static Recipe<MadeOptions, Made, Batch> Recipe { get; } = new(
        "made",
        "Exact density by the chain rule: one pass of a masked autoencoder computes all conditionals.",
        new("germain2015made", "MADE: Masked Autoencoder for Distribution Estimation", "Germain, Mathieu and Gregor, Karol and Murray, Iain and Larochelle, Hugo",
            "ICML", 2015, "Proceedings of Machine Learning Research 37:881-889"),
        (model, options, _) => new MaskedTraining(model, model._density, options.Optimizer),
        new(Steps: 20_000, BatchSize: 100),
        new("binary, categorical or real values", s => s.Domain is not (Domain.Byte or Domain.Mixed), "dynamic"))
    {
        Former = new() { ["degrees"] = "sorted" },
        Smallest = new() { Hidden = [24, 16], Components = 3, Optimizer = new Adam(0.01) { Schedule = new Schedule.Linear() } },
    };

    public IReadOnlyList<int> Order { get; }

    public Tensor LogProb(Tensor x) => _density.LogProb(x);

    /// <summary>
    /// For each variable: of bits the logit and of categories the logits, or with several masks the log-probabilities of the
    /// values; of real values the mixture's logits, means and log-deviations, in units of the training data's deviation from its mean.
    /// </summary>
    public Tensor Conditionals(Tensor x) => _density.Conditionals(x);

    public IWalk Walk(int count) => _density.Walk(count);

    public Tensor Sample(int count, Rng rng) => _density.Sample(count, rng);
}

/// <summary>Maximum likelihood under one of the masks at a time, drawn anew for each batch.</summary>
internal sealed class MaskedTraining : ExampleObjective<Batch>
{
    private readonly MaskedDensity _density;

    public MaskedTraining(Module model, MaskedDensity density, OptimizerOptions optimizer)
        : base(model, new("model", optimizer, model)) => _density = density;

    public override void Begin(Batch first, IFeed<Batch> feed, Rng rng) => _density.Start(first.X);

    public override IReadOnlyList<Term> Losses(Batch batch, Rng examples, Rng round)
    {
        var mask = _density.Masks == 1 ? 0 : (int)round.Integers(0, _density.Masks, 1).ToDouble();
        return [("nll", -_density.LogProb(batch.X, mask))];
    }
}

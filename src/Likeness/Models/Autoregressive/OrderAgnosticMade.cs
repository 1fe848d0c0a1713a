namespace Likeness;

/// <summary>Options of an order-agnostic MADE. The defaults are the paper's, except for Adam in place of Adadelta and Adagrad.</summary>
public sealed record OrderAgnosticMadeOptions
{
    /// <summary>Units of each hidden layer.</summary>
    [AtLeast(1)]
    public IReadOnlyList<int> Hidden { get; init; } = [500];

    /// <summary>Number of orders, each with its own mask, that training samples from and the density averages over.</summary>
    [AtLeast(1)]
    public int Masks { get; init; } = 32;

    /// <summary>Whether each input is also connected directly to the outputs after it in the order.</summary>
    public bool Direct { get; init; } = true;

    /// <summary>Number of Normals in the mixture of each conditional, for real values.</summary>
    [AtLeast(1)]
    public int Components { get; init; } = 10;

    /// <summary>Seed of the orders and the hidden units' degrees.</summary>
    [AtLeast(0)]
    public int Seed { get; init; }

    /// <summary>How the hidden units' degrees are chosen for each mask: drawn at random (drawn), or drawn and then sorted (sorted).</summary>
    public MaskDegrees Degrees { get; init; } = MaskDegrees.Drawn;

    /// <summary>Optimiser of the parameters.</summary>
    public OptimizerOptions Optimizer { get; init; } = new Adam(1e-3) { Schedule = new Schedule.Linear() };
}

/// <summary>
/// A MADE whose masks differ in the order of the variables as well as in their connectivity (Germain et al. 2015, sections 4.2 and
/// 4.3): training draws one of a fixed list of masks for each batch, and the density is the average of theirs, p(x) = 1/M · Σ_m p_m(x). Mixing
/// orders, it has no order of its own; <see cref="Made"/> has one.
/// </summary>
public sealed class OrderAgnosticMade : Model<OrderAgnosticMadeOptions>, IDensity, IGenerative
{
    private readonly MaskedDensity _density;

    public OrderAgnosticMade(DataSpec spec, OrderAgnosticMadeOptions options, Rng rng)
        : base(spec, options)
    {
        var orders = Enumerable.Range(0, options.Masks).Select(m => new VariableOrder.Random(options.Seed + m).Indices(spec.Dimensions));
        var network = new MadeOptions { Hidden = options.Hidden, Direct = options.Direct, Components = options.Components, Seed = options.Seed, Degrees = options.Degrees };
        _density = Add("density", new MaskedDensity(spec, [.. orders], network, rng));
    }

    public static Recipe<OrderAgnosticMadeOptions, OrderAgnosticMade, Batch> Recipe { get; } = new(
        "order-agnostic-made",
        "Exact density averaged over many orders of the variables, with one masked autoencoder for all of them.",
        new("germain2015made", "MADE: Masked Autoencoder for Distribution Estimation", "Germain, Mathieu and Gregor, Karol and Murray, Iain and Larochelle, Hugo",
            "ICML", 2015, "Proceedings of Machine Learning Research 37:881-889"),
        (model, options, _) => new MaskedTraining(model, model._density, options.Optimizer),
        new(Steps: 50_000, BatchSize: 100),
        new("binary, categorical or real values", s => s.Domain is not (Domain.Byte or Domain.Mixed), "dynamic"))
    {
        Former = new() { ["degrees"] = "sorted" },
        Smallest = new() { Hidden = [24, 16], Masks = 3, Components = 3, Optimizer = new Adam(0.01) { Schedule = new Schedule.Linear() } },
    };

    public Tensor LogProb(Tensor x) => _density.LogProb(x);

    public Tensor Sample(int count, Rng rng) => _density.Sample(count, rng);
}

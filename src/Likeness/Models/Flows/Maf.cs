namespace Likeness;

/// <summary>Options of a MAF. The defaults are the paper's for small tables.</summary>
public sealed record MafOptions
{
    /// <summary>Number of autoregressive layers, each in the reverse order of the one before.</summary>
    [AtLeast(1)]
    public int Layers { get; init; } = 5;

    /// <summary>Units of each hidden layer of a masked network.</summary>
    [AtLeast(1)]
    public IReadOnlyList<int> Hidden { get; init; } = [100];

    /// <summary>Order of the variables in the first layer: raster, or random with a seed.</summary>
    public VariableOrder Order { get; init; } = new VariableOrder.Raster();

    /// <summary>
    /// Bound, in standard deviations from the mean, to which the inputs of a layer's network are clipped, so that an outlier has about the likelihood
    /// that it would have under a Normal. Null is the paper's version, without a bound.
    /// </summary>
    [Above(0)]
    public double? Reach { get; init; } = 8;

    /// <summary>Optimiser of the parameters.</summary>
    public OptimizerOptions Optimizer { get; init; } = new Adam(1e-3) { Schedule = new Schedule.Linear(), ClipNorm = 10 };
}

/// <summary>
/// The masked autoregressive flow (Papamakarios et al. 2017): a stack of MADEs with Normal conditionals, each of which models the
/// random numbers of the one before. Between layers the paper has batch normalisation, and this has <see cref="ActNorm"/>.
/// </summary>
public static class Maf
{
    public static Recipe<MafOptions, NormalizingFlow, Batch> Recipe { get; } = NormalizingFlow.RecipeOf<MafOptions>(
        "maf",
        "Exact density of real-valued data by a stack of masked autoregressive networks, each of which models the noise of the one before.",
        new("papamakarios2017maf", "Masked Autoregressive Flow for Density Estimation", "Papamakarios, George and Pavlakou, Theo and Murray, Iain", "NIPS", 2017,
            "Advances in Neural Information Processing Systems 30:2338-2347"),
        "MAF",
        (spec, o, rng) =>
        {
            var order = o.Order.Indices(spec.Dimensions);
            return Enumerable.Range(0, o.Layers).Select(l => new AutoregressiveTransform(l % 2 == 0 ? order : [.. Enumerable.Reverse(order)], o.Hidden, l, rng, o.Reach));
        },
        o => o.Optimizer,
        new() { Layers = 3, Hidden = [16], Optimizer = new Adam(0.005) { Schedule = new Schedule.Linear(), ClipNorm = 10 } }) with { Former = new() { ["reach"] = null } };
}

/// <summary>
/// z_i = (x_i − μ_i) exp(−α_i), log |det| = −Σ α_i, with μ_i and α_i computed from the variables before i (Papamakarios et al.
/// 2017, section 3.1). All at once in this direction; variable by variable on the way back, at the cost of one pass in all. α_i is bent to
/// stay within ±4, which the paper's is not, and the network sees no value beyond its reach: it would go on in a straight line where it has learned nothing, and after
/// a few layers one row far from all others could cost a billion nats. Both leave the transform invertible, since μ_i and α_i may be any function of what comes before.
/// </summary>
internal sealed class AutoregressiveTransform : Transform
{
    private const double MostAlpha = 4;

    private readonly int[] _order;
    private readonly MaskedNetwork _network;
    private readonly float? _reach;

    /// <param name="order">The variables' indices, first predicted first.</param>
    /// <param name="hidden">Units of each hidden layer.</param>
    /// <param name="seed">Seed of the hidden units' degrees.</param>
    /// <param name="rng">Where initial weights are drawn.</param>
    /// <param name="reach">The largest value, either way, that the network sees; null where there is no bound.</param>
    public AutoregressiveTransform(int[] order, IReadOnlyList<int> hidden, int seed, Rng rng, double? reach = null)
    {
        (_order, _reach) = (order, (float?)reach);
        _network = Add("network", new MaskedNetwork(new([order], hidden, OutputsPerVariable: 2, Seed: seed), rng, outputs: Init.Zeros));
    }

    public override (Tensor Z, Tensor LogDeterminant) Forward(Tensor x) => BentAffineFunction.Call(x, _network.Call(Seen(x)), MostAlpha);

    public override Tensor Inverse(Tensor z)
    {
        var walk = _network.Walk((int)z.shape[0]);
        return Chain.Run(z.clone(), _order, (x, i) =>
        {
            var parameters = walk.Next();
            var column = x.select(1, i); // z_i until now
            column.copy_(column * Bent(parameters.select(1, 1)).exp() + parameters.select(1, 0));
            walk.Observe(Seen(column.unsqueeze(1)));
            return x;
        });
    }

    private Tensor Seen(Tensor x) => _reach is not { } bound || LiesWithin(x, bound) ? x : x.clamp(-bound, bound);

    // Hardly ever is a value beyond, and to look is cheaper than an operator and its way back.
    private static bool LiesWithin(Tensor x, float bound)
    {
        if (x.device.type != DeviceType.CPU || x.dtype != ScalarType.Float32 || !x.is_contiguous())
        {
            return false;
        }

        foreach (var value in x.AsSpan<float>())
        {
            if (!(MathF.Abs(value) <= bound))
            {
                return false;
            }
        }

        return true;
    }

    private static Tensor Bent(Tensor alpha) => (alpha * (1 / MostAlpha)).tanh() * MostAlpha;
}

namespace Likeness;

/// <summary>Options of a neural spline flow.</summary>
public sealed record NeuralSplineOptions
{
    /// <summary>Number of coupling layers.</summary>
    [AtLeast(1)]
    public int Layers { get; init; } = 10;

    /// <summary>Units of each hidden layer of a coupling's network.</summary>
    [AtLeast(1)]
    public IReadOnlyList<int> Hidden { get; init; } = [128, 128];

    /// <summary>Number of pieces of each spline.</summary>
    [AtLeast(2, AtMost = 500)]
    public int Bins { get; init; } = 8;

    /// <summary>The splines transform values between −bound and bound, in standard deviations, and leave values beyond unchanged.</summary>
    [Above(0)]
    public double Bound { get; init; } = 3;

    /// <summary>Optimiser of the parameters.</summary>
    public OptimizerOptions Optimizer { get; init; } = new Adam(5e-4) { Schedule = new Schedule.Cosine(), ClipNorm = 5 };
}

/// <summary>
/// Neural spline flows, RQ-NSF (C) (Durkan et al. 2019): couplings whose functions are monotone rational-quadratic splines. The
/// paper mixes variables by learned linear maps between couplings and computes parameters by residual networks; here halves
/// alternate and networks are plain.
/// </summary>
public static class NeuralSpline
{
    public static Recipe<NeuralSplineOptions, NormalizingFlow, Batch> Recipe { get; } = NormalizingFlow.RecipeOf<NeuralSplineOptions>(
        "neural-spline",
        "Exact density of real-valued data by invertible coupling layers, each of which transforms one half of the variables by monotone splines that depend on the other half.",
        new("durkan2019splines", "Neural Spline Flows", "Durkan, Conor and Bekasov, Artur and Murray, Iain and Papamakarios, George", "NeurIPS", 2019,
            "Advances in Neural Information Processing Systems 32:7509-7520"),
        "A neural spline flow",
        (spec, o, rng) => Enumerable.Range(0, o.Layers).Select(l => new SplineCoupling(spec.Dimensions, l, o.Hidden, o.Bins, o.Bound, rng)),
        o => o.Optimizer,
        new() { Layers = 3, Hidden = [16], Bins = 4, Optimizer = new Adam(0.01) { Schedule = new Schedule.Linear(), ClipNorm = 10 } });
}

/// <summary>Bends each variable of a half by a rational-quadratic spline.</summary>
internal sealed class SplineCoupling(int dimensions, int layer, IReadOnlyList<int> hidden, int bins, double bound, Rng rng)
    : Coupling(dimensions, layer, hidden, (3 * bins) - 1, rng)
{
    protected override (Tensor Z, Tensor LogSlope) Bend(Tensor x, Tensor parameters) => new RationalQuadratic(parameters, bins, bound).Forward(x);

    protected override Tensor Unbend(Tensor z, Tensor parameters) => new RationalQuadratic(parameters, bins, bound).Inverse(z);
}

namespace Likeness;

/// <summary>Options of a RealNVP. The defaults are those that Papamakarios et al. (2017) compare with on tables.</summary>
public sealed record RealNvpOptions
{
    /// <summary>Number of coupling layers.</summary>
    [AtLeast(1)]
    public int Layers { get; init; } = 10;

    /// <summary>Units of each hidden layer of a coupling's network.</summary>
    [AtLeast(1)]
    public IReadOnlyList<int> Hidden { get; init; } = [100, 100];

    /// <summary>Optimiser of the parameters.</summary>
    public OptimizerOptions Optimizer { get; init; } = new Adam(1e-3) { Schedule = new Schedule.Linear(), ClipNorm = 10 };
}

/// <summary>
/// Real-valued non-volume preserving transformations (Dinh et al. 2017) for tables: couplings that scale and shift one half of the
/// variables by functions of the other. The paper's multi-scale convolutional architecture for images is not part of it.
/// </summary>
public static class RealNvp
{
    public static Recipe<RealNvpOptions, NormalizingFlow, Batch> Recipe { get; } = NormalizingFlow.RecipeOf<RealNvpOptions>(
        "realnvp",
        "Exact density of real-valued data by invertible coupling layers, each of which scales and shifts one half of the variables depending on the other half.",
        new("dinh2017realnvp", "Density Estimation Using Real NVP", "Dinh, Laurent and Sohl-Dickstein, Jascha and Bengio, Samy", "ICLR", 2017, "arXiv:1605.08803"),
        "RealNVP",
        (spec, o, rng) => Enumerable.Range(0, o.Layers).Select(l => new AffineCoupling(spec.Dimensions, l, o.Hidden, rng)),
        o => o.Optimizer,
        new() { Layers = 4, Hidden = [16, 16], Optimizer = new Adam(0.005) { Schedule = new Schedule.Linear(), ClipNorm = 10 } });
}

/// <summary>
/// z_b = x_b ⊙ exp(s(x_a)) + t(x_a), log |det| = Σ s(x_a) (Dinh et al. 2017, equations 5 and 6), with s = scale ⊙ tanh(·) and
/// a learned scale.
/// </summary>
internal sealed class AffineCoupling : Coupling
{
    private readonly Tensor _scale;

    public AffineCoupling(int dimensions, int layer, IReadOnlyList<int> hidden, Rng rng) : base(dimensions, layer, hidden, 2, rng) =>
        _scale = Parameter("scale", Init.Ones.Make(rng, Bent));

    protected override (Tensor Z, Tensor LogSlope) Bend(Tensor x, Tensor parameters)
    {
        var s = S(parameters);
        return (x * s.exp() + parameters.select(2, 1), s);
    }

    protected override Tensor Unbend(Tensor z, Tensor parameters) => (z - parameters.select(2, 1)) * (-S(parameters)).exp();

    private Tensor S(Tensor parameters) => ExampleGradients.Of(_scale) * parameters.select(2, 0).tanh();
}

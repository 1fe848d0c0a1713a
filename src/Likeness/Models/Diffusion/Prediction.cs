namespace Likeness;

/// <summary>What a diffusion's network predicts, as the pair (c_skip, c_out) with which x̂_0 = c_skip·x + c_out·F for x = x_0 + σ·ε.</summary>
/// <param name="Name">The name in options.</param>
/// <param name="Precondition">(c_skip, c_out) at σ.</param>
[JsonConverter(typeof(PredictionChoice))]
public sealed record Prediction(string Name, Func<double, (double Skip, double Output)> Precondition)
{
    /// <summary>Ho et al. 2020, equation 14: the noise ε.</summary>
    public static Prediction Epsilon { get; } = new("epsilon", sigma => (1, -sigma));

    /// <summary>The clean example.</summary>
    public static Prediction X0 { get; } = new("x0", _ => (0, 1));

    /// <summary>Salimans and Ho 2022, section 4: v = a·ε − s·x_0 with a = 1/√(1 + σ²) and s = σ·a, so x̂_0 = a·x_t − s·v̂.</summary>
    public static Prediction Velocity { get; } = new("v", sigma => (1 / (1 + sigma * sigma), -sigma / Math.Sqrt(1 + sigma * sigma)));

    public override string ToString() => Name;
}

internal sealed class PredictionChoice() : NamedChoice<Prediction>("prediction", p => p.Name, Prediction.Epsilon, Prediction.X0, Prediction.Velocity);

/// <summary>
/// The variance σ_t² of the reverse steps: exp(v·log β_t + (1 − v)·log β̃_t) with a fixed v (Ho et al. 2020, section 3.2) or one for each value from the
/// network (Nichol and Dhariwal 2021, equation 15).
/// </summary>
/// <param name="Name">The name in options.</param>
/// <param name="Blend">v; null where the network says it.</param>
[JsonConverter(typeof(ReverseVarianceChoice))]
public sealed record ReverseVariance(string Name, double? Blend)
{
    /// <summary>β_t: right when the data is standard Normal.</summary>
    public static ReverseVariance FixedLarge { get; } = new("fixed-large", 1);

    /// <summary>β̃_t: right when the data is a single point.</summary>
    public static ReverseVariance FixedSmall { get; } = new("fixed-small", 0);

    /// <summary>Between the two, as the network says.</summary>
    public static ReverseVariance Learned { get; } = new("learned", null);

    public override string ToString() => Name;
}

internal sealed class ReverseVarianceChoice()
    : NamedChoice<ReverseVariance>("reverse variance", v => v.Name, ReverseVariance.FixedLarge, ReverseVariance.FixedSmall, ReverseVariance.Learned);

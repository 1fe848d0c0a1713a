using System.Text.Json.Serialization;

namespace Likeness;

/// <summary>What a diffusion's network predicts; a and s are √ᾱ_t and √(1 − ᾱ_t) of each example.</summary>
/// <param name="Name">The name in options.</param>
/// <param name="Target">The network's target from (x_0, ε, a, s).</param>
/// <param name="ToNoise">ε̂ from (output, x_t, a, s).</param>
[JsonConverter(typeof(PredictionChoice))]
public sealed record Prediction(string Name, Func<Tensor, Tensor, Tensor, Tensor, Tensor> Target, Func<Tensor, Tensor, Tensor, Tensor, Tensor> ToNoise)
{
    /// <summary>Ho et al. 2020, equation 14.</summary>
    public static Prediction Epsilon { get; } = new("epsilon", (_, eps, _, _) => eps, (output, _, _, _) => output);

    /// <summary>The clean example: ε̂ = (x_t − a·x̂_0)/s.</summary>
    public static Prediction X0 { get; } = new("x0", (x0, _, _, _) => x0, (output, xt, a, s) => (xt - a * output) / s);

    /// <summary>Salimans and Ho 2022, section 4: v = a·ε − s·x_0, so that ε̂ = a·v̂ + s·x_t.</summary>
    public static Prediction Velocity { get; } = new("v", (x0, eps, a, s) => a * eps - s * x0, (output, xt, a, s) => a * output + s * xt);

    public override string ToString() => Name;
}

internal sealed class PredictionChoice() : NamedChoice<Prediction>("prediction", p => p.Name, Prediction.Epsilon, Prediction.X0, Prediction.Velocity);

/// <summary>The variance σ_t² of the reverse steps (Ho et al. 2020, section 3.2).</summary>
/// <param name="Name">The name in options.</param>
/// <param name="Of">σ_t² from β_t and β̃_t.</param>
[JsonConverter(typeof(ReverseVarianceChoice))]
public sealed record ReverseVariance(string Name, Func<double, double, double> Of)
{
    /// <summary>β_t: right when the data is standard Normal.</summary>
    public static ReverseVariance FixedLarge { get; } = new("fixed-large", (beta, _) => beta);

    /// <summary>β̃_t: right when the data is a single point.</summary>
    public static ReverseVariance FixedSmall { get; } = new("fixed-small", (_, posterior) => posterior);

    public override string ToString() => Name;
}

internal sealed class ReverseVarianceChoice() : NamedChoice<ReverseVariance>("reverse variance", v => v.Name, ReverseVariance.FixedLarge, ReverseVariance.FixedSmall);

using System.Runtime.CompilerServices;

namespace Likeness.Torch.Kernels;

/// <summary>
/// Stochastic gradient descent as torch.optim.SGD: g += λp; with momentum b = μb + g and g = b (or g + μb with Nesterov's);
/// p −= lr·g.
/// Gradients are multiplied by <paramref name="gradientScale"/> first (clipping, loss scaling).
/// </summary>
internal readonly struct SgdUpdate(double learningRate, double momentum, bool nesterov, double weightDecay, double gradientScale) : IUpdate
{
    private readonly float _negativeRate = (float)-learningRate;
    private readonly float _momentum = (float)momentum;
    private readonly float _weightDecay = (float)weightDecay;
    private readonly float _gradientScale = (float)gradientScale;
    private readonly bool _nesterov = nesterov;

    public int States => _momentum == 0 ? 0 : 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<TLanes, TVector>(ref TVector parameter, TVector gradient, ref TVector first, ref TVector second)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        var g = Decayed<TLanes, TVector>.Of(gradient, _gradientScale, parameter, _weightDecay);
        if (_momentum != 0)
        {
            first = TLanes.Fma(first, TLanes.Broadcast(_momentum), g);
            g = _nesterov ? TLanes.Fma(first, TLanes.Broadcast(_momentum), g) : first;
        }

        parameter = TLanes.Fma(g, TLanes.Broadcast(_negativeRate), parameter);
    }
}

/// <summary>
/// Adam (Kingma and Ba 2015, algorithm 1) as torch.optim.Adam, and AdamW (Loshchilov and Hutter 2019) where the decay is
/// decoupled: m = β₁m + (1 − β₁)g; v = β₂v + (1 − β₂)g²; p −= lr/(1 − β₁ᵗ)·m/(√v/√(1 − β₂ᵗ) + ε).
/// </summary>
internal readonly struct AdamUpdate : IUpdate
{
    private readonly float _beta1, _beta2, _oneMinusBeta1, _oneMinusBeta2, _negativeStep, _inverseRootCorrection2, _epsilon;
    private readonly float _weightDecay, _shrink, _gradientScale;

    /// <param name="step">The number of this step, from 1.</param>
    /// <param name="learningRate">α.</param>
    /// <param name="beta1">β₁.</param>
    /// <param name="beta2">β₂.</param>
    /// <param name="epsilon">ε, added after the root.</param>
    /// <param name="weightDecay">λ.</param>
    /// <param name="decoupled">true: p is first multiplied by 1 − lr·λ (AdamW); false: λp is added to the gradient.</param>
    /// <param name="gradientScale">Factor of every gradient.</param>
    public AdamUpdate(
        long step, double learningRate, double beta1, double beta2, double epsilon,
        double weightDecay, bool decoupled, double gradientScale)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        _beta1 = (float)beta1;
        _beta2 = (float)beta2;
        _oneMinusBeta1 = (float)(1 - beta1);
        _oneMinusBeta2 = (float)(1 - beta2);
        _negativeStep = (float)(-learningRate / (1 - Math.Pow(beta1, step)));
        _inverseRootCorrection2 = (float)(1 / Math.Sqrt(1 - Math.Pow(beta2, step)));
        _epsilon = (float)epsilon;
        _weightDecay = decoupled ? 0 : (float)weightDecay;
        _shrink = decoupled ? (float)(1 - (learningRate * weightDecay)) : 1;
        _gradientScale = (float)gradientScale;
    }

    public int States => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<TLanes, TVector>(ref TVector parameter, TVector gradient, ref TVector first, ref TVector second)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        // A factor of 1 and a term of 0 are exact, so one code path serves all settings.
        var g = Decayed<TLanes, TVector>.Of(gradient, _gradientScale, parameter, _weightDecay);
        first = TLanes.Fma(g, TLanes.Broadcast(_oneMinusBeta1), TLanes.Multiply(first, TLanes.Broadcast(_beta1)));
        second = TLanes.Fma(
            TLanes.Multiply(g, g), TLanes.Broadcast(_oneMinusBeta2), TLanes.Multiply(second, TLanes.Broadcast(_beta2)));
        var denominator = TLanes.Fma(
            TLanes.Sqrt(second), TLanes.Broadcast(_inverseRootCorrection2), TLanes.Broadcast(_epsilon));
        var shrunk = TLanes.Multiply(parameter, TLanes.Broadcast(_shrink));
        parameter = TLanes.Fma(TLanes.Divide(first, denominator), TLanes.Broadcast(_negativeStep), shrunk);
    }
}

/// <summary>
/// RMSprop (Tieleman and Hinton 2012) as torch.optim.RMSprop without centring: v = αv + (1 − α)g²; u = g/(√v + ε);
/// with momentum b = μb + u and u = b; p −= lr·u.
/// </summary>
internal readonly struct RmsPropUpdate(
    double learningRate, double alpha, double epsilon, double momentum, double weightDecay, double gradientScale) : IUpdate
{
    private readonly float _negativeRate = (float)-learningRate;
    private readonly float _alpha = (float)alpha;
    private readonly float _oneMinusAlpha = (float)(1 - alpha);
    private readonly float _epsilon = (float)epsilon;
    private readonly float _momentum = (float)momentum;
    private readonly float _weightDecay = (float)weightDecay;
    private readonly float _gradientScale = (float)gradientScale;

    public int States => _momentum == 0 ? 1 : 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<TLanes, TVector>(ref TVector parameter, TVector gradient, ref TVector first, ref TVector second)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        var g = Decayed<TLanes, TVector>.Of(gradient, _gradientScale, parameter, _weightDecay);
        first = TLanes.Fma(
            TLanes.Multiply(g, g), TLanes.Broadcast(_oneMinusAlpha), TLanes.Multiply(first, TLanes.Broadcast(_alpha)));
        var u = TLanes.Divide(g, TLanes.Add(TLanes.Sqrt(first), TLanes.Broadcast(_epsilon)));
        if (_momentum != 0)
        {
            second = TLanes.Fma(second, TLanes.Broadcast(_momentum), u);
            u = second;
        }

        parameter = TLanes.Fma(u, TLanes.Broadcast(_negativeRate), parameter);
    }
}

/// <summary>
/// The exponential moving average of weights: shadow += (1 − decay)(p − shadow). Here the parameter is the shadow and the
/// gradient is p.
/// </summary>
internal readonly struct EmaUpdate(double decay) : IUpdate
{
    private readonly float _oneMinusDecay = (float)(1 - decay);

    public int States => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<TLanes, TVector>(ref TVector parameter, TVector gradient, ref TVector first, ref TVector second)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct =>
        parameter = TLanes.Fma(TLanes.Subtract(gradient, parameter), TLanes.Broadcast(_oneMinusDecay), parameter);
}

/// <summary>What every rule begins with: the scaled gradient, and the decay in it.</summary>
internal static class Decayed<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    /// <summary>scale·g + decay·p.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of(TVector gradient, float scale, TVector parameter, float decay)
    {
        var g = TLanes.Multiply(gradient, TLanes.Broadcast(scale));
        return decay != 0 ? TLanes.Fma(parameter, TLanes.Broadcast(decay), g) : g;
    }
}

using System.Runtime.CompilerServices;

namespace Likeness.Torch.Kernels;

/// <summary>
/// log Σ_k softmax(α)_k f((x − μ_k)/σ_k)/σ_k with σ = e^s, for a vector of examples whose z [3·components, lanes] are the rows α,
/// μ and s; and its derivatives with respect to z.
/// </summary>
internal static unsafe class RnadeMixture<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    /// <summary>Floats of working memory.</summary>
    public static int Work(int components) => 4 * components * TLanes.Width;

    /// <summary>log of the mixture at x; where <paramref name="slopes"/> is not null, its derivatives with respect to z go there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static TVector LogProb<TComponent>(float* z, TVector x, int components, float* work, float* slopes, int stride)
        where TComponent : struct, IRnadeComponent
    {
        var (w, rows) = (TLanes.Width, components * TLanes.Width);
        var (largest, largestAlpha) = (TLanes.Broadcast(float.NegativeInfinity), TLanes.Broadcast(float.NegativeInfinity));
        for (var k = 0; k < rows; k += w)
        {
            var s = TLanes.Load(z + (2 * rows) + k);
            var inverse = VectorMath<TLanes, TVector>.Exp(TLanes.Subtract(TLanes.Zero, s));
            var t = TLanes.Multiply(TLanes.Subtract(x, TLanes.Load(z + rows + k)), inverse);
            var alpha = TLanes.Load(z + k);
            var l = TComponent.Log<TLanes, TVector>(t, TLanes.Subtract(alpha, s));
            Keep(work + k, rows, l, t, inverse);
            largest = TLanes.Max(largest, l);
            largestAlpha = TLanes.Max(largestAlpha, alpha);
        }

        var (sum, sumAlpha) = Exponentials(z, work, rows, largest, largestAlpha);
        if (slopes != null)
        {
            var (scale, scaleAlpha) = (TLanes.Divide(TLanes.Broadcast(1f), sum), TLanes.Divide(TLanes.Broadcast(1f), sumAlpha));
            for (var k = 0; k < rows; k += w, slopes += stride)
            {
                var r = TLanes.Multiply(TLanes.Load(work + k), scale);
                var t = TLanes.Load(work + rows + k);
                var (mean, logScale) = TComponent.Slopes<TLanes, TVector>(t, r, TLanes.Multiply(r, TLanes.Load(work + (2 * rows) + k)));
                TLanes.Store(slopes, TLanes.Subtract(r, TLanes.Multiply(TLanes.Load(work + (3 * rows) + k), scaleAlpha)));
                TLanes.Store(slopes + ((long)components * stride), mean);
                TLanes.Store(slopes + (2L * components * stride), logScale);
            }
        }

        return Total(sum, sumAlpha, largest, largestAlpha, TComponent.LogNormaliser);
    }

    /// <summary>log(p + q) from log p and log q; the slopes of log p become its own: times p/(p + q).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static TVector Join(TVector logP, TVector logQ, float* slopes, int outputs, int stride)
    {
        var larger = TLanes.Max(logP, logQ);
        var p = VectorMath<TLanes, TVector>.Exp(TLanes.Subtract(logP, larger));
        var sum = TLanes.Add(p, VectorMath<TLanes, TVector>.Exp(TLanes.Subtract(logQ, larger)));
        if (slopes != null)
        {
            var share = TLanes.Divide(p, sum);
            for (var o = 0; o < outputs; o++, slopes += stride) TLanes.Store(slopes, TLanes.Multiply(TLanes.Load(slopes), share));
        }

        return TLanes.Add(larger, TLanes.Log(sum));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Keep(float* work, int rows, TVector l, TVector t, TVector inverse)
    {
        TLanes.Store(work, l);
        TLanes.Store(work + rows, t);
        TLanes.Store(work + (2 * rows), inverse);
    }

    // Σ e^{l − max l} and Σ e^{α − max α}; the terms stay in the first and the last quarter of the working memory.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (TVector Sum, TVector SumAlpha) Exponentials(float* z, float* work, int rows, TVector largest, TVector largestAlpha)
    {
        var (sum, sumAlpha) = (TLanes.Zero, TLanes.Zero);
        for (var k = 0; k < rows; k += TLanes.Width)
        {
            var e = VectorMath<TLanes, TVector>.Exp(TLanes.Subtract(TLanes.Load(work + k), largest));
            var f = VectorMath<TLanes, TVector>.Exp(TLanes.Subtract(TLanes.Load(z + k), largestAlpha));
            TLanes.Store(work + k, e);
            TLanes.Store(work + (3 * rows) + k, f);
            sum = TLanes.Add(sum, e);
            sumAlpha = TLanes.Add(sumAlpha, f);
        }

        return (sum, sumAlpha);
    }

    // Both sums are between 1 and the number of components, so their ratio is a harmless number.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Total(TVector sum, TVector sumAlpha, TVector largest, TVector largestAlpha, float constant) => TLanes.Add(
        TLanes.Log(TLanes.Divide(sum, sumAlpha)), TLanes.Subtract(TLanes.Subtract(largest, largestAlpha), TLanes.Broadcast(constant)));
}

/// <summary>The density f of a component, as a function of its standardised distance t = (x − μ)/σ.</summary>
internal interface IRnadeComponent
{
    /// <summary>−log of f's constant factor.</summary>
    static abstract float LogNormaliser { get; }

    /// <summary>log f(t) without the constant, plus <paramref name="rest"/>.</summary>
    static abstract TVector Log<TLanes, TVector>(TVector t, TVector rest) where TLanes : struct, ILanes<TVector> where TVector : struct;

    /// <summary>∂/∂μ and ∂/∂log σ, where r is the posterior of the component.</summary>
    static abstract (TVector Mean, TVector LogScale) Slopes<TLanes, TVector>(TVector t, TVector r, TVector rOverScale) where TLanes : struct, ILanes<TVector> where TVector : struct;
}

/// <summary>f(t) = e^{−t²/2}/√2π: ∂/∂μ_k = r_k t_k/σ_k, ∂/∂s_k = r_k(t_k² − 1).</summary>
internal readonly struct NormalComponent : IRnadeComponent
{
    public static float LogNormaliser => 0.918938533f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Log<TLanes, TVector>(TVector t, TVector rest) where TLanes : struct, ILanes<TVector> where TVector : struct =>
        TLanes.Fma(TLanes.Multiply(t, TLanes.Broadcast(-0.5f)), t, rest);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (TVector Mean, TVector LogScale) Slopes<TLanes, TVector>(TVector t, TVector r, TVector rOverScale) where TLanes : struct, ILanes<TVector> where TVector : struct =>
        (TLanes.Multiply(rOverScale, t), TLanes.Multiply(r, TLanes.Fma(t, t, TLanes.Broadcast(-1f))));
}

/// <summary>f(t) = e^{−|t|}/2: ∂/∂μ_k = r_k sign(t_k)/σ_k, ∂/∂s_k = r_k(|t_k| − 1).</summary>
internal readonly struct LaplaceComponent : IRnadeComponent
{
    public static float LogNormaliser => 0.693147181f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Log<TLanes, TVector>(TVector t, TVector rest) where TLanes : struct, ILanes<TVector> where TVector : struct =>
        TLanes.Subtract(rest, TLanes.Abs(t));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (TVector Mean, TVector LogScale) Slopes<TLanes, TVector>(TVector t, TVector r, TVector rOverScale) where TLanes : struct, ILanes<TVector> where TVector : struct =>
        (TLanes.Subtract(TLanes.WherePositive(t, rOverScale), TLanes.WherePositive(TLanes.Subtract(TLanes.Zero, t), rOverScale)),
            TLanes.Multiply(r, TLanes.Subtract(TLanes.Abs(t), TLanes.Broadcast(1f))));
}

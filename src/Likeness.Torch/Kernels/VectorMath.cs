using System.Runtime.CompilerServices;

namespace Likeness.Torch.Kernels;

/// <summary>Elementary functions of vectors of floats.</summary>
internal static class VectorMath<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    // exp(87.33) is the largest power whose reciprocal is still a normal number.
    private const float Saturation = 87.33f;

    // Adding 1.5·2²³ rounds to the nearest integer and leaves that integer in the low bits.
    private const float RoundingBias = 12582912f;
    private const float Log2E = 1.44269504f;

    // ln 2 in two parts: products of the first with |n| ≤ 127 are exact.
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;

    /// <summary>
    /// 1/(1 + e^−x) with a relative error below 2.5e-7 for x ≥ −87; below that it saturates at 1.2e-38. NaN stays NaN.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Sigmoid(TVector x)
    {
        var (mantissa, power) = ExpParts(TLanes.Clamp(x, Saturation), negate: true);
        return TLanes.Reciprocal(TLanes.Fma(mantissa, power, TLanes.Broadcast(1f)));
    }

    /// <summary>tanh x = 2σ(2x) − 1, to 3e-7. NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Tanh(TVector x) => TLanes.Subtract(TLanes.Multiply(TLanes.Broadcast(2f), Sigmoid(TLanes.Add(x, x))), TLanes.Broadcast(1f));

    /// <summary>e^x with a relative error below 2e-7 for |x| ≤ 87; beyond that it saturates. NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Exp(TVector x)
    {
        var (mantissa, power) = ExpParts(TLanes.Clamp(x, Saturation), negate: false);
        return TLanes.Multiply(mantissa, power);
    }

    /// <summary>log(1 + e^x) with an absolute error below 1e-7 relative to the larger of 1e-7 and its value. NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Softplus(TVector x)
    {
        var size = TLanes.Abs(x);
        var u = Exp(TLanes.Subtract(TLanes.Zero, size));
        // log(1 + u) = 2·artanh(s) with s = u/(2 + u) ≤ 1/3: the terms left out are below 2e-8 of the sum.
        var s = TLanes.Divide(u, TLanes.Add(u, TLanes.Broadcast(2f)));
        var s2 = TLanes.Multiply(s, s);
        var p = TLanes.Fma(s2, TLanes.Broadcast(2f / 13), TLanes.Broadcast(2f / 11));
        p = TLanes.Fma(p, s2, TLanes.Broadcast(2f / 9));
        p = TLanes.Fma(p, s2, TLanes.Broadcast(2f / 7));
        p = TLanes.Fma(p, s2, TLanes.Broadcast(2f / 5));
        p = TLanes.Fma(p, s2, TLanes.Broadcast(2f / 3));
        p = TLanes.Fma(p, s2, TLanes.Broadcast(2f));
        // max(x, 0) = (x + |x|)/2
        return TLanes.Fma(TLanes.Add(x, size), TLanes.Broadcast(0.5f), TLanes.Multiply(p, s));
    }

    // e^±x = e^±r·2ⁿ with n = round(±x/ln 2) and |r| ≤ ln 2/2. The polynomial is the one of degree 6 with the least relative
    // error (2e-9) on that interval. The two factors stay apart because NaN bits must not be touched by integer arithmetic.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (TVector Mantissa, TVector Power) ExpParts(TVector x, bool negate)
    {
        var sign = negate ? -1f : 1f; // a constant once inlined
        var biased = TLanes.Fma(x, TLanes.Broadcast(sign * Log2E), TLanes.Broadcast(RoundingBias));
        var n = TLanes.Subtract(biased, TLanes.Broadcast(RoundingBias));
        var r = TLanes.Fma(n, TLanes.Broadcast(sign * -Ln2High), x);
        r = TLanes.Fma(n, TLanes.Broadcast(sign * -Ln2Low), r);
        var p = TLanes.Fma(r, TLanes.Broadcast(0.0013843644f), TLanes.Broadcast(sign * 0.008374163f));
        p = TLanes.Fma(p, r, TLanes.Broadcast(0.041668f));
        p = TLanes.Fma(p, r, TLanes.Broadcast(sign * 0.16666432f));
        p = TLanes.Fma(p, r, TLanes.Broadcast(0.49999994f));
        p = TLanes.Fma(p, r, TLanes.Broadcast(sign));
        p = TLanes.Fma(p, r, TLanes.Broadcast(1f));
        return (p, TLanes.PowerOfTwo(biased));
    }
}

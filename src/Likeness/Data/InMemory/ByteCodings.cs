using System.Buffers;
using System.Numerics.Tensors;

namespace Likeness;

/// <summary>How stored bytes become the values of a protocol.</summary>
internal delegate void ByteCoding(ReadOnlySpan<byte> stored, ulong key, Span<float> x);

/// <summary>The codings of byte images.</summary>
internal static class ByteCodings
{
    private static readonly float[] Fractions = [.. Enumerable.Range(0, 256).Select(v => v / 255f)];

    // value / 255 of the range of 32 random bits, so 255 is always 1 and 0 never.
    private static readonly long[] Chances = [.. Enumerable.Range(0, 256).Select(v => (((long)v << 32) + 127) / 255)];

    /// <summary>0 … 255 as they are.</summary>
    public static void Bytes(ReadOnlySpan<byte> stored, ulong key, Span<float> x) => TensorPrimitives.ConvertTruncating(stored, x);

    /// <summary>value / 255.</summary>
    public static void Reals(ReadOnlySpan<byte> stored, ulong key, Span<float> x)
    {
        for (var i = 0; i < stored.Length; i++)
        {
            x[i] = Fractions[stored[i]];
        }
    }

    /// <summary>1 where the value is above 127.</summary>
    public static void Threshold(ReadOnlySpan<byte> stored, ulong key, Span<float> x)
    {
        for (var i = 0; i < stored.Length; i++)
        {
            x[i] = stored[i] >> 7;
        }
    }

    /// <summary>1 with probability value / 255, drawn anew for every key.</summary>
    public static void Dynamic(ReadOnlySpan<byte> stored, ulong key, Span<float> x)
    {
        var random = new SplitMix64(key);
        for (var i = 0; i < stored.Length; i += 2)
        {
            // Two draws of 32 bits.
            var bits = random.Next();
            x[i] = Draw(stored[i], (uint)bits);
            if (i + 1 < stored.Length)
            {
                x[i + 1] = Draw(stored[i + 1], (uint)(bits >> 32));
            }
        }
    }

    /// <summary>(value + u) / 256 with u uniform in [0, 1), drawn anew for every key: what densities of continuous data are fitted to.</summary>
    public static void Dequantised(ReadOnlySpan<byte> stored, ulong key, Span<float> x)
    {
        var random = new SplitMix64(key);
        for (var i = 0; i < stored.Length; i++)
        {
            // 16 bits of noise below the byte's 8: exact in single precision.
            x[i] = ((stored[i] << 16) + (int)(random.Next() >> 48)) * (1f / (1 << 24));
        }
    }

    /// <summary>
    /// logit(λ + (1 − 2λ) v) of dequantised values v, with λ = 1e-6 (Dinh et al. 2017; Papamakarios et al. 2017, section 4.3):
    /// intensities spread over the real line.
    /// </summary>
    public static void Logit(ReadOnlySpan<byte> stored, ulong key, Span<float> x)
    {
        const float lambda = 1e-6f, scale = 1 - (2 * lambda);
        Dequantised(stored, key, x);
        var rented = ArrayPool<float>.Shared.Rent(x.Length);
        var rest = rented.AsSpan(0, x.Length);
        // logit p = log p − log(1 − p), with 1 − p = λ + (1 − 2λ)(1 − v) so that nothing cancels near 1.
        for (var i = 0; i < x.Length; i++)
        {
            rest[i] = lambda + (scale * (1 - x[i]));
            x[i] = lambda + (scale * x[i]);
        }

        TensorPrimitives.Log(rest, rest);
        TensorPrimitives.Log(x, x);
        TensorPrimitives.Subtract(x, rest, x);
        ArrayPool<float>.Shared.Return(rented);
    }

    // 1 where uniform < chance, without a branch that would be mispredicted: the sign of chance − 1 − uniform selects.
    private static float Draw(byte value, uint uniform) =>
        BitConverter.UInt32BitsToSingle(0x3F800000u & ~(uint)((Chances[value] - 1 - uniform) >> 63));
}

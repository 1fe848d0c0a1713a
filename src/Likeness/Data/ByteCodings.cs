using System.Numerics.Tensors;

namespace Likeness.Data;

/// <summary>How stored bytes become the values of a protocol.</summary>
internal delegate void ByteCoding(ReadOnlySpan<byte> stored, ulong key, Span<float> x);

/// <summary>The codings of byte images.</summary>
internal static class ByteCodings
{
    /// <summary>0 … 255 as they are.</summary>
    public static void Bytes(ReadOnlySpan<byte> stored, ulong key, Span<float> x) => TensorPrimitives.ConvertTruncating(stored, x);

    /// <summary>value / 255.</summary>
    public static void Reals(ReadOnlySpan<byte> stored, ulong key, Span<float> x)
    {
        Bytes(stored, key, x);
        TensorPrimitives.Divide(x, 255f, x);
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
            // Two draws of 32 bits. 0x01010101·v is v/255 of their range, so that 255 is always 1, and 0 is never 1.
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

    private static float Draw(byte value, uint uniform) => value > 0 && uniform <= 0x01010101u * value ? 1 : 0;
}

namespace Likeness.Torch;

/// <summary>Element types, with libtorch's numbering.</summary>
public enum ScalarType : sbyte
{
    Byte = 0,
    SByte = 1,
    Int16 = 2,
    Int32 = 3,
    Int64 = 4,
    Half = 5,
    Float32 = 6,
    Float64 = 7,
    Bool = 11,
    BFloat16 = 15,
}

/// <summary>Order of the dimensions in memory, with libtorch's numbering.</summary>
public enum MemoryFormat : sbyte
{
    Contiguous = 0,
    Preserve = 1,
    ChannelsLast = 2,
}

/// <summary>What <see cref="ScalarType"/> means in managed memory.</summary>
public static class ScalarTypes
{
    /// <summary>Bytes per element.</summary>
    public static int Size(this ScalarType type) => type switch
    {
        ScalarType.Byte or ScalarType.SByte or ScalarType.Bool => 1,
        ScalarType.Int16 or ScalarType.Half or ScalarType.BFloat16 => 2,
        ScalarType.Int32 or ScalarType.Float32 => 4,
        ScalarType.Int64 or ScalarType.Float64 => 8,
        _ => throw new NotSupportedException($"The element type {type} is not known here: use one of {string.Join(", ", Enum.GetNames<ScalarType>())}."),
    };

    public static bool IsFloatingPoint(this ScalarType type) =>
        type is ScalarType.Half or ScalarType.BFloat16 or ScalarType.Float32 or ScalarType.Float64;

    /// <summary>The element type that holds values of <typeparamref name="T"/>.</summary>
    public static ScalarType Of<T>() where T : unmanaged =>
        typeof(T) == typeof(float) ? ScalarType.Float32
        : typeof(T) == typeof(double) ? ScalarType.Float64
        : typeof(T) == typeof(long) ? ScalarType.Int64
        : typeof(T) == typeof(int) ? ScalarType.Int32
        : typeof(T) == typeof(short) ? ScalarType.Int16
        : typeof(T) == typeof(byte) ? ScalarType.Byte
        : typeof(T) == typeof(sbyte) ? ScalarType.SByte
        : typeof(T) == typeof(bool) ? ScalarType.Bool
        : typeof(T) == typeof(Half) ? ScalarType.Half
        : throw new NotSupportedException($"Tensors cannot hold {typeof(T)}: use float, double, long, int, short, byte, sbyte, bool or Half.");
}

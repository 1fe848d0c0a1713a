using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Likeness;

/// <summary>
/// The IDX format of the MNIST files: two zero bytes, a type byte, the number of dimensions, the dimensions as big-endian
/// 32-bit integers, then the values, big-endian.
/// </summary>
public static class Idx
{
    private const int MostDimensions = 8;

    /// <inheritdoc cref="Read(Stream, string, long)"/>
    public static NumericArray Read(string path) => BoundedReader.Of(path, Read);

    /// <summary>Reads an IDX file, gzipped or not.</summary>
    /// <param name="stream">The file's content.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="limit">Most bytes that it may unpack to.</param>
    /// <exception cref="DataException">The file is damaged or something else than IDX.</exception>
    public static NumericArray Read(Stream stream, string name, long limit = BoundedReader.DefaultLimit) => BoundedReader.Of(stream, name, limit, Read);

    private static NumericArray Read(BoundedReader file)
    {
        Span<byte> header = stackalloc byte[4 + (4 * MostDimensions)];
        file.ReadExactly(header[..4], "header");
        var (zeros, type, rank) = (header[0] | header[1], header[2], header[3]);
        if (zeros != 0 || rank is 0 or > MostDimensions)
        {
            throw file.Damaged($"its first bytes {Convert.ToHexString(header[..4])} are not IDX's (0000, a type, 1 to {MostDimensions} dimensions)");
        }

        header = header.Slice(4, 4 * rank);
        file.ReadExactly(header, "dimensions");
        var shape = new long[rank];
        for (var i = 0; i < rank; i++)
        {
            shape[i] = BinaryPrimitives.ReadUInt32BigEndian(header[(4 * i)..]);
        }

        var length = NumericArray.Elements(shape, file);
        Array values = type switch
        {
            0x08 => file.ReadArray<byte>(length, "data"),
            0x09 => file.ReadArray<sbyte>(length, "data"),
            0x0B => Reversed(file.ReadArray<short>(length, "data")),
            0x0C => Reversed(file.ReadArray<int>(length, "data")),
            0x0D => Reversed(file.ReadArray<float>(length, "data")),
            0x0E => Reversed(file.ReadArray<double>(length, "data")),
            _ => throw file.Damaged($"its type byte is {type:X2}, and IDX knows 08, 09, 0B, 0C, 0D and 0E"),
        };
        file.ExpectEnd();
        return new(values, [.. shape.Select(s => (int)s)]);
    }

    private static short[] Reversed(short[] values)
    {
        BinaryPrimitives.ReverseEndianness(values, values);
        return values;
    }

    private static T[] Reversed<T>(T[] values)
        where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(values.AsSpan());
        if (bytes.Length == 4 * values.Length)
        {
            var words = MemoryMarshal.Cast<byte, int>(bytes);
            BinaryPrimitives.ReverseEndianness(words, words);
        }
        else
        {
            var words = MemoryMarshal.Cast<byte, long>(bytes);
            BinaryPrimitives.ReverseEndianness(words, words);
        }

        return values;
    }
}

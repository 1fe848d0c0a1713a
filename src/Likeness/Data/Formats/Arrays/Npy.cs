using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Likeness;

/// <summary>
/// NumPy's array format, versions 1 to 3: a magic string, a version, a header that is a Python dictionary, then the values.
/// Arrays of objects are refused: they are pickles, and pickles run code.
/// </summary>
public static class Npy
{
    private const int LongestHeader = 1 << 16;
    private const int MostDimensions = 32;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <inheritdoc cref="Read(Stream, string, long)"/>
    public static NumericArray Read(string path) => BoundedReader.Of(path, Read);

    /// <summary>Reads an array. Arrays in Fortran order are brought into row-major order.</summary>
    /// <param name="stream">The file's content, gzipped or not.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="limit">Most bytes that it may unpack to.</param>
    /// <exception cref="DataException">The file is damaged, or holds something else than little-endian numbers.</exception>
    public static NumericArray Read(Stream stream, string name, long limit = BoundedReader.DefaultLimit) => BoundedReader.Of(stream, name, limit, Read);

    /// <summary>Writes single-precision values, all or nothing: to a temporary name first, which is then renamed.</summary>
    /// <exception cref="ArgumentException">The shape's product is not the number of values.</exception>
    public static void Write(string path, ReadOnlyMemory<float> values, params ReadOnlySpan<long> shape) => Write<float>(path, values, shape);

    /// <summary>Writes unsigned bytes in the same way.</summary>
    /// <exception cref="ArgumentException">The shape's product is not the number of values.</exception>
    public static void Write(string path, ReadOnlyMemory<byte> values, params ReadOnlySpan<long> shape) => Write<byte>(path, values, shape);

    /// <summary>Writes bytes, truth values, integers, single-precision values or text in the same way.</summary>
    /// <exception cref="ArgumentException">The shape's product is not the number of values, or they are of another type.</exception>
    public static void Write(string path, NumericArray array) => WholeFile.Write(path, stream => Write(stream, array));

    private static void Write<T>(string path, ReadOnlyMemory<T> values, ReadOnlySpan<long> shape) where T : unmanaged =>
        Write(path, new NumericArray(values.ToArray(), Array.ConvertAll(shape.ToArray(), s => (int)s)));

    internal static void Write(Stream stream, NumericArray array)
    {
        if (array.Shape.Aggregate(1L, (product, size) => product * size) != array.Values.Length)
        {
            throw new ArgumentException($"{array.Values.Length} values do not fill the shape {string.Join('x', array.Shape)}.", nameof(array));
        }

        var (type, content) = array.Values switch
        {
            byte[] v => (array.IsBoolean ? "|b1" : "|u1", v),
            int[] v => ("<i4", MemoryMarshal.AsBytes(v.AsSpan()).ToArray()),
            float[] v => ("<f4", MemoryMarshal.AsBytes(v.AsSpan()).ToArray()),
            string[] v => NpyText.Write(v),
            _ => throw new ArgumentException($"Arrays of {array.Values.GetType().GetElementType()!.Name} are not written: use bytes, integers, single precision or text.", nameof(array)),
        };
        stream.Write(Header(type, array.Shape));
        stream.Write(content);
    }

    private static byte[] Header(string type, IReadOnlyList<int> shape)
    {
        var tuple = shape.Count == 1 ? $"({shape[0]},)" : $"({string.Join(", ", shape)})";
        var text = $"{{'descr': '{type}', 'fortran_order': False, 'shape': {tuple}, }}";
        // The values start at a multiple of 64 bytes; the header ends in a line feed.
        var length = ((10 + text.Length + 1 + 63) / 64 * 64) - 10;
        var bytes = new byte[10 + length];
        Magic.CopyTo(bytes);
        bytes[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), (ushort)length);
        Encoding.ASCII.GetBytes(text.PadRight(length - 1) + "\n", bytes.AsSpan(10));
        return bytes;
    }

    private static NumericArray Read(BoundedReader file)
    {
        Span<byte> start = stackalloc byte[12];
        file.ReadExactly(start[..10], "header");
        if (!start.StartsWith(Magic) || start[6] is 0 or > 3)
        {
            throw file.Damaged($"its first bytes {Convert.ToHexString(start[..8])} are not those of NPY versions 1 to 3");
        }

        long length = BinaryPrimitives.ReadUInt16LittleEndian(start[8..]);
        if (start[6] > 1)
        {
            file.ReadExactly(start[10..], "header");
            length = BinaryPrimitives.ReadUInt32LittleEndian(start[8..]);
        }

        if (length > LongestHeader)
        {
            throw file.Damaged($"its header claims {length} bytes, and at most {LongestHeader} are allowed");
        }

        var header = new NpyHeader(Encoding.Latin1.GetString(file.ReadArray<byte>(length, "header")), file);
        if (header.Shape.Length > MostDimensions)
        {
            throw file.Damaged($"it claims {header.Shape.Length} dimensions, and at most {MostDimensions} are allowed");
        }

        var elements = NumericArray.Elements(header.Shape, file);
        Array values = header.Type switch
        {
            "|u1" or "|b1" => file.ReadArray<byte>(elements, "data"),
            "|i1" => file.ReadArray<sbyte>(elements, "data"),
            "<i2" => file.ReadArray<short>(elements, "data"),
            "<u2" => file.ReadArray<ushort>(elements, "data"),
            "<i4" => file.ReadArray<int>(elements, "data"),
            "<u4" => file.ReadArray<uint>(elements, "data"),
            "<i8" => file.ReadArray<long>(elements, "data"),
            "<u8" => file.ReadArray<ulong>(elements, "data"),
            "<f2" => file.ReadArray<Half>(elements, "data"),
            "<f4" => file.ReadArray<float>(elements, "data"),
            "<f8" => file.ReadArray<double>(elements, "data"),
            ['<', 'U', ..] or ['|', 'S', ..] => NpyText.Read(header.Type, elements, file),
            var other => throw new DataException(
                $"'{file.Name}' holds values of type '{other}': only little-endian numbers (u1 … u8, i1 … i8, f2, f4, f8), b1 and text are read; save it again with numpy.save after .astype('<f4')."),
        };
        file.ExpectEnd();
        var shape = Array.ConvertAll(header.Shape, s => (int)s);
        return new(header.FortranOrder && shape.Length > 1 ? RowMajor(values, shape) : values, shape) { IsBoolean = header.Type == "|b1" };
    }

    private static Array RowMajor(Array values, int[] shape) => values switch
    {
        byte[] v => RowMajor(v, shape),
        sbyte[] v => RowMajor(v, shape),
        short[] v => RowMajor(v, shape),
        ushort[] v => RowMajor(v, shape),
        int[] v => RowMajor(v, shape),
        uint[] v => RowMajor(v, shape),
        long[] v => RowMajor(v, shape),
        ulong[] v => RowMajor(v, shape),
        Half[] v => RowMajor(v, shape),
        float[] v => RowMajor(v, shape),
        double[] v => RowMajor(v, shape),
        string[] v => RowMajor(v, shape),
        _ => throw new UnreachableException(),
    };

    // Walks the row-major order with an odometer and keeps the matching column-major offset.
    private static T[] RowMajor<T>(T[] values, int[] shape)
    {
        var result = new T[values.Length];
        var strides = new long[shape.Length];
        for (long i = 0, stride = 1; i < shape.Length; stride *= shape[i++])
        {
            strides[i] = stride;
        }

        var index = new int[shape.Length];
        long from = 0;
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = values[from];
            for (var k = shape.Length - 1; k >= 0; k--)
            {
                from += strides[k];
                if (++index[k] < shape[k])
                {
                    break;
                }

                from -= strides[k] * shape[k];
                index[k] = 0;
            }
        }

        return result;
    }
}

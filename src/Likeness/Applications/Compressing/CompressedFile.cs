using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Likeness;

/// <summary>What a file of compressed examples holds; docs/compression.md describes it byte by byte.</summary>
/// <param name="Version">Which kind of coder made the codes: 1 variable by variable, 2 bits back.</param>
/// <param name="Model">The fingerprint of the model that wrote it.</param>
/// <param name="Values">The checksum of the values.</param>
/// <param name="Spec">What the examples are.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Chunk">How many are walked at once; the last chunk may be smaller.</param>
/// <param name="Codes">The code of each chunk.</param>
internal sealed record CompressedFile(byte Version, ulong Model, ulong Values, DataSpec Spec, int Count, int Chunk, IReadOnlyList<ReadOnlyMemory<byte>> Codes)
{
    private const byte Versions = 2;

    // Bounds what a hostile header can ask for.
    private const int MostAtOnce = 1 << 16;

    // Not text (the first byte), and damaged by programs that take it for text (the last).
    private static ReadOnlySpan<byte> Magic => [0x8C, (byte)'L', (byte)'K', 0x1A];

    /// <summary>The first eight bytes of a SHA-256 hash, as a little-endian number.</summary>
    public static ulong Shortened(ReadOnlySpan<byte> hash) => BinaryPrimitives.ReadUInt64LittleEndian(hash);

    /// <summary>Examples in a chunk.</summary>
    public int CountOf(int chunk) => Math.Min(Chunk, Count - (chunk * Chunk));

    public byte[] ToBytes()
    {
        var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(Magic);
        writer.Write(Version);
        writer.Write(Model);
        writer.Write(Values);
        writer.Write(Spec.Domain switch
        {
            Domain.Binary => (byte)0,
            Domain.Categorical => (byte)1,
            Domain.Byte => (byte)2,
            _ => throw new InvalidOperationException($"Data of {Spec} has no finite code."),
        });
        if (Spec.Domain is Domain.Categorical { Levels: var levels })
        {
            writer.Write7BitEncodedInt(levels);
        }

        foreach (var number in (int[])[Spec.Shape.Count, .. Spec.Shape, Count, Chunk, .. Codes.Select(c => c.Length)])
        {
            writer.Write7BitEncodedInt(number);
        }

        foreach (var code in Codes)
        {
            writer.Write(code.Span);
        }

        writer.Flush();
        writer.Write(Shortened(SHA256.HashData(stream.GetBuffer().AsSpan(0, (int)stream.Length))));
        return stream.ToArray();
    }

    /// <exception cref="DataException">The file is of another kind or version, cut or changed.</exception>
    public static CompressedFile Parse(ReadOnlyMemory<byte> file, string name)
    {
        var bytes = file.Span;
        if (!bytes.StartsWith(Magic[..Math.Min(Magic.Length, bytes.Length)]) || bytes.Length <= Magic.Length)
        {
            throw new DataException($"'{name}' is not a file of compressed examples: give one that {new Remedy.Deed(Work.Compress)} wrote.");
        }

        if (bytes[Magic.Length] is 0 or > Versions)
        {
            throw new DataException($"'{name}' has version {bytes[Magic.Length]} of the format and this program reads versions 1 to {Versions}: use the program that wrote it, or get the file again.");
        }

        var end = bytes.Length - sizeof(ulong);
        if (end <= Magic.Length || BinaryPrimitives.ReadUInt64LittleEndian(bytes[end..]) != Shortened(SHA256.HashData(bytes[..end])))
        {
            throw Damaged(name, "its content does not have the checksum at its end");
        }

        try
        {
            return Parse(new Cursor(file[..end], Magic.Length), name);
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or OverflowException)
        {
            throw Damaged(name, "its lengths do not fit");
        }
    }

    private static CompressedFile Parse(Cursor cursor, string name)
    {
        var (version, model, values) = (cursor.Byte(), cursor.Fixed(), cursor.Fixed());
        Domain domain = cursor.Byte() switch
        {
            0 => new Domain.Binary(),
            1 => new Domain.Categorical(cursor.Number()),
            2 => new Domain.Byte(),
            var other => throw Damaged(name, $"its kind of data {other} is unknown"),
        };
        var shape = new int[Math.Min(cursor.Number(), cursor.Left)];
        for (var i = 0; i < shape.Length; i++)
        {
            shape[i] = cursor.Number();
        }

        var (count, chunk) = (cursor.Number(), cursor.Number());
        // Every chunk has at least one byte of length and one of code.
        var chunks = chunk is > 0 and <= MostAtOnce ? ((long)count + chunk - 1) / chunk : 0;
        var values64 = shape.Aggregate((long)count, (a, b) => checked(a * b));
        if (shape.Length == 0 || domain.LevelCount is not > 1 || values64 <= 0 || values64 > Array.MaxLength || chunks <= 0 || chunks > cursor.Left / 2)
        {
            throw Damaged(name, $"it claims {Counted.Of(count, "example")} of {string.Join('x', shape)} {domain} in parts of {chunk}");
        }

        var lengths = new int[chunks];
        for (var i = 0; i < lengths.Length; i++)
        {
            lengths[i] = cursor.Number();
        }

        var codes = Array.ConvertAll(lengths, cursor.Take);
        return cursor.Left == 0
            ? new(version, model, values, new(shape, domain), count, chunk, codes)
            : throw Damaged(name, "more data follows than its header describes");
    }

    private static DataException Damaged(string name, string how) => new($"'{name}' is damaged: {how}; get the file again.");

    /// <summary>A place in the bytes; going beyond their end throws <see cref="ArgumentOutOfRangeException"/>.</summary>
    private sealed class Cursor(ReadOnlyMemory<byte> bytes, int at)
    {
        public int Left => bytes.Length - at;

        public ReadOnlyMemory<byte> Take(int length)
        {
            var part = bytes.Slice(at, length);
            at += length;
            return part;
        }

        public byte Byte() => Take(1).Span[0];

        public ulong Fixed() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)).Span);

        // Seven bits a byte, the lowest first; a set eighth bit says that more follow.
        public int Number()
        {
            var number = 0L;
            for (var shift = 0; shift < 35; shift += 7)
            {
                var b = Byte();
                number |= (long)(b & 0x7F) << shift;
                if (b < 0x80)
                {
                    return checked((int)number);
                }
            }

            throw new OverflowException();
        }
    }
}

using System.Buffers.Binary;
using System.Text;

namespace Likeness;

/// <summary>
/// The chunks of a PNG file. Skia turns grey with alpha into colours, does not look at orientations, and stops at the last row of pixels
/// whether or not the file ends there; so they are walked, and their check sums compared, before it is asked.
/// </summary>
internal static class PngChunks
{
    private static readonly uint[] s_crc = [.. Enumerable.Range(0, 256).Select(n =>
    {
        var c = (uint)n;
        for (var k = 0; k < 8; k++)
        {
            c = (c & 1) != 0 ? 0xEDB88320 ^ (c >> 1) : c >> 1;
        }

        return c;
    })];

    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <exception cref="InvalidDataException">The file is damaged or cut short.</exception>
    public static ImageHeader Read(ReadOnlySpan<byte> file)
    {
        int? channels = null;
        var (transparent, orientation) = (false, 1);
        for (var rest = file[Signature.Length..]; ;)
        {
            // Length, name, content, check sum.
            if (rest.Length < 12 || BinaryPrimitives.ReadUInt32BigEndian(rest) is var length && length > rest.Length - 12)
            {
                throw new InvalidDataException("The PNG file is cut short.");
            }

            var name = rest.Slice(4, 4);
            var content = rest.Slice(8, (int)length);
            if (Crc(rest.Slice(4, (int)length + 4)) != BinaryPrimitives.ReadUInt32BigEndian(rest[((int)length + 8)..]))
            {
                throw new InvalidDataException("The PNG file is damaged: a check sum differs.");
            }

            if (channels is null)
            {
                channels = name.SequenceEqual("IHDR"u8) && content.Length == 13 ? Channels(content[9])
                    : throw new InvalidDataException("The PNG file is damaged: it does not begin with a header.");
            }
            else if (name.SequenceEqual("IEND"u8))
            {
                return new("PNG", transparent && channels % 2 == 1 ? channels + 1 : channels, orientation);
            }

            transparent |= name.SequenceEqual("tRNS"u8);
            orientation = name.SequenceEqual("eXIf"u8) ? ExifOrientation.Of(content) : orientation;
            rest = rest[((int)length + 12)..];
        }
    }

    /// <summary>The chunks of a file that is known to be whole, in their order.</summary>
    public static IEnumerable<(string Name, byte[] Content)> Walk(byte[] file)
    {
        for (var at = Signature.Length; at < file.Length;)
        {
            var length = (int)BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at));
            yield return (Encoding.ASCII.GetString(file, at + 4, 4), file[(at + 8)..(at + 8 + length)]);
            at += length + 12;
        }
    }

    /// <summary>Adds a chunk: its length, name, content and check sum.</summary>
    public static void Write(Stream file, ReadOnlySpan<byte> name, ReadOnlySpan<byte> content)
    {
        Span<byte> number = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(number, (uint)content.Length);
        file.Write(number);
        byte[] summed = [.. name, .. content];
        file.Write(summed);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc(summed));
        file.Write(number);
    }

    private static int Channels(byte colourType) => colourType switch
    {
        0 => 1,
        2 or 3 => 3,
        4 => 2,
        6 => 4,
        _ => throw new InvalidDataException($"The PNG file is damaged: there is no kind {colourType} of colours."),
    };

    // CRC-32 of the PNG specification, annex D.
    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc = s_crc[(byte)(crc ^ b)] ^ (crc >> 8);
        }

        return ~crc;
    }
}

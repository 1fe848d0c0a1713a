using System.Buffers.Binary;

namespace Likeness;

/// <summary>What Skia does not say about an image file, or does not mind.</summary>
/// <param name="Format">Its name.</param>
/// <param name="Channels">1 grey, 2 grey and alpha, 3 RGB, 4 RGBA; null where Skia's word on transparency decides between 3 and 4.</param>
/// <param name="Orientation">The EXIF orientation; null where Skia finds it.</param>
internal readonly record struct ImageHeader(string Format, int? Channels = null, int? Orientation = null)
{
    /// <exception cref="InvalidDataException">It is empty, of another format, or cut short.</exception>
    public static ImageHeader Read(ReadOnlySpan<byte> file) =>
        file.IsEmpty ? throw new InvalidDataException("The image file is empty.")
        : file.StartsWith(PngChunks.Signature) ? PngChunks.Read(file)
        : file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) ? new("JPEG", JpegChannels(file))
        : file.StartsWith("RIFF"u8) && file.Length >= 12 && file.Slice(8, 4).SequenceEqual("WEBP"u8) ? WebP(file)
        : file.StartsWith("GIF87a"u8) || file.StartsWith("GIF89a"u8) ? new("GIF")
        : file.StartsWith("BM"u8) ? new("BMP")
        : file.StartsWith((ReadOnlySpan<byte>)[0, 0, 1, 0]) && file.Length >= 6 ? Icon(file)
        : file.StartsWith((ReadOnlySpan<byte>)[0, 0]) ? WirelessBitmap(file)
        : throw new InvalidDataException("The file is not an image in a format that can be read: PNG, JPEG, WebP, BMP, GIF, ICO or WBMP.");

    // From marker to marker: the frame header counts the colours, and at the end there is a mark, which Skia does not miss.
    private static int JpegChannels(ReadOnlySpan<byte> file)
    {
        var channels = 0;
        for (var at = 2; at + 1 < file.Length;)
        {
            var marker = file[at + 1];
            if (file[at] != 0xFF || marker == 0xFF)
            {
                // Compressed pixels, stray bytes, which every reader forgives, and filling ones.
                at += file[at] == 0xFF ? 1 : file[at..].IndexOf((byte)0xFF) is >= 0 and var further ? further : file.Length;
            }
            else if (marker is 0x00 or 0x01 or (>= 0xD0 and <= 0xD8))
            {
                at += 2;
            }
            else if (marker == 0xD9 && channels > 0)
            {
                return channels;
            }
            else if (at + 4 <= file.Length)
            {
                // Frames are C0 to CF, without those that are tables.
                var frame = marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC) && at + 9 < file.Length;
                channels = frame ? file[at + 9] == 1 ? 1 : 3 : channels;
                at += 2 + BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
            }
            else
            {
                break;
            }
        }

        throw new InvalidDataException("The JPEG file is damaged or cut short.");
    }

    // What follows the pixels, such as the orientation, may be missing without Skia minding.
    private static ImageHeader WebP(ReadOnlySpan<byte> file) => BinaryPrimitives.ReadUInt32LittleEndian(file[4..]) <= file.Length - 8
        ? new("WebP")
        : throw new InvalidDataException("The WebP file is cut short.");

    // A directory of images, each with its length and its place, which must lie in the file.
    private static ImageHeader Icon(ReadOnlySpan<byte> file)
    {
        var count = BinaryPrimitives.ReadUInt16LittleEndian(file[4..]);
        for (var i = 0; i < count; i++)
        {
            var entry = 6 + (16 * i);
            if (entry + 16 > file.Length
                || (long)BinaryPrimitives.ReadUInt32LittleEndian(file[(entry + 8)..]) + BinaryPrimitives.ReadUInt32LittleEndian(file[(entry + 12)..]) > file.Length)
            {
                throw new InvalidDataException("The ICO file is damaged or cut short.");
            }
        }

        return count > 0 ? new("ICO") : throw new InvalidDataException("The ICO file holds no image.");
    }

    // Two zeros, width and height in groups of seven bits, and a bit for each pixel in rows of whole bytes, and nothing else: the format has no mark of its own.
    private static ImageHeader WirelessBitmap(ReadOnlySpan<byte> file)
    {
        var at = 2;
        var (width, height) = (Size(file), Size(file));
        return width > 0 && height > 0 && ((width + 7) / 8 * height) + at == file.Length ? new("WBMP", 1)
            : throw new InvalidDataException("The file is not an image in a format that can be read, or it is a WBMP file that is damaged or cut short.");

        long Size(ReadOnlySpan<byte> bytes)
        {
            var value = 0L;
            for (var more = true; more && at < bytes.Length && at < 12; at++)
            {
                value = (value << 7) | (uint)(bytes[at] & 0x7F);
                more = (bytes[at] & 0x80) != 0;
            }

            return value;
        }
    }
}

using System.Buffers.Binary;

namespace Likeness;

/// <summary>Which way up an image is to be shown, from the EXIF block of a PNG file, which Skia does not read.</summary>
internal static class ExifOrientation
{
    private const ushort Tag = 274;
    private const ushort Short = 3;

    /// <param name="tiff">An EXIF block: a TIFF header and its first directory.</param>
    /// <returns>1 to 8; 1, upright, where the block says nothing that can be understood.</returns>
    public static int Of(ReadOnlySpan<byte> tiff)
    {
        if (tiff.Length < 8 || !(tiff.StartsWith("II"u8) || tiff.StartsWith("MM"u8)))
        {
            return 1;
        }

        var little = tiff[0] == 'I';
        var directory = little ? BinaryPrimitives.ReadUInt32LittleEndian(tiff[4..]) : BinaryPrimitives.ReadUInt32BigEndian(tiff[4..]);
        if (directory > tiff.Length - 2)
        {
            return 1;
        }

        var entries = tiff[(int)directory..];
        for (int i = Word(entries), at = 2; i > 0 && at + 12 <= entries.Length; i--, at += 12)
        {
            if (Word(entries[at..]) == Tag && Word(entries[(at + 2)..]) == Short)
            {
                return Word(entries[(at + 8)..]) is >= 1 and <= 8 and var orientation ? orientation : 1;
            }
        }

        return 1;

        ushort Word(ReadOnlySpan<byte> bytes) => little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);
    }
}

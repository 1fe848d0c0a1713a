using System.Runtime.InteropServices;

namespace Likeness;

/// <summary>How the pixels of a file are walked so that the image stands upright, after the EXIF orientation.</summary>
/// <param name="Width">Of the upright image.</param>
/// <param name="Height">Of the upright image.</param>
/// <param name="Start">Which stored pixel is its upper left one.</param>
/// <param name="Right">How far it is in the file to the pixel on the right.</param>
/// <param name="Down">How far it is to the pixel below.</param>
internal readonly record struct PixelOrder(int Width, int Height, int Start, int Right, int Down)
{
    /// <param name="orientation">EXIF 2.3, tag 274: where the first row and the first column of the file belong.</param>
    /// <param name="w">Width as stored.</param>
    /// <param name="h">Height as stored.</param>
    public static PixelOrder Of(int orientation, int w, int h)
    {
        var (corner, bottom) = (w - 1, (h - 1) * w);
        return orientation switch
        {
            2 => new(w, h, corner, -1, w),            // mirrored
            3 => new(w, h, bottom + corner, -1, -w),  // upside down
            4 => new(w, h, bottom, 1, -w),            // upside down and mirrored
            5 => new(h, w, 0, w, 1),                  // transposed
            6 => new(h, w, bottom, -w, 1),            // to be turned clockwise
            7 => new(h, w, bottom + corner, -w, -1),  // transposed about the other diagonal
            8 => new(h, w, corner, w, -1),            // to be turned anticlockwise
            _ => new(w, h, 0, 1, w),
        };
    }

    /// <summary>The pixels of the upright image; the same array where they are so already.</summary>
    /// <param name="rgba">As stored, four bytes a pixel.</param>
    public byte[] Apply(byte[] rgba)
    {
        if (Start == 0 && Right == 1)
        {
            return rgba;
        }

        var upright = new byte[rgba.Length];
        var stored = MemoryMarshal.Cast<byte, uint>(rgba);
        var pixels = MemoryMarshal.Cast<byte, uint>(upright.AsSpan());
        for (int y = 0, to = 0; y < Height; y++)
        {
            for (int x = 0, from = Start + (y * Down); x < Width; x++, from += Right)
            {
                pixels[to++] = stored[from];
            }
        }

        return upright;
    }
}

namespace Likeness;

/// <summary>Pixels of one number of channels as pixels of another.</summary>
internal static class PixelChannels
{
    /// <summary>
    /// Converts pixel by pixel; gives the same array where there is nothing to do. Alpha is dropped, not blended: transparent pixels
    /// keep the colour that they have.
    /// </summary>
    public static byte[] Convert(byte[] pixels, int from, int to)
    {
        if (from == to)
        {
            return pixels;
        }

        var converted = new byte[pixels.LongLength / from * to];
        var (green, blue) = from >= 3 ? (1, 2) : (0, 0);
        for (int i = 0, k = 0; k < converted.Length; i += from, k += to)
        {
            var (r, g, b) = (pixels[i], pixels[i + green], pixels[i + blue]);
            if (to >= 3)
            {
                (converted[k], converted[k + 1], converted[k + 2]) = (r, g, b);
            }
            else
            {
                converted[k] = Luma(r, g, b);
            }

            if (to % 2 == 0)
            {
                converted[k + to - 1] = from % 2 == 0 ? pixels[i + from - 1] : byte.MaxValue;
            }
        }

        return converted;
    }

    // ITU-R 601 in 16-bit fixed point, as the field's image libraries compute it; of a grey that is the grey itself.
    private static byte Luma(byte r, byte g, byte b) => (byte)(((r * 19595u) + (g * 38470u) + (b * 7471u) + 0x8000u) >> 16);
}

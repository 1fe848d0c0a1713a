using Likeness.Torch.Interop;

namespace Likeness.Torch;

/// <summary>An 8-bit image: rows from top to bottom, the channels of a pixel side by side.</summary>
/// <param name="Channels">1 grey, 2 grey and alpha, 3 RGB, 4 RGBA.</param>
/// <param name="Pixels">Width × Height × Channels bytes.</param>
public sealed record Image(int Width, int Height, int Channels, byte[] Pixels);

/// <summary>PNG and JPEG files to pixels and back. Files are not trusted: sizes are checked before memory is taken.</summary>
public static unsafe class ImageCodec
{
    /// <summary>Reads a PNG or JPEG image.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="channels">
    /// 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA, or 0 for what the file has. Grey is ITU-R 601 luma; a dropped alpha leaves the
    /// colours as they are; an added one is opaque. Palettes become RGB and 16-bit samples 8-bit.
    /// </param>
    /// <param name="maxPixels">The largest width × height that is accepted.</param>
    /// <exception cref="InvalidDataException">The file is damaged, of another format, or has too many pixels.</exception>
    public static Image Decode(ReadOnlySpan<byte> file, int channels = 0, long maxPixels = 64 << 20)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(channels);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(channels, 4);
        int format, width, height, own;
        fixed (byte* bytes = file)
        {
            Native.ImageInfo(bytes, file.Length, &format, &width, &height, &own);
            if ((long)width * height > maxPixels)
                throw new InvalidDataException($"The image has {width} x {height} pixels, but at most {maxPixels} are accepted.");
            var wanted = channels == 0 ? own : channels;
            var size = (long)width * height * wanted;
            if (size > Array.MaxLength)
                throw new InvalidDataException($"The image has {width} x {height} pixels of {wanted} bytes, more than one array holds.");
            var image = new Image(width, height, wanted, new byte[size]);
            fixed (byte* pixels = image.Pixels)
                Native.ImageDecode(bytes, file.Length, wanted, pixels, size);
            return image;
        }
    }

    /// <summary>The image as a PNG file, without loss.</summary>
    /// <exception cref="ArgumentException">The number of pixels does not agree with the image's size.</exception>
    public static byte[] EncodePng(Image image)
    {
        Check(image);
        byte* file;
        long length;
        fixed (byte* pixels = image.Pixels)
            Native.ImageEncodePng(pixels, image.Width, image.Height, image.Channels, &file, &length);
        return Take(file, length);
    }

    /// <summary>
    /// The image as a JPEG file, which has no alpha: that is dropped. From quality 90 on, colour keeps its full resolution.
    /// </summary>
    /// <param name="quality">1 to 100.</param>
    /// <exception cref="ArgumentException">The number of pixels does not agree with the image's size.</exception>
    public static byte[] EncodeJpeg(Image image, int quality = 90)
    {
        Check(image);
        ArgumentOutOfRangeException.ThrowIfLessThan(quality, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quality, 100);
        byte* file;
        long length;
        fixed (byte* pixels = image.Pixels)
            Native.ImageEncodeJpeg(pixels, image.Width, image.Height, image.Channels, quality, &file, &length);
        return Take(file, length);
    }

    private static void Check(Image image)
    {
        ArgumentNullException.ThrowIfNull(image);
        var size = $"An image of {image.Width} x {image.Height} pixels and {image.Channels} channels";
        if (image.Width < 1 || image.Height < 1 || image.Channels is < 1 or > 4)
            throw new ArgumentException($"{size} cannot be written: it needs at least one pixel and 1 to 4 channels.", nameof(image));
        if (image.Pixels.LongLength != (long)image.Width * image.Height * image.Channels)
            throw new ArgumentException($"{size} does not have {image.Pixels.LongLength} bytes.", nameof(image));
    }

    private static byte[] Take(byte* file, long length)
    {
        try
        {
            return new ReadOnlySpan<byte>(file, checked((int)length)).ToArray();
        }
        finally
        {
            Native.BufferFree(file);
        }
    }
}

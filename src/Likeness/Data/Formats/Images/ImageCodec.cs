using SkiaSharp;

namespace Likeness;

/// <summary>Image files to pixels and back, by Skia. Files are not trusted: sizes are checked before memory is taken.</summary>
public static unsafe class ImageCodec
{
    // From this quality on, colour keeps its full resolution.
    private const int FineColour = 90;

    // What JPEG can say, less the margin that its libraries keep.
    private const int LongestJpegSide = 65_500;

    /// <summary>The endings of the files that are read.</summary>
    public static IReadOnlyList<string> Endings { get; } = [".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".bmp", ".dib", ".gif", ".ico", ".wbmp"];

    /// <summary>The formats that are read and their endings, for messages.</summary>
    internal static string Formats => $"PNG, JPEG, WebP, BMP, GIF, ICO and WBMP files ({string.Join(", ", Endings)})";

    /// <summary>Whether a file's name ends as that of an image which is read.</summary>
    public static bool Reads(string path) => Endings.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Reads a PNG, JPEG, WebP, BMP, GIF, ICO or WBMP image, of which there may be several the first (in an ICO file the largest), turned as its EXIF orientation says.
    /// Colour values are those of the file: neither its colour profile nor its gamma changes them.
    /// </summary>
    /// <param name="file">The whole file.</param>
    /// <param name="channels">
    /// 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA, or 0 for what the file has. Grey is ITU-R 601 luma; a dropped alpha leaves the
    /// colours as they are; an added one is opaque. Palettes become RGB; of 16-bit samples the upper 8 bits are taken.
    /// </param>
    /// <param name="maxPixels">The largest width × height that is accepted.</param>
    /// <exception cref="InvalidDataException">The file is damaged, cut short, of another format, or has too many pixels.</exception>
    public static Image Decode(ReadOnlySpan<byte> file, int channels = 0, long maxPixels = 64 << 20)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(channels);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(channels, 4);
        var header = ImageHeader.Read(file);
        fixed (byte* bytes = file)
        {
            using var data = SKData.Create((nint)bytes, file.Length);
            using var codec = SKCodec.Create(data)
                ?? throw new InvalidDataException($"The {header.Format} file's beginning is damaged, or it is of a kind that is not read.");
            var (width, height) = (codec.Info.Width, codec.Info.Height);
            if ((long)width * height > maxPixels)
            {
                throw new InvalidDataException($"The image has {width} x {height} pixels, but at most {maxPixels} are accepted.");
            }

            if ((long)width * height * 4 > Array.MaxLength)
            {
                throw new InvalidDataException($"The image has {width} x {height} pixels of 4 bytes, more than one array holds.");
            }

            var opaque = codec.Info.AlphaType == SKAlphaType.Opaque;
            // Without a colour space of its own the destination takes the values as they are.
            var info = new SKImageInfo(width, height, SKColorType.Rgba8888, opaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul);
            var pixels = new byte[info.BytesSize];
            fixed (byte* p = pixels)
            {
                // A part of an image is no image: it would be learned as if its grey rest belonged to it.
                if (codec.GetPixels(info, (nint)p) != SKCodecResult.Success)
                {
                    throw new InvalidDataException($"The {header.Format} file is damaged or cut short.");
                }
            }

            var wanted = channels > 0 ? channels : header.Channels ?? (opaque ? 3 : 4);
            var order = PixelOrder.Of(header.Orientation ?? (int)codec.EncodedOrigin, width, height);
            return new(order.Width, order.Height, wanted, PixelChannels.Convert(order.Apply(pixels), 4, wanted));
        }
    }

    /// <summary>The image as a PNG file, without loss: grey stays grey, grey with alpha becomes RGBA.</summary>
    /// <exception cref="ArgumentException">The number of pixels does not agree with the image's size.</exception>
    public static byte[] EncodePng(Image image) => Encode(image, alpha: true, pixmap => pixmap.Encode(SKPngEncoderOptions.Default));

    /// <summary>
    /// The image as a JPEG file, which has no alpha: that is dropped. From quality 90 on, colour keeps its full resolution.
    /// </summary>
    /// <param name="quality">1 to 100.</param>
    /// <exception cref="ArgumentException">The number of pixels does not agree with the image's size, or a side is too long for JPEG.</exception>
    public static byte[] EncodeJpeg(Image image, int quality = 90)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfLessThan(quality, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quality, 100);
        if (Math.Max(image.Width, image.Height) > LongestJpegSide)
        {
            throw new ArgumentException(
                $"An image of {image.Width} x {image.Height} pixels cannot be written as JPEG, whose sides have at most {LongestJpegSide}: write it as PNG.", nameof(image));
        }

        var sampling = quality >= FineColour ? SKJpegEncoderDownsample.Downsample444 : SKJpegEncoderDownsample.Downsample420;
        return Encode(image, alpha: false, pixmap => pixmap.Encode(new SKJpegEncoderOptions(quality, sampling, SKJpegEncoderAlphaOption.Ignore)));
    }

    private static byte[] Encode(Image image, bool alpha, Func<SKPixmap, SKData?> encode)
    {
        Check(image);
        var grey = image.Channels == 1 || (image.Channels == 2 && !alpha);
        var transparent = alpha && image.Channels % 2 == 0;
        var info = new SKImageInfo(image.Width, image.Height, grey ? SKColorType.Gray8 : SKColorType.Rgba8888, transparent ? SKAlphaType.Unpremul : SKAlphaType.Opaque);
        var pixels = PixelChannels.Convert(image.Pixels, image.Channels, grey ? 1 : 4);
        fixed (byte* p = pixels)
        {
            using var pixmap = new SKPixmap(info, (nint)p, info.RowBytes);
            using var file = encode(pixmap) ?? throw new InvalidOperationException($"An image of {image.Width} x {image.Height} pixels could not be encoded.");
            return file.ToArray();
        }
    }

    private static void Check(Image image)
    {
        ArgumentNullException.ThrowIfNull(image);
        var size = $"An image of {image.Width} x {image.Height} pixels and {image.Channels} channels";
        if (image.Width < 1 || image.Height < 1 || image.Channels is < 1 or > 4)
        {
            throw new ArgumentException($"{size} cannot be written: it needs at least one pixel and 1 to 4 channels.", nameof(image));
        }

        if (image.Pixels.LongLength != (long)image.Width * image.Height * image.Channels)
        {
            throw new ArgumentException($"{size} does not have {image.Pixels.LongLength} bytes.", nameof(image));
        }
    }
}

using System.Buffers.Binary;
using System.Text;

namespace Likeness.Torch.Tests;

public class ImageCodecTests
{
    // Files made by Python's zlib and struct modules, byte by byte after the PNG specification.
    private const string Rgb2x2 = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEklEQVR42mP4z8DAAMIM/4EAAB/uBfvxq7p3AAAAAElFTkSuQmCC";
    private const string PaletteWithAlpha4x1 =
        "iVBORw0KGgoAAAANSUhEUgAAAAQAAAABAgMAAACEUudeAAAADFBMVEUKFB4oMjxGUFpkbnjGSHffAAAAAnRSTlMAgJsrThgAAAAKSURBVHjaY5AGAAAdABwjfI+sAAAAAElFTkSuQmCC";
    private const string Grey16Bit2x1 = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABEAAAAACB2fwVAAAADUlEQVR42mP4/7+hAQAIfgL/NtAjTwAAAABJRU5ErkJggg==";
    private const string Grey1Bit8x1 = "iVBORw0KGgoAAAANSUhEUgAAAAgAAAABAQAAAADLe9LuAAAACklEQVR42mPYBAAAtACziZDNLwAAAABJRU5ErkJggg==";

    [Theory]
    [InlineData(Rgb2x2, 2, 2, 3, new byte[] { 255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255 })]
    [InlineData(PaletteWithAlpha4x1, 4, 1, 4, new byte[] { 10, 20, 30, 0, 40, 50, 60, 128, 70, 80, 90, 255, 100, 110, 120, 255 })]
    [InlineData(Grey16Bit2x1, 2, 1, 1, new byte[] { 255, 128 })]
    [InlineData(Grey1Bit8x1, 8, 1, 1, new byte[] { 255, 0, 255, 255, 0, 0, 255, 0 })]
    public void Foreign_png_files_are_read_exactly(string file, int width, int height, int channels, byte[] pixels)
    {
        var image = ImageCodec.Decode(Convert.FromBase64String(file));

        Assert.Equal((width, height, channels), (image.Width, image.Height, image.Channels));
        Assert.Equal(pixels, image.Pixels);
    }

    [Theory]
    [InlineData(1, new byte[] { 76, 150, 29, 255 })] // 0.299 R, 0.587 G, 0.114 B, rounded
    [InlineData(2, new byte[] { 76, 255, 150, 255, 29, 255, 255, 255 })]
    [InlineData(4, new byte[] { 255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 255, 255, 255, 255 })]
    public void Channels_are_converted_as_asked(int channels, byte[] pixels) =>
        Assert.Equal(pixels, ImageCodec.Decode(Convert.FromBase64String(Rgb2x2), channels).Pixels);

    [Fact]
    public void Dropping_alpha_keeps_the_colours() => Assert.Equal(
        [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120], ImageCodec.Decode(Convert.FromBase64String(PaletteWithAlpha4x1), 3).Pixels);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Png_comes_back_unchanged(int channels)
    {
        var image = Noise(37, 23, channels);

        var back = ImageCodec.Decode(ImageCodec.EncodePng(image));

        Assert.Equal((37, 23, channels), (back.Width, back.Height, back.Channels));
        Assert.Equal(image.Pixels, back.Pixels);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Jpeg_comes_back_nearly_unchanged(int channels)
    {
        var image = Ramp(48, 32, channels);

        var back = ImageCodec.Decode(ImageCodec.EncodeJpeg(image, 95));

        Assert.Equal((48, 32, channels), (back.Width, back.Height, back.Channels));
        // Quality 95 quantises a smooth ramp's coefficients in steps of at most ten: a few grey levels.
        Assert.All(image.Pixels.Zip(back.Pixels), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 6));
    }

    [Fact]
    public void Jpeg_drops_alpha()
    {
        var image = Ramp(16, 16, 4);

        Assert.Equal(3, ImageCodec.Decode(ImageCodec.EncodeJpeg(image)).Channels);
    }

    [Fact]
    public void Lower_jpeg_quality_gives_a_smaller_file() =>
        Assert.True(ImageCodec.EncodeJpeg(Noise(64, 64, 3), 30).Length < ImageCodec.EncodeJpeg(Noise(64, 64, 3), 95).Length);

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        foreach (var file in new[] { ImageCodec.EncodePng(Noise(9, 7, 3)), ImageCodec.EncodeJpeg(Noise(16, 16, 3)) })
            for (var length = 0; length < file.Length; length++)
                AssertOneSentence(Assert.Throws<InvalidDataException>(() => ImageCodec.Decode(file.AsSpan(0, length))));
    }

    [Fact]
    public void A_flipped_bit_gives_an_image_or_a_sentence()
    {
        foreach (var file in new[] { ImageCodec.EncodePng(Noise(9, 7, 3)), ImageCodec.EncodeJpeg(Noise(16, 16, 3)) })
            for (var bit = 0; bit < file.Length * 8; bit++)
            {
                var damaged = file.ToArray();
                damaged[bit / 8] ^= (byte)(1 << (bit % 8));
                try
                {
                    var image = ImageCodec.Decode(damaged, maxPixels: 1 << 20);
                    Assert.Equal(image.Width * image.Height * image.Channels, image.Pixels.Length);
                }
                catch (InvalidDataException e)
                {
                    AssertOneSentence(e);
                }
            }
    }

    [Theory]
    [InlineData(1 << 16, 1 << 15)] // 2^31 pixels
    [InlineData(1 << 30, 1)] // wider than libpng accepts
    [InlineData(int.MaxValue, int.MaxValue)]
    [InlineData(0, 5)]
    public void A_png_header_that_claims_too_much_is_refused_before_memory_is_taken(int width, int height)
    {
        var file = Convert.FromBase64String(Rgb2x2);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(20), height);
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(29), Crc(file.AsSpan(12, 17)));

        AssertRefusedCheaply(file);
    }

    [Fact]
    public void A_jpeg_header_that_claims_too_much_is_refused_before_memory_is_taken()
    {
        var file = ImageCodec.EncodeJpeg(Noise(16, 16, 3));
        var frame = file.AsSpan().IndexOf([(byte)0xFF, (byte)0xC0]); // start of frame: length, precision, height, width
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(frame + 5), 65_500);
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(frame + 7), 65_500);

        AssertRefusedCheaply(file);
    }

    [Fact]
    public void The_limit_on_pixels_is_inclusive()
    {
        var file = ImageCodec.EncodePng(Noise(10, 10, 1));

        Assert.Equal(10, ImageCodec.Decode(file, maxPixels: 100).Width);
        var error = Assert.Throws<InvalidDataException>(() => ImageCodec.Decode(file, maxPixels: 99));
        Assert.Equal("The image has 10 x 10 pixels, but at most 99 are accepted.", error.Message);
    }

    [Fact]
    public void Other_files_are_refused()
    {
        Assert.Equal("The image file is empty.", Assert.Throws<InvalidDataException>(() => ImageCodec.Decode([])).Message);
        Assert.Equal("The file is neither a PNG nor a JPEG image.",
            Assert.Throws<InvalidDataException>(() => ImageCodec.Decode(Encoding.ASCII.GetBytes("GIF89a, a very old format"))).Message);
    }

    [Fact]
    public void Pixels_must_agree_with_the_size() =>
        Assert.Contains("does not have 5 bytes", Assert.Throws<ArgumentException>(() => ImageCodec.EncodePng(new Image(2, 3, 1, new byte[5]))).Message, StringComparison.Ordinal);

    private static void AssertRefusedCheaply(byte[] file)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        AssertOneSentence(Assert.Throws<InvalidDataException>(() => ImageCodec.Decode(file)));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    private static void AssertOneSentence(InvalidDataException e)
    {
        Assert.DoesNotContain('\n', e.Message);
        Assert.EndsWith(".", e.Message, StringComparison.Ordinal);
    }

    private static Image Noise(int width, int height, int channels)
    {
        var pixels = new byte[width * height * channels];
        new Random(1).NextBytes(pixels);
        return new Image(width, height, channels, pixels);
    }

    private static Image Ramp(int width, int height, int channels)
    {
        var pixels = new byte[width * height * channels];
        for (var i = 0; i < pixels.Length; i++)
        {
            var (x, y) = (i / channels % width, i / channels / width);
            pixels[i] = (byte)(3 * x + 2 * y + 10 * (i % channels));
        }
        return new Image(width, height, channels, pixels);
    }

    // CRC-32 of the PNG specification.
    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var k = 0; k < 8; k++)
                crc = (crc & 1) != 0 ? 0xEDB88320u ^ (crc >> 1) : crc >> 1;
        }
        return ~crc;
    }
}

namespace Likeness.Tests;

/// <summary>Image files to pixels and back.</summary>
public sealed class ImageCodecTests
{
    [Theory]
    [InlineData(ImageFiles.Rgb2x2, 2, 2, 3, new byte[] { 255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255 })]
    [InlineData(ImageFiles.PaletteWithAlpha4x1, 4, 1, 4, new byte[] { 10, 20, 30, 0, 40, 50, 60, 128, 70, 80, 90, 255, 100, 110, 120, 255 })]
    [InlineData(ImageFiles.Grey16Bit2x1, 2, 1, 1, new byte[] { 255, 128 })]
    [InlineData(ImageFiles.Grey1Bit8x1, 8, 1, 1, new byte[] { 255, 0, 255, 255, 0, 0, 255, 0 })]
    [InlineData(ImageFiles.Rgba16Bit1x1, 1, 1, 4, new byte[] { 0x80, 0x01, 0xFF, 0x10 })] // the upper bytes
    [InlineData(ImageFiles.GreyAlpha16Bit1x1, 1, 1, 2, new byte[] { 0x80, 0x10 })]
    [InlineData(ImageFiles.GreyWithTransparentLevel3x1, 3, 1, 2, new byte[] { 10, 255, 20, 0, 30, 255 })]
    [InlineData(ImageFiles.LinearLight2x1, 2, 1, 3, new byte[] { 10, 20, 30, 40, 150, 60 })] // as in the file, whatever light it means
    public void Foreign_png_files_are_read_exactly(string file, int width, int height, int channels, byte[] pixels)
    {
        var image = ImageCodec.Decode(ImageFiles.Of(file));

        Assert.Equal((width, height, channels), (image.Width, image.Height, image.Channels));
        Assert.Equal(pixels, image.Pixels);
    }

    [Theory]
    [InlineData(ImageFiles.WebP)]
    [InlineData(ImageFiles.Bmp)]
    [InlineData(ImageFiles.Gif)]
    [InlineData(ImageFiles.GifOfTwo)] // the first
    public void Formats_without_loss_are_read_exactly(string file)
    {
        var image = ImageCodec.Decode(ImageFiles.Of(file));

        Assert.Equal((3, 2, 3), (image.Width, image.Height, image.Channels));
        Assert.Equal(ImageFiles.Colours, image.Pixels);
    }

    [Fact]
    public void Transparent_pixels_keep_the_colours_that_the_file_gives_them()
    {
        var image = ImageCodec.Decode(ImageFiles.Of(ImageFiles.WebPWithAlpha));

        Assert.Equal(4, image.Channels);
        Assert.Equal([0, 1, 128, 255, 254, 77], image.Pixels.Where((_, i) => i % 4 == 3));
        Assert.Equal(ImageFiles.Colours, image.Pixels.Where((_, i) => i % 4 < 3));
        Assert.Equal(ImageFiles.Colours, ImageCodec.Decode(ImageFiles.Of(ImageFiles.WebPWithAlpha), 3).Pixels);
    }

    [Fact]
    public void A_gif_file_may_leave_pixels_out()
    {
        var image = ImageCodec.Decode(ImageFiles.Of(ImageFiles.GifWithTransparency));

        Assert.Equal(4, image.Channels);
        Assert.Equal([255, 255, 0, 255, 255, 255], image.Pixels.Where((_, i) => i % 4 == 3));
    }

    [Fact]
    public void Inks_become_light()
    {
        var image = ImageCodec.Decode(ImageFiles.Of(ImageFiles.CmykJpeg));

        Assert.Equal((8, 8, 3), (image.Width, image.Height, image.Channels));
        // Light is what all inks leave: (1 - ink) (1 - black), here 0.8 of 255, 127 and 0; quality 95 is within two levels of it.
        Assert.All(image.Pixels.Chunk(3), p => Assert.All(p.Zip([204, 102, 0]), c => Assert.InRange(Math.Abs(c.First - c.Second), 0, 2)));
    }

    [Theory]
    [InlineData(1, new byte[] { 76, 150, 29, 255 })] // 0.299 R, 0.587 G, 0.114 B, rounded
    [InlineData(2, new byte[] { 76, 255, 150, 255, 29, 255, 255, 255 })]
    [InlineData(4, new byte[] { 255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 255, 255, 255, 255 })]
    public void Channels_are_converted_as_asked(int channels, byte[] pixels) =>
        Assert.Equal(pixels, ImageCodec.Decode(ImageFiles.Of(ImageFiles.Rgb2x2), channels).Pixels);

    [Fact]
    public void Dropping_alpha_keeps_the_colours() => Assert.Equal(
        [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120], ImageCodec.Decode(ImageFiles.Of(ImageFiles.PaletteWithAlpha4x1), 3).Pixels);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    public void Png_comes_back_unchanged(int channels)
    {
        var image = ImageFiles.Noise(37, 23, channels);

        var back = ImageCodec.Decode(ImageCodec.EncodePng(image));

        Assert.Equal((37, 23, channels), (back.Width, back.Height, back.Channels));
        Assert.Equal(image.Pixels, back.Pixels);
    }

    [Fact]
    public void Grey_with_alpha_is_written_as_colours_with_alpha()
    {
        var image = ImageFiles.Noise(37, 23, 2);
        var file = ImageCodec.EncodePng(image);

        Assert.Equal(4, ImageCodec.Decode(file).Channels);
        Assert.Equal(image.Pixels, ImageCodec.Decode(file, 2).Pixels);
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

    [Theory]
    [InlineData(4, 3)]
    [InlineData(2, 1)]
    public void Jpeg_drops_alpha(int channels, int left)
    {
        var image = Ramp(16, 16, channels);
        for (var i = channels - 1; i < image.Pixels.Length; i += channels)
        {
            image.Pixels[i] = 0;
        }

        var back = ImageCodec.Decode(ImageCodec.EncodeJpeg(image, 95));

        Assert.Equal(left, back.Channels);
        Assert.All(Enumerable.Range(0, 16 * 16), i => Assert.InRange(Math.Abs(back.Pixels[i * left] - image.Pixels[i * channels]), 0, 6));
    }

    [Fact]
    public void Lower_jpeg_quality_gives_a_smaller_file() =>
        Assert.True(ImageCodec.EncodeJpeg(ImageFiles.Noise(64, 64, 3), 30).Length < ImageCodec.EncodeJpeg(ImageFiles.Noise(64, 64, 3), 95).Length);

    [Fact]
    public void Fine_jpeg_keeps_the_resolution_of_colours()
    {
        // The frame header (FF C0) says how many samples a component has in a block: 1×1 for all, or 2×2 of the luma.
        static byte Sampling(int quality)
        {
            var file = ImageCodec.EncodeJpeg(ImageFiles.Noise(16, 16, 3), quality);
            return file[file.AsSpan().IndexOf([(byte)0xFF, (byte)0xC0]) + 11];
        }

        Assert.Equal((0x11, 0x22), (Sampling(90), Sampling(89)));
    }

    [Fact]
    public void What_cannot_be_written_is_refused()
    {
        Assert.Contains("does not have 5 bytes", Refused(() => ImageCodec.EncodePng(new Image(2, 3, 1, new byte[5]))), StringComparison.Ordinal);
        Assert.Contains("1 to 4 channels", Refused(() => ImageCodec.EncodePng(new Image(1, 1, 5, new byte[5]))), StringComparison.Ordinal);
        Assert.Contains("at most 65500", Refused(() => ImageCodec.EncodeJpeg(new Image(70_000, 1, 1, new byte[70_000]))), StringComparison.Ordinal);

        static string Refused(Func<byte[]> encode) => Assert.Throws<ArgumentException>(encode).Message;
    }

    private static Image Ramp(int width, int height, int channels)
    {
        var pixels = new byte[width * height * channels];
        for (var i = 0; i < pixels.Length; i++)
        {
            var (x, y) = (i / channels % width, i / channels / width);
            pixels[i] = (byte)((3 * x) + (2 * y) + (10 * (i % channels)));
        }

        return new Image(width, height, channels, pixels);
    }
}

using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Likeness.Tests;

/// <summary>Image files that are damaged, cut short, foreign or hostile give one sentence, and take no memory.</summary>
public sealed class DamagedImageTests
{
    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        foreach (var (name, file) in ImageFiles.OfEachFormat())
        {
            // The last byte of a GIF file says only that no further frame comes.
            for (var length = 0; length < file.Length - (name == "GIF" ? 1 : 0); length++)
            {
                var error = Record.Exception(() => ImageCodec.Decode(file.AsSpan(0, length)));
                Assert.True(error is InvalidDataException, $"{name} cut to {length} of {file.Length} bytes: {error}");
                AssertOneSentence((InvalidDataException)error);
            }
        }
    }

    [Fact]
    public void A_flipped_bit_gives_an_image_or_a_sentence()
    {
        foreach (var (name, file) in ImageFiles.OfEachFormat())
        {
            var read = 0;
            for (var bit = 0; bit < file.Length * 8; bit++)
            {
                var damaged = file.ToArray();
                damaged[bit / 8] ^= (byte)(1 << (bit % 8));
                read += ReadOrRefused(damaged) ? 1 : 0;
            }

            // PNG has check sums; JPEG, BMP and GIF have none, and most of their bytes are colours.
            Assert.True(name != "PNG" || read == 0, $"{read} damaged PNG files were read.");
        }
    }

    [Fact]
    public void Bytes_overwritten_at_random_give_an_image_or_a_sentence()
    {
        var random = new Random(7);
        foreach (var (_, file) in ImageFiles.OfEachFormat())
        {
            for (var repeat = 0; repeat < 400; repeat++)
            {
                var damaged = file.ToArray();
                for (var k = random.Next(1, 12); k > 0; k--)
                {
                    damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
                }

                ReadOrRefused(damaged);
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
        var file = ImageFiles.Of(ImageFiles.Rgb2x2);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(20), height);
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(29), ImageFiles.Crc(file.AsSpan(12, 17)));

        AssertRefusedCheaply(file);
    }

    [Fact]
    public void A_jpeg_header_that_claims_too_much_is_refused_before_memory_is_taken()
    {
        var file = ImageCodec.EncodeJpeg(ImageFiles.Noise(16, 16, 3));
        var frame = file.AsSpan().IndexOf([(byte)0xFF, (byte)0xC0]); // start of frame: length, precision, height, width
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(frame + 5), 65_500);
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(frame + 7), 65_500);

        AssertRefusedCheaply(file);
    }

    [Fact]
    public void So_are_other_headers_that_claim_too_much()
    {
        var bmp = ImageFiles.Of(ImageFiles.Bmp);
        BinaryPrimitives.WriteInt32LittleEndian(bmp.AsSpan(18), 60_000);
        BinaryPrimitives.WriteInt32LittleEndian(bmp.AsSpan(22), 60_000);
        AssertRefusedCheaply(bmp);

        var gif = ImageFiles.Of(ImageFiles.Gif);
        gif.AsSpan(6, 4).Fill(0xFF);
        AssertRefusedCheaply(gif);

        // 14 bits each of width and height, less one.
        var webp = ImageFiles.Of(ImageFiles.WebP);
        BinaryPrimitives.WriteUInt32LittleEndian(webp.AsSpan(21), 0x0FFFFFFF);
        AssertRefusedCheaply(webp);
    }

    [Fact]
    public void Text_and_profiles_in_a_file_do_not_unpack_without_end()
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.SmallestSize))
        {
            var zeros = new byte[1 << 20];
            for (var i = 0; i < 512; i++)
            {
                zlib.Write(zeros);
            }
        }

        byte[] content = [(byte)'x', 0, 0, .. packed.ToArray()];
        var before = Environment.WorkingSet;
        foreach (var chunk in new[] { "zTXt", "iCCP" })
        {
            Assert.Equal(2, ImageCodec.Decode(ImageFiles.WithChunk(ImageFiles.Of(ImageFiles.Rgb2x2), chunk, content)).Width);
        }

        Assert.InRange(Environment.WorkingSet - before, long.MinValue, 256L << 20);
    }

    [Fact]
    public void The_limit_on_pixels_is_inclusive()
    {
        var file = ImageCodec.EncodePng(ImageFiles.Noise(10, 10, 1));

        Assert.Equal(10, ImageCodec.Decode(file, maxPixels: 100).Width);
        var error = Assert.Throws<InvalidDataException>(() => ImageCodec.Decode(file, maxPixels: 99));
        Assert.Equal("The image has 10 x 10 pixels, but at most 99 are accepted.", error.Message);
    }

    [Fact]
    public void Other_files_are_refused()
    {
        const string other = "The file is not an image in a format that can be read: PNG, JPEG, WebP, BMP, GIF, ICO or WBMP.";
        Assert.Equal("The image file is empty.", Refused([]));
        Assert.Equal(other, Refused(Encoding.ASCII.GetBytes("GIF90a, a format that never was")));
        Assert.Equal(other, Refused(ImageFiles.Of(ImageFiles.Tiff)));

        // WBMP has no mark of its own: two zeros begin one.
        Assert.Equal("The file is not an image in a format that can be read, or it is a WBMP file that is damaged or cut short.", Refused(new byte[100]));
        Assert.Equal(other, Refused([1, .. new byte[99]]));

        static string Refused(byte[] file) => Assert.Throws<InvalidDataException>(() => ImageCodec.Decode(file)).Message;
    }

    private static bool ReadOrRefused(byte[] file)
    {
        try
        {
            var image = ImageCodec.Decode(file, maxPixels: 1 << 20);
            Assert.Equal(image.Width * image.Height * image.Channels, image.Pixels.Length);
            return true;
        }
        catch (InvalidDataException e)
        {
            AssertOneSentence(e);
            return false;
        }
    }

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
}

namespace Likeness.Tests;

/// <summary>Images stand as EXIF says that they are to be shown.</summary>
public sealed class ImageOrientationTests
{
    // Stored as two rows, abc above def: how it is to be shown for each orientation (EXIF 2.3, tag 274).
    public static TheoryData<int, string> Shown => new()
    {
        { 1, "abc/def" }, { 2, "cba/fed" }, { 3, "fed/cba" }, { 4, "def/abc" },
        { 5, "ad/be/cf" }, { 6, "da/eb/fc" }, { 7, "fc/eb/da" }, { 8, "cf/be/ad" },
    };

    [Theory]
    [MemberData(nameof(Shown))]
    public void Photographs_are_turned_upright(int orientation, string shown)
    {
        // Letters of 8×8 pixels are blocks of the format, which come through nearly unchanged.
        var stored = new Image(24, 16, 1, [.. Enumerable.Range(0, 24 * 16).Select(i => Level("abcdef"[(i / 24 / 8 * 3) + (i % 24 / 8)]))]);
        var file = ImageCodec.EncodeJpeg(stored, 95);
        byte[] exif = [.. "Exif\0\0"u8, .. Exif(orientation, little: false)];
        file = [.. file[..2], 0xFF, 0xE1, 0, (byte)(exif.Length + 2), .. exif, .. file[2..]];

        var image = ImageCodec.Decode(file);

        Assert.Equal(shown, Letters(image, 8));
    }

    [Theory]
    [MemberData(nameof(Shown))]
    public void So_are_png_files(int orientation, string shown)
    {
        var png = ImageCodec.EncodePng(new Image(3, 2, 1, [.. "abcdef".Select(Level)]));
        foreach (var little in new[] { false, true })
        {
            Assert.Equal(shown, Letters(ImageCodec.Decode(ImageFiles.WithChunk(png, "eXIf", Exif(orientation, little))), 1));
        }
    }

    [Fact]
    public void So_are_webp_files()
    {
        var (stored, turned) = (ImageCodec.Decode(ImageFiles.Of(ImageFiles.WebP)), ImageCodec.Decode(ImageFiles.Of(ImageFiles.WebPToBeTurned)));

        Assert.Equal((2, 3), (turned.Width, turned.Height));
        // Clockwise: the lower left pixel becomes the upper left one.
        Assert.Equal(stored.Pixels[9..12], turned.Pixels[..3]);
        Assert.Equal(stored.Pixels[..3], turned.Pixels[3..6]);
    }

    [Fact]
    public void Blocks_that_say_nothing_sensible_leave_images_as_they_are()
    {
        var png = ImageCodec.EncodePng(new Image(3, 2, 1, [.. "abcdef".Select(Level)]));
        byte[][] odd = [[], [.. "XX"u8], [.. Exif(6, true)[..12]], Exif(9, true), Exif(0, false), [.. "II*\0"u8, 0xFF, 0xFF, 0xFF, 0xFF], [.. "MM\0*"u8, 0, 0, 0, 8, 0xFF, 0xFF]];

        Assert.All(odd, block => Assert.Equal("abc/def", Letters(ImageCodec.Decode(ImageFiles.WithChunk(png, "eXIf", block)), 1)));
    }

    private static byte Level(char letter) => (byte)(40 * (letter - 'a'));

    private static string Letters(Image image, int side) => string.Join('/', Enumerable.Range(0, image.Height / side).Select(y =>
        string.Concat(Enumerable.Range(0, image.Width / side).Select(x => (char)('a' + ((image.Pixels[(((y * side) + (side / 2)) * image.Width) + (x * side) + (side / 2)] + 20) / 40))))));

    // A TIFF header and a directory of one entry: tag 274, a 16-bit number, one of them, its value.
    private static byte[] Exif(int orientation, bool little)
    {
        byte[] Word(int value) => little ? [(byte)value, (byte)(value >> 8)] : [(byte)(value >> 8), (byte)value];
        byte[] Long(int value) => little ? [.. Word(value), 0, 0] : [0, 0, .. Word(value)];
        return [.. little ? "II"u8 : "MM"u8, .. Word(42), .. Long(8), .. Word(1), .. Word(274), .. Word(3), .. Long(1), .. Word(orientation), 0, 0, .. Long(0)];
    }
}

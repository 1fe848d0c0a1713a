using System.Buffers.Binary;

namespace Likeness.Tests;

/// <summary>
/// Small image files of other programs' making: PNG by Python's zlib and struct modules after the specification, the others by Pillow.
/// Those of 3×2 pixels hold <see cref="Colours"/>.
/// </summary>
internal static class ImageFiles
{
    public const string Rgb2x2 = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEklEQVR42mP4z8DAAMIM/4EAAB/uBfvxq7p3AAAAAElFTkSuQmCC";
    public const string PaletteWithAlpha4x1 =
        "iVBORw0KGgoAAAANSUhEUgAAAAQAAAABAgMAAACEUudeAAAADFBMVEUKFB4oMjxGUFpkbnjGSHffAAAAAnRSTlMAgJsrThgAAAAKSURBVHjaY5AGAAAdABwjfI+sAAAAAElFTkSuQmCC";
    public const string Grey16Bit2x1 = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABEAAAAACB2fwVAAAADUlEQVR42mP4/7+hAQAIfgL/NtAjTwAAAABJRU5ErkJggg==";
    public const string Grey1Bit8x1 = "iVBORw0KGgoAAAANSUhEUgAAAAgAAAABAQAAAADLe9LuAAAACklEQVR42mPYBAAAtACziZDNLwAAAABJRU5ErkJggg==";

    // One pixel of 0x80FF, 0x01FF, 0xFF00, 0x10FF.
    public const string Rgba16Bit1x1 = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABEAYAAABPhRjKAAAAEUlEQVR4nGNo+M/4/z+DwH8AFR4EjreDkuoAAAAASUVORK5CYII=";
    public const string GreyAlpha16Bit1x1 = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABEAQAAADljNBBAAAADUlEQVR4nGNo+C/wHwAGIQKPCICO5AAAAABJRU5ErkJggg==";

    // Grey 10, 20, 30, of which 20 is declared transparent.
    public const string GreyWithTransparentLevel3x1 = "iVBORw0KGgoAAAANSUhEUgAAAAMAAAABCAAAAAA+i0toAAAAAnRSTlMAFGxJGUUAAAAMSURBVHicY+ASkQMAAGgAPVQIo/cAAAAASUVORK5CYII=";

    // (10, 20, 30), (40, 150, 60) and a gAMA chunk of linear light.
    public const string LinearLight2x1 = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAABGdBTUEAAYagMeiWXwAAAA9JREFUeJxj4BKR05hmAwAC/wE3EXr7ZAAAAABJRU5ErkJggg==";

    public const string WebP = "UklGRkQAAABXRUJQVlA4TDgAAAAvAkAAAC9AFmCyOXQHkb9bGmTSNv3rodrndATZNpvI/F0O9fkP+COPmJZtoCBtAxZ3T9ki+h+3Bg==";

    // Alpha 0, 1, 128, 255, 254, 77.
    public const string WebPWithAlpha = "UklGRk4AAABXRUJQVlA4TEEAAAAvAkAAEC9AFmCyOXQHkb9bGmTSNv3rodrndATZNpvI/F0OdQJJG9Zvoc6LLw7J4z62FtuEmrYN2FDnX06N6H9cKwA=";

    public const string WebPToBeTurned =
        "UklGRngAAABXRUJQVlA4WAoAAAAIAAAAAgAAAQAAVlA4TDgAAAAvAkAAAC9AFmCyOXQHkb9bGmTSNv3rodrndATZNpvI/F0O9fkP+COPmJZtoCBtAxZ3T9ki+h+3BkVYSUYaAAAATU0AKgAAAAgAAQESAAMAAAABAAYAAAAAAAA=";

    public const string Bmp = "Qk1OAAAAAAAAADYAAAAoAAAAAwAAAAIAAAABABgAAAAAABgAAADEDgAAxA4AAAAAAAAAAAAAAP8A/wAAB2TIAAAAHhQKPDIoAAD/AAAA";
    public const string Gif = "R0lGODdhAwACAIIAAAoUHigyPP8AAAD/AAAA/8hkBwAAAAAAACwAAAAAAwACAAAICQABBBAwgECBgAA7";

    // Its third pixel is transparent.
    public const string GifWithTransparency = "R0lGODlhAwACAIIAAAoUHigyPP8AAAD/AAAA/8hkBwAAAAAAACH5BAEAAAIALAAAAAADAAIAAAgJAAEEEDCAQIGAADs=";

    // A second frame has the colours in the opposite order.
    public const string GifOfTwo = "R0lGODdhAwACAIIAAAoUHigyPP8AAAD/AAAA/8hkBwAAAAAAACwAAAAAAwACAAAICQABBBAwgECBgAAsAAAAAAMAAgCCChQeKDI8/wAAAP8AAAD/yGQHAAAAAAAACAkACxAYICAAgIAAOw==";

    // 8×8 pixels of 0, 128, 255 and 51 parts in 255 of cyan, magenta, yellow and black, stored inverted as Adobe's programs do.
    public const string CmykJpeg =
        "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwACAQEBAQECAQEBAgICAgIEAwICAgIFBAQDBAYFBgYGBQYGBgcJCAYHCQcGBggLCAkKCgoKCgYICwwLCgwJCgoK/8AAFAgACAAIBEMRAE0RAFkRAEsRAP/EABYAAQEBAAAAAAAAAAAAAAAAAAkDCv/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAOBEMATQBZAEsAAD8AfxNn/Jg//9k=";

    public const string Tiff = "SUkqAAgAAAAJAAABBAABAAAAAQAAAAEBBAABAAAAAQAAAAIBAwABAAAACAAAAAMBAwABAAAAAQAAAAYBAwABAAAAAQAAABEBBAABAAAAegAAABYBBAABAAAAAQAAABcBBAABAAAAAQAAABwBAwABAAAAAQAAAAAAAAAA";

    public static byte[] Colours => [10, 20, 30, 40, 50, 60, 255, 0, 0, 0, 255, 0, 0, 0, 255, 200, 100, 7];

    public static byte[] Of(string base64) => Convert.FromBase64String(base64);

    /// <summary>One file of each format, named for messages.</summary>
    public static IEnumerable<(string Name, byte[] File)> OfEachFormat() =>
    [
        ("PNG", ImageCodec.EncodePng(Noise(9, 7, 3))), ("JPEG", ImageCodec.EncodeJpeg(Noise(16, 16, 3))), ("grey JPEG", ImageCodec.EncodeJpeg(Noise(16, 16, 1))),
        ("CMYK JPEG", Of(CmykJpeg)), ("WebP", Of(WebP)), ("WebP with alpha", Of(WebPWithAlpha)), ("WebP with EXIF", Of(WebPToBeTurned)),
        ("BMP", Of(Bmp)), ("GIF", Of(Gif)),
    ];

    public static Image Noise(int width, int height, int channels)
    {
        var pixels = new byte[width * height * channels];
        new Random(1).NextBytes(pixels);
        return new Image(width, height, channels, pixels);
    }

    /// <summary>A PNG file with another chunk after its header.</summary>
    public static byte[] WithChunk(byte[] png, string name, byte[] content)
    {
        var chunk = new byte[content.Length + 12];
        BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
        System.Text.Encoding.ASCII.GetBytes(name, chunk.AsSpan(4));
        content.CopyTo(chunk, 8);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(content.Length + 8), Crc(chunk.AsSpan(4, content.Length + 4)));
        return [.. png[..33], .. chunk, .. png[33..]];
    }

    /// <summary>CRC-32 of the PNG specification.</summary>
    public static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var k = 0; k < 8; k++)
            {
                crc = (crc & 1) != 0 ? 0xEDB88320u ^ (crc >> 1) : crc >> 1;
            }
        }

        return ~crc;
    }
}

using System.Buffers.Binary;

namespace Likeness;

/// <summary>Pictures that follow one another for ever, as an animated PNG file (PNG specification, third edition). Whoever cannot animate shows the last of them.</summary>
internal static class AnimatedPng
{
    private const int Milliseconds = 1000;

    /// <param name="frames">In their order, of one size and one number of channels.</param>
    /// <param name="each">How long each is shown.</param>
    /// <param name="last">How long the last is.</param>
    /// <exception cref="ArgumentException">There are no frames, or they differ in size or channels.</exception>
    public static byte[] Encode(IReadOnlyList<Image> frames, TimeSpan each, TimeSpan last)
    {
        ArgumentNullException.ThrowIfNull(frames);
        if (frames.Count == 0 || frames.Any(f => (f.Width, f.Height, f.Channels) != (frames[0].Width, frames[0].Height, frames[0].Channels)))
        {
            throw new ArgumentException("An animation needs frames, all of one size and of as many channels.", nameof(frames));
        }

        using var file = new MemoryStream();
        file.Write(PngChunks.Signature);
        var number = 0u;
        // What stands before the first frame's control is the still picture of those that cannot animate, and no frame.
        var still = ImageCodec.EncodePng(frames[^1]);
        foreach (var (name, content) in PngChunks.Walk(still))
        {
            if (name == "IHDR")
            {
                PngChunks.Write(file, "IHDR"u8, content);
                PngChunks.Write(file, "acTL"u8, Numbers((uint)frames.Count, 0));
            }
            else if (name == "IDAT")
            {
                PngChunks.Write(file, "IDAT"u8, content);
            }
        }

        for (var i = 0; i < frames.Count; i++)
        {
            var time = i == frames.Count - 1 ? last : each;
            byte[] control = [.. Numbers(number++, (uint)frames[i].Width, (uint)frames[i].Height, 0, 0), .. Delay(time), 0, 0];
            PngChunks.Write(file, "fcTL"u8, control);
            foreach (var (_, content) in PngChunks.Walk(ImageCodec.EncodePng(frames[i])).Where(c => c.Name == "IDAT"))
            {
                PngChunks.Write(file, "fdAT"u8, [.. Numbers(number++), .. content]);
            }
        }

        PngChunks.Write(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static byte[] Numbers(params ReadOnlySpan<uint> values)
    {
        var bytes = new byte[values.Length * sizeof(uint)];
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(i * sizeof(uint)), values[i]);
        }

        return bytes;
    }

    // A fraction of a second: numerator and denominator of sixteen bits.
    private static byte[] Delay(TimeSpan time)
    {
        var bytes = new byte[2 * sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)Math.Clamp(time.TotalMilliseconds, 0, ushort.MaxValue));
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(sizeof(ushort)), Milliseconds);
        return bytes;
    }
}

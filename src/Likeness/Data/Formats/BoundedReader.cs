using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Likeness;

/// <summary>
/// Reads a file that may be damaged or hostile. A length that the file claims is held against what the file can still
/// contain before anything is allocated, and what cannot be known beforehand (the size of compressed data) is allocated as
/// it arrives and capped. Seekable streams that begin with gzip's magic bytes are unpacked on the fly.
/// </summary>
internal sealed class BoundedReader : IDisposable
{
    /// <summary>Most bytes that one file may unpack to, unless a caller says otherwise.</summary>
    public const long DefaultLimit = 4L << 30;

    // Deflate cannot shrink data by more than this factor, so compressed lengths bound unpacked ones.
    private const long LargestRatio = 1032;
    private const int FirstAllocation = 1 << 20;
    private const long LongestText = 1L << 29;

    private readonly Stream source;
    private readonly bool unpacks;
    private long remaining;

    public BoundedReader(Stream stream, string name, long limit = DefaultLimit)
    {
        Name = name;
        if (!stream.CanSeek)
        {
            (source, remaining) = (stream, limit);
            return;
        }

        var start = stream.Position;
        unpacks = stream.ReadByte() == 0x1f && stream.ReadByte() == 0x8b;
        stream.Position = start;
        var stored = stream.Length - start;
        remaining = Math.Min(limit, unpacks ? Math.Min(stored, limit) * LargestRatio : stored);
        source = unpacks ? new GZipStream(stream, CompressionMode.Decompress) : stream;
    }

    /// <summary>What messages call the file.</summary>
    public string Name { get; }

    public static BoundedReader Open(string path, long limit = DefaultLimit)
    {
        try
        {
            return new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16), path, limit);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"'{path}' cannot be read ({e.Message.TrimEnd('.')}): check that it exists and that you may read it.", e);
        }
    }

    /// <summary>What a reader makes of a file.</summary>
    public static T Of<T>(string path, Func<BoundedReader, T> read)
    {
        using var file = Open(path);
        return read(file);
    }

    /// <summary>What it makes of a stream.</summary>
    public static T Of<T>(Stream stream, string name, long limit, Func<BoundedReader, T> read)
    {
        using var file = new BoundedReader(stream, name, limit);
        return read(file);
    }

    /// <summary>Up to <paramref name="destination"/>'s length; less only at the end of the file.</summary>
    public int Read(Span<byte> destination)
    {
        try
        {
            var count = source.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false);
            remaining -= count;
            return remaining >= 0 ? count : throw Damaged("it unpacks to more than the allowed size");
        }
        catch (Exception e) when (e is InvalidDataException or IOException or NotSupportedException)
        {
            throw new DataException($"'{Name}' is damaged ({e.Message.TrimEnd('.')}): get the file again.", e);
        }
    }

    /// <summary>Exactly so many bytes, or an exception that says what they were needed for.</summary>
    public void ReadExactly(Span<byte> destination, string what)
    {
        if (Read(destination) < destination.Length)
        {
            throw Damaged($"it ends inside its {what}");
        }
    }

    /// <summary>An array of so many elements in this machine's byte order.</summary>
    public T[] ReadArray<T>(long length, string what)
        where T : unmanaged
    {
        if (length > Array.MaxLength || length * Unsafe.SizeOf<T>() > remaining)
        {
            throw Damaged($"it claims {length} values of {what}, more than it can contain");
        }

        // A packed file's true size shows only while it unpacks: grow with what has really arrived.
        var known = unpacks || !source.CanSeek ? Math.Min(length, FirstAllocation / Unsafe.SizeOf<T>()) : length;
        var values = new T[known];
        for (long filled = 0; ;)
        {
            ReadExactly(MemoryMarshal.AsBytes(values.AsSpan((int)filled)), what);
            filled = values.Length;
            if (filled == length)
            {
                return values;
            }

            Array.Resize(ref values, (int)Math.Min(length, 2 * filled));
        }
    }

    /// <summary>All that is left, in memory; the file must be a plain one, whose length is known.</summary>
    public byte[] ReadToEnd()
    {
        var all = ReadArray<byte>(remaining, "content");
        ExpectEnd();
        return all;
    }

    /// <summary>All that is left, as UTF-8 or what a mark at its beginning says.</summary>
    public string ReadText()
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (var count = buffer.Length; count == buffer.Length;)
        {
            count = Read(buffer);
            bytes.Write(buffer, 0, bytes.Length + count <= LongestText ? count : throw Damaged("it unpacks to more than the allowed size"));
        }

        bytes.Position = 0;
        using var text = new StreamReader(bytes);
        return text.ReadToEnd();
    }

    /// <summary>Complains when anything follows what the format describes.</summary>
    public void ExpectEnd()
    {
        Span<byte> one = stackalloc byte[1];
        if (Read(one) != 0)
        {
            throw Damaged("more data follows than its header describes");
        }
    }

    public DataException Damaged(string how, string remedy = "get the file again") => new($"'{Name}' is damaged: {how}; {remedy}.");

    public void Dispose() => source.Dispose();
}

using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Likeness;

/// <summary>
/// A file of scalars that TensorBoard reads: events of a few protobuf fields, each framed as a TFRecord (its length, the length's checksum, the event, the event's
/// checksum). A training that goes on begins a new file, whose first event makes the viewer forget what an earlier one logged from that step on.
/// </summary>
internal sealed class EventFile : IExtraLog
{
    // Numbers of protobuf's wire types.
    private const int Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5;

    private readonly FileStream _stream;
    private readonly TimeProvider _clock;

    private EventFile(FileStream stream, TimeProvider clock) => (_stream, _clock) = (stream, clock);

    /// <summary>The files of a folder.</summary>
    public const string Pattern = "events.out.tfevents.*";

    /// <summary>Begins another file in a folder.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="step">Steps that were taken before.</param>
    /// <param name="clock">What time it is.</param>
    public static EventFile Create(string folder, long step, TimeProvider clock)
    {
        // The viewer reads files in the order of their names.
        var before = Directory.EnumerateFiles(folder, Pattern).Count();
        var path = Path.Combine(folder, $"events.out.tfevents.{clock.GetUtcNow().ToUnixTimeSeconds():0000000000}.{before:000000}.likeness");
        var file = new EventFile(new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 1 << 14), clock);
        file.Write(null, e => Text(e, 3, "brain.Event:2"));
        if (step > 0)
        {
            // SessionLog { status: START } at the step to come.
            file.Write(step + 1, e => Message(e, 7, log => Number(log, 1, 1)));
        }

        file.Flush();
        return file;
    }

    /// <summary>Writes every term of a step as "player/term", which the viewer sorts by player.</summary>
    public void Append(LogEntry entry) => Write(entry.Step, e => Message(e, 5, summary =>
    {
        foreach (var (name, value) in entry.Terms)
        {
            Message(summary, 1, scalar =>
            {
                Text(scalar, 1, name.Replace('.', '/'));
                Tag(scalar, 2, Fixed32);
                Span<byte> single = stackalloc byte[4];
                BinaryPrimitives.WriteSingleLittleEndian(single, (float)value);
                scalar.Write(single);
            });
        }
    }));

    public void Flush() => _stream.Flush();

    public void Dispose() => _stream.Dispose();

    /// <summary>Castagnoli's cyclic redundancy check.</summary>
    internal static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return ~crc;
    }

    // Checksums of data that holds checksums are weak, so the format rotates and shifts them.
    private static uint Masked(ReadOnlySpan<byte> bytes) => unchecked(BitOperations.RotateRight(Crc32C(bytes), 15) + 0xa282ead8u);

    private void Write(long? step, Action<MemoryStream> fields)
    {
        using var message = new MemoryStream();
        Tag(message, 1, Fixed64);
        Span<byte> time = stackalloc byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(time, _clock.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0);
        message.Write(time);
        if (step is { } at)
        {
            Number(message, 2, (ulong)at);
        }

        fields(message);
        Frame(message.ToArray());
    }

    private void Frame(ReadOnlySpan<byte> message)
    {
        Span<byte> head = stackalloc byte[12];
        BinaryPrimitives.WriteUInt64LittleEndian(head, (ulong)message.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], Masked(head[..8]));
        _stream.Write(head);
        _stream.Write(message);
        BinaryPrimitives.WriteUInt32LittleEndian(head, Masked(message));
        _stream.Write(head[..4]);
    }

    private static void Tag(MemoryStream to, int field, int kind) => Base128(to, (ulong)((field << 3) | kind));

    private static void Number(MemoryStream to, int field, ulong value)
    {
        Tag(to, field, Varint);
        Base128(to, value);
    }

    private static void Text(MemoryStream to, int field, string text) => Sized(to, field, Encoding.UTF8.GetBytes(text));

    private static void Message(MemoryStream to, int field, Action<MemoryStream> fields)
    {
        using var inner = new MemoryStream();
        fields(inner);
        Sized(to, field, inner.ToArray());
    }

    private static void Sized(MemoryStream to, int field, byte[] bytes)
    {
        Tag(to, field, Bytes);
        Base128(to, (ulong)bytes.Length);
        to.Write(bytes);
    }

    private static void Base128(MemoryStream to, ulong value)
    {
        while (value >= 0x80)
        {
            to.WriteByte((byte)(value | 0x80));
            value >>= 7;
        }

        to.WriteByte((byte)value);
    }
}

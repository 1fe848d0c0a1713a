using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Likeness;

/// <summary>
/// A file of named tensors in the safetensors format: 8 bytes of header length, a JSON header, the elements. Everything that
/// the header says is checked before it is used. Elements are read from the file when they are asked for.
/// </summary>
public sealed class SafetensorsFile : IDisposable
{
    private const int LengthBytes = 8;

    private readonly SafeFileHandle _file;
    private readonly string _path;
    private readonly SafetensorsHeader _header;
    private readonly long _dataStart;
    private readonly Dictionary<string, SafetensorsEntry> _entries;

    private SafetensorsFile(SafeFileHandle file, string path, SafetensorsHeader header, long dataStart)
    {
        (_file, _path, _header, _dataStart) = (file, path, header, dataStart);
        _entries = header.Entries.ToDictionary(e => e.Name, StringComparer.Ordinal);
        Names = [.. header.Entries.Select(e => e.Name)];
    }

    /// <summary>Names of the tensors, in the header's order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The strings that the file carries beside its tensors.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>Opens a file and checks its header against its length.</summary>
    /// <exception cref="InvalidDataException">The file is not a whole, well-formed safetensors file.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static SafetensorsFile Open(string path)
    {
        var file = File.OpenHandle(path);
        try
        {
            var length = RandomAccess.GetLength(file);
            if (length < LengthBytes)
            {
                throw new InvalidDataException($"'{path}' is not a safetensors file: it has {length} bytes, fewer than the 8 of a header length.");
            }

            Span<byte> prefix = stackalloc byte[LengthBytes];
            Fill(file, prefix, 0, path);
            var headerLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
            if (headerLength > SafetensorsHeader.MaxBytes || (long)headerLength > length - LengthBytes)
            {
                throw new InvalidDataException(
                    $"'{path}' is not a whole safetensors file: its header claims {headerLength} bytes where at most {Math.Min(SafetensorsHeader.MaxBytes, length - LengthBytes)} are possible.");
            }

            var json = new byte[(int)headerLength];
            Fill(file, json, LengthBytes, path);
            var dataStart = LengthBytes + (long)headerLength;
            return new(file, path, SafetensorsHeader.Parse(json, length - dataStart, path), dataStart);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>A copy of one tensor, in main memory.</summary>
    /// <exception cref="KeyNotFoundException">The file has no tensor of this name.</exception>
    /// <exception cref="InvalidDataException">The file became shorter since it was opened.</exception>
    public Tensor Read(string name)
    {
        if (!_entries.TryGetValue(name, out var entry))
        {
            throw new KeyNotFoundException($"'{_path}' has no tensor '{name}': it has {string.Join(", ", Names.Take(20))}{(Names.Count > 20 ? ", …" : "")}.");
        }

        var tensor = torch.empty(entry.Shape, entry.Type);
        Bytes.ForEach(tensor, (span, at) => Fill(_file, span, _dataStart + entry.Begin + at, _path));
        return tensor;
    }

    /// <summary>
    /// Writes a file whole or not at all: to a temporary name beside it, flushed to the disk, then renamed. The header keeps the
    /// given order; elements are stored from wide to narrow types, so each tensor is aligned without gaps. The same
    /// tensors give the same bytes.
    /// </summary>
    /// <exception cref="ArgumentException">Two tensors have the same name, or a name that the format reserves.</exception>
    public static void Write(string path, IEnumerable<(string Name, Tensor Value)> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var given = tensors.ToList();
        var stored = given.OrderByDescending(t => t.Value.dtype.Size()).ToList();
        var offsets = new Dictionary<string, SafetensorsEntry>(StringComparer.Ordinal);
        var end = 0L;
        foreach (var (name, value) in stored)
        {
            var bytes = checked(value.numel() * value.dtype.Size());
            if (name == SafetensorsHeader.MetadataName || !offsets.TryAdd(name, new(name, value.dtype, value.shape, end, end + bytes)))
            {
                throw new ArgumentException($"The tensor name '{name}' is taken: give each tensor of '{path}' a name of its own.", nameof(tensors));
            }

            end += bytes;
        }

        var header = SafetensorsHeader.Format(given.Select(t => offsets[t.Name]), metadata);
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var temporary = Path.Combine(folder, $".{Path.GetFileName(path)}.{Environment.ProcessId}.tmp");
        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                Span<byte> prefix = stackalloc byte[LengthBytes];
                BinaryPrimitives.WriteInt64LittleEndian(prefix, header.Length);
                stream.Write(prefix);
                stream.Write(header);
                foreach (var (_, value) in stored)
                {
                    // One tensor at a time is brought to main memory or to row-major order, and only where it is not so already.
                    using var scope = torch.NewDisposeScope();
                    Bytes.ForEach(value.detach().to(torch.CPU).contiguous(), (span, _) => stream.Write(span));
                }

                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    public void Dispose() => _file.Dispose();

    private static void Fill(SafeFileHandle file, Span<byte> span, long offset, string path)
    {
        while (span.Length > 0)
        {
            var read = RandomAccess.Read(file, span, offset);
            if (read == 0)
            {
                throw new InvalidDataException($"'{path}' ends at byte {offset}, before the {span.Length} bytes that should follow: it was cut short while it was read.");
            }

            span = span[read..];
            offset += read;
        }
    }

    /// <summary>The elements of a contiguous tensor in main memory as bytes, in pieces that a span can hold.</summary>
    private static class Bytes
    {
        private const int Piece = 1 << 30;

        public delegate void Use(Span<byte> bytes, long offset);

        public static unsafe void ForEach(Tensor tensor, Use use)
        {
            var total = tensor.numel() * tensor.dtype.Size();
            for (var at = 0L; at < total; at += Piece)
            {
                use(new Span<byte>((byte*)tensor.DataPointer() + at, (int)Math.Min(Piece, total - at)), at);
            }

            GC.KeepAlive(tensor);
        }
    }
}

using System.IO.Compression;

namespace Likeness;

/// <summary>
/// The files of a ZIP archive, read in memory: nothing is ever unpacked to disk. Names that lead out of the archive, more
/// entries and larger ones than allowed are refused.
/// </summary>
internal sealed class ZipFiles : IDisposable
{
    private const int MostEntries = 2_000_000;

    private readonly ZipArchive archive;
    private readonly string name;
    private readonly long limit;

    public ZipFiles(Stream stream, string name, long limit = BoundedReader.DefaultLimit)
    {
        (this.name, this.limit) = (name, limit);
        archive = Checked(() => new ZipArchive(stream, ZipArchiveMode.Read));
        Entries = Checked(() => archive.Entries.Where(e => !e.FullName.EndsWith('/')).ToList());
        if (Entries.Count > MostEntries)
        {
            throw new DataException($"'{name}' has {Entries.Count} entries, and at most {MostEntries} are allowed: divide it.");
        }

        foreach (var entry in Entries)
        {
            if (Path.IsPathRooted(entry.FullName) || entry.FullName.Split('/', '\\').Contains(".."))
            {
                throw new DataException($"'{name}' has an entry named '{entry.FullName}' that leads out of the archive: make the archive again with plain names.");
            }
        }
    }

    public IReadOnlyList<ZipArchiveEntry> Entries { get; }

    /// <summary>Opens one entry; what it unpacks to is bounded by the reader that it is given to.</summary>
    public T Read<T>(ZipArchiveEntry entry, Func<Stream, string, T> read) => Checked(() =>
    {
        using var content = entry.Open();
        return read(content, $"{name}/{entry.FullName}");
    });

    /// <summary>The content of one entry.</summary>
    public byte[] ReadAllBytes(ZipArchiveEntry entry) => Read(entry, (content, label) =>
    {
        using var reader = new BoundedReader(content, label, limit);
        return reader.ReadArray<byte>(entry.Length, "content");
    });

    public void Dispose() => archive.Dispose();

    private T Checked<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is InvalidDataException or IOException or NotSupportedException or ArgumentException or OverflowException)
        {
            throw new DataException($"'{name}' is a damaged archive ({e.Message.TrimEnd('.')}): get the file again.", e);
        }
    }
}

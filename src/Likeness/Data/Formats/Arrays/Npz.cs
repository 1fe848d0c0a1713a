using System.IO.Compression;

namespace Likeness;

/// <summary>NumPy's archive of arrays: a ZIP file of NPY files.</summary>
public static class Npz
{
    private const int MostArrays = 1000;

    /// <summary>Reads every array, by name and in the archive's order.</summary>
    /// <exception cref="DataException">The archive or an array in it is damaged.</exception>
    public static IReadOnlyList<(string Name, NumericArray Array)> Read(string path)
    {
        using var stream = OpenFile(path);
        return Read(stream, path);
    }

    /// <inheritdoc cref="Read(string)"/>
    /// <param name="stream">The file's content; it must be seekable.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="limit">Most bytes that one array may unpack to.</param>
    public static IReadOnlyList<(string Name, NumericArray Array)> Read(Stream stream, string name, long limit = BoundedReader.DefaultLimit)
    {
        using var zip = new ZipFiles(stream, name, limit);
        if (zip.Entries.Count > MostArrays)
        {
            throw new DataException($"'{name}' has {zip.Entries.Count} entries, and an archive of arrays may have {MostArrays}: divide it.");
        }

        return [.. zip.Entries.Select(entry => (
            Path.GetFileNameWithoutExtension(entry.FullName),
            zip.Read(entry, (content, label) => Npy.Read(content, label, Math.Min(limit, entry.Length)))))];
    }

    /// <summary>Writes arrays by their names, packed, all or nothing: to a temporary name first, which is then renamed.</summary>
    /// <exception cref="ArgumentException">An array is of a type that is not written.</exception>
    public static void Write(string path, params IReadOnlyList<(string Name, NumericArray Array)> arrays) => WholeFile.Write(path, stream =>
    {
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach (var (name, array) in arrays)
        {
            var entry = zip.CreateEntry($"{name}.npy");
            // Without the time of day the same arrays are the same file.
            entry.LastWriteTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
            using var content = entry.Open();
            Npy.Write(content, array);
        }
    });

    internal static FileStream OpenFile(string path)
    {
        try
        {
            return File.OpenRead(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"'{path}' cannot be read ({e.Message.TrimEnd('.')}): check that it exists and that you may read it.", e);
        }
    }
}

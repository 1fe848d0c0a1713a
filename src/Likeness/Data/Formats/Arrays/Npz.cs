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

using System.IO.Compression;

namespace Likeness;

/// <summary>
/// The metadata of a folder or an archive of images: `metadata.csv` or `metadata.jsonl` in it or in folders in it (whose rows name files from there on), or
/// `NAME.metadata.csv` or `.jsonl` beside `NAME.zip`.
/// </summary>
internal static class MetadataFiles
{
    private static readonly string[] s_names = ["metadata.csv", "metadata.jsonl"];

    public static bool IsOne(string file) => s_names.Contains(Path.GetFileName(file));

    /// <param name="path">The folder.</param>
    /// <param name="files">The relative names of all files in it.</param>
    /// <returns>One table with the files' names relative to the folder; null where there is none.</returns>
    public static Metadata? OfFolder(string path, IEnumerable<string> files) => Of(path, files, name => Metadata.Read(Path.Combine(path, name)));

    /// <param name="path">The archive.</param>
    /// <param name="zip">What is in it.</param>
    /// <param name="entries">By name.</param>
    /// <returns>One table; null where there is none.</returns>
    public static Metadata? OfArchive(string path, ZipFiles zip, IReadOnlyDictionary<string, ZipArchiveEntry> entries)
    {
        if (Of(path, entries.Keys, name => zip.Read(entries[name], (content, label) => Metadata.Read(content, label))) is { } inside)
        {
            return inside;
        }

        var beside = s_names.Select(n => Path.ChangeExtension(path, n)).FirstOrDefault(File.Exists);
        return beside is null ? null : Metadata.Read(beside);
    }

    private static Metadata? Of(string path, IEnumerable<string> files, Func<string, Metadata> read)
    {
        var found = files.Where(IsOne).Order(StringComparer.Ordinal).ToList();
        if (found.GroupBy(f => Path.GetDirectoryName(f)).FirstOrDefault(g => g.Skip(1).Any()) is { } both)
        {
            throw new DataException($"'{path}' has both '{both.First()}' and '{both.Last()}', which may disagree: keep one of them.");
        }

        var tables = found.ConvertAll(file => (Folder: file[..^Path.GetFileName(file).Length], Table: read(file)));
        return tables.Count == 0 ? null : Joined(tables);
    }

    // The columns of all, and the names of files from the outermost folder on.
    private static Metadata Joined(List<(string Folder, Metadata Table)> tables)
    {
        string[] columns = [.. tables.SelectMany(t => t.Table.Columns).Distinct()];
        var rows = new List<IReadOnlyList<string>>();
        foreach (var (folder, table) in tables)
        {
            var places = columns.Select(c => table.Columns.ToList().IndexOf(c)).ToArray();
            rows.AddRange(table.Rows.Select(row => (IReadOnlyList<string>)
                [.. places.Select((place, i) => place < 0 ? "" : columns[i] == "file_name" ? folder + (row[place].StartsWith("./", StringComparison.Ordinal) ? row[place][2..] : row[place]) : row[place])]));
        }

        return new(columns, rows);
    }
}

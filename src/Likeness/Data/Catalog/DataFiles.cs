using System.IO.Compression;
using System.Security.Cryptography;

namespace Likeness;

/// <summary>
/// Finds the files of one data set: first in the explicit data root, then in the directories of LIKENESS_DATA, the system's
/// data set packages, and the cache of downloads.
/// </summary>
public sealed class DataFiles(DatasetEntry entry, DataOptions options)
{
    private const string SystemPackages = "/usr/share/datasets";

    public DatasetEntry Entry => entry;

    /// <summary>Where downloads go: $XDG_CACHE_HOME/likeness or ~/.cache/likeness.</summary>
    public static string Cache
    {
        get
        {
            var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            return Path.Combine(
                string.IsNullOrEmpty(cache) ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache") : cache,
                "likeness");
        }
    }

    /// <summary>The data roots, in the order in which they are searched.</summary>
    public static IReadOnlyList<string> Roots(DataOptions options)
    {
        var listed = Environment.GetEnvironmentVariable("LIKENESS_DATA") ?? "";
        return
        [
            .. options.DataRoot is { } root ? [root] : Array.Empty<string>(),
            .. listed.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            SystemPackages,
            Cache,
        ];
    }

    /// <summary>The path of a file, packed or not; null where it is nowhere.</summary>
    public string? Find(string name)
    {
        var unpacked = Unpacked(name);
        foreach (var root in Roots(options))
        {
            // An explicit data root may be the data set's own folder, too. Several sets use the same file names, so there
            // the content must prove itself.
            foreach (var folder in root == options.DataRoot ? [.. entry.Folders, ""] : entry.Folders)
            {
                foreach (var candidate in new[] { unpacked, unpacked + ".gz" })
                {
                    var path = Path.Combine(root, folder, candidate);
                    if (File.Exists(path) && (folder.Length > 0 || IsGenuine(path, Published(name)?.Sha256)))
                    {
                        return path;
                    }
                }
            }
        }

        return null;

        static string Unpacked(string file) =>
            file.EndsWith(".gz", StringComparison.Ordinal) && !file.EndsWith(".tar.gz", StringComparison.Ordinal) ? file[..^3] : file;
    }

    /// <summary>The published files that are nowhere yet; none where their unpacked content is at hand.</summary>
    public IReadOnlyList<DataFile> Absent() =>
        entry.Unpacked.Count > 0 && entry.Unpacked.All(name => Find(name) is not null) ? [] : [.. entry.Files.Where(f => Find(f.Name) is null)];

    /// <summary>The path of a file, packed or not.</summary>
    /// <exception cref="DataException">It is nowhere; the message says where it was looked for and how to get it.</exception>
    public string Locate(string name) => Find(name) ?? throw Missing(name);

    /// <summary>Whether a file's content has this SHA-256 (`.gz` files are unpacked for it, archives are not); true where none is known.</summary>
    public static bool IsGenuine(string path, string? sha256) =>
        IsGenuine(path, sha256, archive: path.EndsWith(".tar.gz", StringComparison.Ordinal));

    internal static bool IsGenuine(string path, string? sha256, bool archive)
    {
        if (sha256 is null)
        {
            return true;
        }

        try
        {
            using var file = File.OpenRead(path);
            var packed = file.ReadByte() == 0x1f && file.ReadByte() == 0x8b && !archive;
            file.Position = 0;
            using var content = packed ? new GZipStream(file, CompressionMode.Decompress) : (Stream)file;
            return Convert.ToHexStringLower(SHA256.HashData(content)) == sha256;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private DataFile? Published(string name) => entry.Files.FirstOrDefault(f => f.Name == name);

    private DataException Missing(string name)
    {
        var places = string.Join(", ", Roots(options).Select(root => Path.Combine(root, entry.Folders[0])));
        var remedy = entry.Remedy ?? Sentence.Of($"run {new Remedy.Deed(Work.FetchData, entry.Name)}, or set LIKENESS_DATA or {new Remedy.Option("DataRoot")} to a folder that has it");
        return new($"'{entry.Name}' was not found: its file {name} is in none of {places}; {remedy}.");
    }
}

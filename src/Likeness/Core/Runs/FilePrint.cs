using System.Security.Cryptography;

namespace Likeness;

/// <summary>What tells a file of data from a changed one: its length, and a hash of its first part, which is read in a moment whatever the length is.</summary>
internal static class FilePrint
{
    private const int Part = 1 << 20;
    private const int Parts = 64;

    /// <summary>The prints of files, in one line; null where one of them is no file that can be read.</summary>
    public static string? Of(params IEnumerable<string?> paths)
    {
        try
        {
            return string.Join(' ', paths.OfType<string>().Select(Of));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Of(string path)
    {
        using var file = File.OpenRead(path);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var part = new byte[Part];
        for (var i = 0; i < Parts && file.ReadAtLeast(part, Part, throwOnEndOfStream: false) is > 0 and var read; i++)
        {
            hash.AppendData(part, 0, read);
        }

        return $"{file.Length}:{Convert.ToHexStringLower(hash.GetHashAndReset())}";
    }
}

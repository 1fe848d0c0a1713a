using System.Globalization;
using System.Text;

namespace Likeness;

/// <summary>Words in NumPy's arrays: as many bytes or characters of 32 bits for each, with zeros behind shorter ones.</summary>
internal static class NpyText
{
    private const int LongestWord = 1 << 12;

    /// <summary>Whether a type is one of words: &lt;U12 or |S12.</summary>
    public static bool IsText(string type) => type is ['<', 'U', ..] or ['|', 'S', ..] && int.TryParse(type.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out _);

    /// <exception cref="DataException">The words are too long, or more than the file can contain.</exception>
    public static string[] Read(string type, long elements, BoundedReader file)
    {
        var length = int.Parse(type.AsSpan(2), CultureInfo.InvariantCulture) * (type[1] == 'U' ? 4 : 1);
        if (length is < 1 or > LongestWord || elements * length > Array.MaxLength)
        {
            throw file.Damaged($"it claims {elements} words of {length} bytes, and at most {LongestWord} bytes a word are allowed");
        }

        var bytes = file.ReadArray<byte>(elements * length, "data");
        var encoding = type[1] == 'U' ? Encoding.UTF32 : Encoding.UTF8;
        return [.. Enumerable.Range(0, (int)elements).Select(i => encoding.GetString(bytes, i * length, length).TrimEnd('\0'))];
    }
}

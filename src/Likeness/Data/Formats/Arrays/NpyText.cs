using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Likeness;

/// <summary>NumPy's arrays of text: U of so many code points of four bytes each, S of so many bytes; both end in zeros.</summary>
internal static class NpyText
{
    private const int Longest = 1 << 16;

    public static string[] Read(string type, long elements, BoundedReader file)
    {
        // An element of no size would let a header claim any number of elements.
        if (!int.TryParse(type.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length > Longest || (length == 0 && elements > 0))
        {
            throw file.Damaged($"its type '{type}' is not that of text of 1 to {Longest} characters");
        }

        if (elements * length > Array.MaxLength)
        {
            throw file.Damaged($"it claims {elements} texts of {length} characters, more than are read");
        }

        var texts = new List<string>();
        if (type[1] == 'S')
        {
            var bytes = file.ReadArray<byte>(elements * length, "data");
            for (var i = 0; i < elements; i++)
            {
                texts.Add(Encoding.UTF8.GetString(bytes.AsSpan(i * length, length).TrimEnd((byte)0)));
            }

            return [.. texts];
        }

        var points = file.ReadArray<int>(elements * length, "data");
        for (var i = 0; i < elements; i++)
        {
            var text = new StringBuilder();
            foreach (var point in points.AsSpan(i * length, length).TrimEnd(0))
            {
                text.Append(Rune.IsValid(point) ? new Rune(point) : throw file.Damaged($"its text {i} has the character {point}, which there is not"));
            }

            texts.Add(text.ToString());
        }

        return [.. texts];
    }

    /// <summary>The type and the content of an array of texts.</summary>
    public static (string Type, byte[] Content) Write(string[] texts)
    {
        var runes = Array.ConvertAll(texts, t => t.EnumerateRunes().Select(r => r.Value).ToArray());
        var length = Math.Max(1, runes.Select(r => r.Length).DefaultIfEmpty().Max());
        var points = new int[texts.Length * length];
        for (var i = 0; i < texts.Length; i++)
        {
            runes[i].CopyTo(points, i * length);
        }

        return ($"<U{length.ToString(CultureInfo.InvariantCulture)}", MemoryMarshal.AsBytes(points.AsSpan()).ToArray());
    }
}

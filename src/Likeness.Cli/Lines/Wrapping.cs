namespace Likeness.Cli.Lines;

/// <summary>Text in lines that fit.</summary>
internal static class Wrapping
{
    /// <summary>Breaks a text at blanks; a word that is longer than a line has one of its own.</summary>
    /// <param name="text">A paragraph.</param>
    /// <param name="width">Characters of a line at most.</param>
    /// <param name="indent">Blanks before every line but the first.</param>
    public static IEnumerable<string> Lines(string text, int width, int indent = 0)
    {
        var line = text[..(text.Length - text.TrimStart().Length)];
        var empty = true;
        foreach (var word in text.TrimStart().Split(' '))
        {
            if (!empty && line.Length + 1 + word.Length > width)
            {
                yield return line.TrimEnd();
                (line, empty) = (new(' ', indent), true);
            }

            (line, empty) = (empty ? line + word : $"{line} {word}", false);
        }

        yield return line.TrimEnd();
    }

    /// <summary>Names and what they mean, in two columns; a name that is too long for its column has a line of its own.</summary>
    public static IEnumerable<string> Columns(IReadOnlyList<(string Name, string Meaning)> rows, int width, int most = 26)
    {
        var left = rows.Select(r => r.Name.Length).Where(l => l <= most).DefaultIfEmpty(most).Max() + 4;
        foreach (var (name, meaning) in rows)
        {
            var lines = Lines(meaning, width - left).ToList();
            if (name.Length + 4 > left)
            {
                yield return $"  {name}";
                lines.Insert(0, "");
            }
            else
            {
                yield return $"  {name}".PadRight(left) + lines[0];
            }

            foreach (var line in lines.Skip(1))
            {
                yield return new string(' ', left) + line;
            }
        }
    }
}

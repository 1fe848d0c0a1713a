namespace Likeness;

/// <summary>Which names someone may have meant who typed another one.</summary>
public static class NearNames
{
    private const int Most = 3;

    /// <summary>The nearest of the known names, at most three and each once: the same but for case, hyphens and underscores, else typing errors away, else a part of one another.</summary>
    public static IReadOnlyList<string> Of(string asked, IEnumerable<string> known)
    {
        var (word, names) = (Plain(asked), known.Distinct().ToList());
        var typed = names.Select(n => (Name: n, Distance: Distance(word, Plain(n)))).Where(c => c.Distance <= (word.Length < 6 ? 1 : word.Length / 3)).ToList();
        if (typed.Count > 0)
        {
            var least = typed.Min(c => c.Distance);
            return [.. typed.Where(c => c.Distance == least).Select(c => c.Name).Take(Most)];
        }

        return [.. names.Where(n => Begins(word, Plain(n)) || Holds(n, word) || Holds(asked, Plain(n))).Take(Most)];
    }

    /// <summary>A name as it sounds: without case, hyphens, underscores and blanks.</summary>
    public static string Plain(string name) => string.Concat(name.Where(c => c is not ('-' or '_' or ' '))).ToLowerInvariant();

    /// <summary>"a", "a or b", "a, b or c".</summary>
    internal static string Or(IReadOnlyList<string> names) => names.Count < 2 ? string.Concat(names) : $"{string.Join(", ", names.SkipLast(1))} or {names[^1]}";

    private static bool Begins(string word, string name) => word.Length > 2 && name.StartsWith(word, StringComparison.Ordinal);

    // "stable-diffusion" holds "diffusion", and "uci/red-wine" holds "wine".
    private static bool Holds(string name, string word) => word.Length > 2 && name.ToLowerInvariant().Split('-', '_', '/', '.', ' ').Contains(word);

    // Of Damerau and Levenshtein: letters that are exchanged are one error.
    private static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                d[i, j] = i == 0 || j == 0 ? i + j
                    : Math.Min(Math.Min(d[i - 1, j], d[i, j - 1]) + 1, d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
                }
            }
        }

        return d[a.Length, b.Length];
    }
}

using System.Text.RegularExpressions;
using Likeness.Tests;

namespace Likeness.Cli.Tests;

/// <summary>The lines that the documentation tells people to type.</summary>
internal static partial class DocumentedLines
{
    /// <summary>In blocks of shell lines: "likeness …" or "./likeness …", less the comment and what the shell does with the output.</summary>
    public static IEnumerable<string> Of(string page)
    {
        var shell = false;
        foreach (var line in new DocumentationPage(page).Text.Split('\n').Select(l => l.Trim()))
        {
            shell = line.StartsWith("```", StringComparison.Ordinal) ? line == "```sh" : shell;
            var start = line.StartsWith("./likeness ", StringComparison.Ordinal) ? "./likeness " : "likeness ";
            if (shell && line.StartsWith(start, StringComparison.Ordinal))
            {
                yield return line[start.Length..].Split(" #")[0].Split(" | ")[0].Trim();
            }
        }
    }

    /// <summary>As the shell divides a line: at blanks outside of quotes.</summary>
    public static string[] Words(string line) => [.. Word().Matches(line).Select(m => Quoted().Replace(m.Value, "$1$2"))];

    [GeneratedRegex("""(?:[^\s'"]|'[^']*'|"[^"]*")+""")]
    private static partial Regex Word();

    [GeneratedRegex("""'([^']*)'|"([^"]*)[\"]""")]
    private static partial Regex Quoted();
}

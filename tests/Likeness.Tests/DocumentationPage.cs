using System.Text.RegularExpressions;

namespace Likeness.Tests;

/// <summary>
/// A page of the documentation, parts of which are produced by tests: what stands between <c>&lt;!-- produced: NAME --&gt;</c> and
/// <c>&lt;!-- end --&gt;</c>. With LIKENESS_UPDATE_DOCS=1 a stale part is rewritten instead of failing the test.
/// </summary>
internal sealed partial class DocumentationPage(string name)
{
    public static string Root { get; } = FindRoot();

    /// <summary>Every page of the source tree that is for readers, by its path from the root.</summary>
    public static IEnumerable<string> All =>
        Directory.EnumerateFiles(Root, "*.md").Concat(Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'));

    public string Text => File.ReadAllText(FullPath);

    private string FullPath => Path.Combine(Root, name);

    /// <summary>The names of the parts that are produced.</summary>
    public IEnumerable<string> Parts => PartStart().Matches(Text).Select(m => m.Groups[1].Value);

    /// <summary>The files that the page shows whole, by their paths: the blocks of code below <c>&lt;!-- file: PATH --&gt;</c>.</summary>
    public IEnumerable<(string Path, string Code)> Files => FileShown().Matches(Text).Select(m => (m.Groups[1].Value, m.Groups[2].Value));

    /// <summary>The lines that the page adds to files, each with the one that it comes after: below <c>&lt;!-- line: PATH after: LINE --&gt;</c>.</summary>
    public IEnumerable<(string Path, string After, string Line)> Lines =>
        LineShown().Matches(Text).Select(m => (m.Groups[1].Value, m.Groups[2].Value, m.Groups[3].Value));

    /// <summary>What the page types, each with what it shows below: in blocks of the console, <c>$ command</c> and the output.</summary>
    public IEnumerable<(string Command, string Output)> Console => ConsoleBlock().Matches(Text).SelectMany(block => ConsoleCommand().Matches(block.Groups[1].Value))
        .Select(m => (m.Groups[1].Value, m.Groups[2].Value));

    /// <summary>Compares a part with what it should be.</summary>
    public void Check(string part, string content)
    {
        var start = $"<!-- produced: {part} -->\n";
        var text = Text;
        var from = text.IndexOf(start, StringComparison.Ordinal);
        Assert.True(from >= 0, $"{name} has no part '{start.Trim()}'.");
        from += start.Length;
        var to = text.IndexOf("<!-- end -->", from, StringComparison.Ordinal);
        Assert.True(to >= 0, $"The part '{part}' of {name} does not end with '<!-- end -->'.");
        var wanted = content.Trim('\n') + "\n";
        if (text[from..to] == wanted)
        {
            return;
        }

        if (Environment.GetEnvironmentVariable("LIKENESS_UPDATE_DOCS") == "1")
        {
            File.WriteAllText(FullPath, text[..from] + wanted + text[to..]);
            return;
        }

        Assert.Fail($"The part '{part}' of {name} is stale: run the tests with LIKENESS_UPDATE_DOCS=1 to rewrite it. It should be\n{wanted}");
    }

    /// <summary>A table in Markdown.</summary>
    public static string Table(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows) => string.Join('\n',
        rows.Select(Row).Prepend(Row([.. columns.Select(_ => "---")])).Prepend(Row(columns)));

    /// <summary>The lines of a source file between <c>#region NAME</c> and its end, without their common indentation, as a block of code.</summary>
    public static string Region(string file, string region)
    {
        var lines = File.ReadAllLines(Path.Combine(Root, file));
        var from = Array.FindIndex(lines, l => l.Trim() == $"#region {region}");
        Assert.True(from >= 0, $"{file} has no '#region {region}'.");
        var chosen = lines[(from + 1)..Array.FindIndex(lines, from, l => l.Trim() == "#endregion")];
        // The region may begin in the middle of a class, so the first line says how far it is indented.
        var indentation = chosen.Where(l => l.Length > 0).Min(l => l.Length - l.TrimStart().Length);
        return $"```csharp\n{string.Join('\n', chosen.Select(l => l.Length > 0 ? l[indentation..] : l)).Trim('\n')}\n```";
    }

    private static string Row(IReadOnlyList<string> cells) => $"| {string.Join(" | ", cells.Select(c => c.Replace("|", "\\|", StringComparison.Ordinal)))} |";

    // Tests run from the artifacts folder of the source tree.
    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Likeness.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"{AppContext.BaseDirectory} is not inside the source tree, whose pages are to be checked.");
    }

    [GeneratedRegex(@"<!-- produced: (.+?) -->\n")]
    private static partial Regex PartStart();

    [GeneratedRegex(@"<!-- file: (.+?) -->\n```csharp\n(.*?\n)```", RegexOptions.Singleline)]
    private static partial Regex FileShown();

    [GeneratedRegex(@"<!-- line: (\S+) after: (.+?) -->\n```csharp\n([^\n]*)\n```")]
    private static partial Regex LineShown();

    [GeneratedRegex(@"```console\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex ConsoleBlock();

    [GeneratedRegex(@"^\$ (.*)\n((?:[^$].*\n|\n)*)", RegexOptions.Multiline)]
    private static partial Regex ConsoleCommand();
}

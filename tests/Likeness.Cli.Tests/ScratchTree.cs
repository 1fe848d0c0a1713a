using Likeness.Tests;

namespace Likeness.Cli.Tests;

/// <summary>A copy of the sources with what pages add to it, built: the files that they show and the lines that register them, and nothing else.</summary>
public sealed class ScratchTree : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ScratchTree()
    {
        Copy("src");
        Copy("eng");
        foreach (var file in Directory.EnumerateFiles(DocumentationPage.Root, "Directory.*").Append("global.json").Append(".editorconfig").Append(".globalconfig"))
        {
            File.Copy(Path.Combine(DocumentationPage.Root, file), _folder[Path.GetFileName(file)]);
        }

        foreach (var page in Pages)
        {
            Follow(new DocumentationPage(page));
        }

        // Without analysers, which take half of the time; no server is left behind. It takes a minute, and several where other work goes on.
        var build = CommandLine.Finish(CommandLine.StartIn(_folder.Path, "build", new Dictionary<string, string> { ["MSBUILDDISABLENODEREUSE"] = "1" },
            "src/Likeness.Cli", "-c", "Release", "-v", "quiet", "--nologo", "-p:UseSharedCompilation=false", "-p:RunAnalyzers=false", "-p:GenerateDocumentationFile=false"), minutes: 10);
        Assert.True(build.Code == 0, build.Output + build.Error);
    }

    /// <summary>The pages that add one file and one line.</summary>
    public static IReadOnlyList<string> Pages { get; } = ["docs/add-data.md", "docs/add-a-metric.md", "docs/add-a-verb.md"];

    /// <summary>What a line of the page prints: one that begins with <c>likeness</c>.</summary>
    public string Run(string line)
    {
        Assert.StartsWith("likeness ", line, StringComparison.Ordinal);
        var program = _folder[Path.Combine("artifacts", "bin", "Likeness.Cli", "release", "Likeness.Cli.dll")];
        var outcome = CommandLine.Finish(CommandLine.StartIn(_folder.Path, program, null, line.Split(' ')[1..]));
        Assert.True(outcome.Code == 0, $"{line} ended with {outcome.Code}: {outcome.Error}");
        return outcome.Output;
    }

    public void Dispose() => _folder.Dispose();

    private void Follow(DocumentationPage page)
    {
        var (path, code) = Assert.Single(page.Files);
        Assert.False(File.Exists(_folder[path]), $"{path} is there already.");
        File.WriteAllText(_folder[path], code);

        var (list, after, line) = Assert.Single(page.Lines);
        var lines = File.ReadAllLines(_folder[list]).ToList();
        var place = Assert.Single(Enumerable.Range(0, lines.Count), i => lines[i].Trim() == after);
        lines.Insert(place + 1, line.PadLeft(line.Length + lines[place].Length - after.Length));
        File.WriteAllLines(_folder[list], lines);
    }

    private void Copy(string name)
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(DocumentationPage.Root, name), "*", SearchOption.AllDirectories))
        {
            var copy = _folder[Path.GetRelativePath(DocumentationPage.Root, file)];
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}

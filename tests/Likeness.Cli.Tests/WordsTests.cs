using System.CommandLine;
using System.Text.RegularExpressions;

namespace Likeness.Cli.Tests;

/// <summary>The library's remedies are phrased with flags and verbs that there are.</summary>
public sealed partial class WordsTests
{
    private static RootCommand Root { get; } = Program.Root(new Terminal(TextWriter.Null, TextWriter.Null));

    [Fact]
    public void Every_option_that_the_library_advises_has_a_flag()
    {
        var flags = Root.Subcommands.SelectMany(c => c.Options).SelectMany(o => o.Aliases.Prepend(o.Name)).ToHashSet();
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Likeness.slnx")))
        {
            folder = folder.Parent!;
        }

        var advised = Directory.EnumerateFiles(Path.Combine(folder.FullName, "src", "Likeness"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(f => Advice().Matches(File.ReadAllText(f))).Select(m => m.Groups[1].Value).Distinct().ToList();
        Assert.True(advised.Count > 5, "The library's advice was not found.");
        Assert.All(advised, option => Assert.Contains(Words.Flag(option), flags));
    }

    [Fact]
    public void Every_work_that_the_library_advises_is_a_line_that_is_understood() => Assert.All(Enum.GetValues<Work>(), work =>
    {
        var words = Words.Of(new Remedy.Deed(work, "mnist")).Trim('\'').Split(' ');
        Assert.Equal("likeness", words[0]);
        Assert.Equal(words.Where(w => w != "mnist").Last(), Root.Parse(words[1..]).CommandResult.Command.Name);
    });

    [Fact]
    public void Options_and_settings_are_written_as_they_are_typed()
    {
        Assert.Equal("--input-shape", Words.Of(new Remedy.Option("InputShape")));
        Assert.Equal("--size 32", Words.Of(new Remedy.Option("Size", 32)));
        Assert.Equal("--force", Words.Of(new Remedy.Option("Overwrite")));
        Assert.Equal("--set hidden=300", Words.Of(new Remedy.Setting("hidden", 300)));
    }

    [GeneratedRegex(@"Remedy\.Option\((?:""|nameof\((?:\w+\.)*)(\w+)")]
    private static partial Regex Advice();
}

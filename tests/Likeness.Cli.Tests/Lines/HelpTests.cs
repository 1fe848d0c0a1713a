using System.CommandLine;
using Likeness.Cli.Lines;

namespace Likeness.Cli.Tests.Lines;

/// <summary>Help is whole, short and fits.</summary>
public sealed class HelpTests
{
    public static TheoryData<string> Paths => [.. All(Root(), "").Select(c => c.Path)];

    [Theory]
    [MemberData(nameof(Paths))]
    public void Help_fits_eighty_columns_and_says_what_everything_means(string path)
    {
        foreach (var width in new[] { 80, 100 })
        {
            var output = new StringWriter();
            Assert.Equal(0, Program.Run([.. path.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"], new Terminal(output, TextWriter.Null, width: width)));
            Assert.All(output.ToString().Split('\n'), line => Assert.InRange(line.Length, 0, width));
        }

        var command = All(Root(), "").Single(c => c.Path == path).Command;
        Assert.All(command.Options.Where(o => !o.Hidden).Cast<Symbol>().Concat(command.Arguments).Append(command), symbol => Assert.False(string.IsNullOrWhiteSpace(symbol.Description), symbol.Name));
        Assert.True(HelpText.Examples.ContainsKey(path), $"'{path}' has no example.");
    }

    [Fact]
    public void The_first_help_names_every_command_in_one_line_and_no_model()
    {
        var help = CommandLine.Succeed("--help");
        var lines = help.Split('\n');
        foreach (var command in Root().Subcommands)
        {
            Assert.Equal(command.Hidden ? 0 : 1, lines.Count(l => l.StartsWith($"  {command.Name} ", StringComparison.Ordinal)));
        }

        // But for those of the examples.
        var before = help[..help.IndexOf("Examples", StringComparison.Ordinal)].Split(' ', '\n', ',', '.').ToHashSet();
        Assert.DoesNotContain(Zoo.BuiltIn.Recipes, r => before.Contains(r.Name));
        Assert.InRange(lines.Length, 20, 70);
    }

    [Fact]
    public void Every_example_is_understood()
    {
        foreach (var line in HelpText.Examples.Values.SelectMany(l => l).Where(l => l.StartsWith("likeness ", StringComparison.Ordinal)))
        {
            var words = System.Text.RegularExpressions.Regex.Matches(line.Split(" >>")[0].Split(" |")[0], "(?:[^\\s']|'[^']*')+").Select(m => m.Value.Replace("'", "", StringComparison.Ordinal)).Skip(1);
            var parsed = Root().Parse([.. words]);
            Assert.True(parsed.Errors.Count == 0, $"{line}: {string.Join(' ', parsed.Errors.Select(e => e.Message))}");
        }
    }

    [Fact]
    public void Models_are_grouped_found_by_words_and_by_questions()
    {
        var list = CommandLine.Succeed("models");
        Assert.All(Zoo.BuiltIn.Recipes, r => Assert.Single(list.Split('\n'), l => l.StartsWith($"  {r.Name} ", StringComparison.Ordinal)));
        Assert.All(list.Split('\n'), line => Assert.InRange(line.Length, 0, 100));

        var able = CommandLine.Succeed("models", "--can", "complete");
        foreach (var recipe in Zoo.BuiltIn.Recipes)
        {
            Assert.Equal(typeof(ICompleter).IsAssignableFrom(recipe.ModelType), able.Split('\n').Any(l => l.StartsWith($"  {recipe.Name} ", StringComparison.Ordinal)));
        }

        Assert.Equal(able, CommandLine.Succeed("models", "--can", "inpaint"));
        Assert.Contains("  see also  dcgan", CommandLine.Succeed("models", "gan"), StringComparison.Ordinal);
        Assert.Contains("ddpm", CommandLine.Succeed("models", "diffusion"), StringComparison.Ordinal);
        Assert.StartsWith("  realnvp ", CommandLine.Succeed("models", "glow"), StringComparison.Ordinal);
        Assert.Contains("star-gan", CommandLine.Succeed("models", "attributes"), StringComparison.Ordinal);
        Assert.Contains("is not allowed for --can", CommandLine.Run("models", "--can", "fly").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Tables_and_sentences_fit_a_terminal_of_a_hundred_columns()
    {
        foreach (var line in new[] { "models", "models ddpm", "models text-diffusion", "data list", "data info mnist-binarized", "evaluate nowhere", "train nade --data 8gaussians" })
        {
            var (output, error) = (new StringWriter(), new StringWriter());
            Program.Run(line.Split(' '), new Terminal(output, error, outputIsTerminal: true, errorIsTerminal: true, width: 100));
            Assert.All($"{output}\n{error}".Split('\n'), l => Assert.InRange(l.Length, 0, 100));
        }
    }

    [Theory]
    [InlineData("models ddpm")]
    [InlineData("models text-diffusion")]
    [InlineData("data list")]
    [InlineData("data info mnist-binarized")]
    [InlineData("data info adult-income")]
    public void Tables_in_a_file_fit_a_hundred_columns_too(string line)
    {
        var output = CommandLine.Run(line.Split(' ')).Output;
        Assert.All(output.Split('\n'), l => Assert.InRange(l.Length, 0, 100));
    }

    private static RootCommand Root() => Program.Root(new Terminal(TextWriter.Null, TextWriter.Null));

    private static IEnumerable<(string Path, Command Command)> All(Command command, string path)
    {
        yield return (path, command);
        foreach (var inner in command.Subcommands.Where(c => !c.Hidden).SelectMany(c => All(c, $"{path} {c.Name}".Trim())))
        {
            yield return inner;
        }
    }
}

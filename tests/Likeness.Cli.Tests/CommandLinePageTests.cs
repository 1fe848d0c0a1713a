using System.CommandLine;
using System.Text.Json.Nodes;
using Likeness.Tests;

namespace Likeness.Cli.Tests;

/// <summary>The page about the command line is that of the commands, and every line that the documentation tells people to type is understood.</summary>
public sealed class CommandLinePageTests
{
    private const string Page = "docs/command-line.md";

    public static TheoryData<string> Verbs => [.. Shown().Select(c => c.Name)];

    public static TheoryData<string, string> Lines
    {
        get
        {
            var lines = new TheoryData<string, string>();
            foreach (var page in DocumentationPage.All)
            {
                foreach (var line in DocumentedLines.Of(page).Distinct())
                {
                    lines.Add(page, line);
                }
            }

            return lines;
        }
    }

    [Fact]
    public void Every_verb_has_a_part_of_the_page_and_no_other() => Assert.Equal(
        Shown().Select(c => $"verb {c.Name}").Order(),
        new DocumentationPage(Page).Parts.Where(p => p.StartsWith("verb ", StringComparison.Ordinal)).Order());

    [Fact]
    public void The_readme_lists_every_verb() => new DocumentationPage("README.md").Check("verbs", DocumentationPage.Table(
        ["command", "what it does"], Shown().Select(c => (string[])[$"[`{Usage(c)}`](docs/command-line.md#{c.Name})", c.Description!])));

    [Theory]
    [MemberData(nameof(Verbs))]
    public void The_page_lists_every_argument_and_option(string verb)
    {
        var command = Shown().Single(c => c.Name == verb);
        new DocumentationPage(Page).Check($"verb {verb}", string.Join("\n\n", command.Subcommands.Prepend(command).Select(c =>
            Describe(c, c == command ? "" : $"{verb} "))));
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void A_line_of_the_documentation_is_understood(string page, string line)
    {
        var parsed = Root().Parse(DocumentedLines.Words(line));
        Assert.True(parsed.Errors.Count == 0, $"{page}: '{line}': {string.Join(' ', parsed.Errors.Select(e => e.Message))}");
        if (parsed.CommandResult.Command.Name != "train")
        {
            return;
        }

        var options = new JsonObject();
        foreach (var assignment in parsed.GetValue<string[]>("--set") ?? [])
        {
            OptionsJson.Set(options, assignment);
        }

        try
        {
            Zoo.BuiltIn.Find(parsed.GetValue<string>("MODEL")!).Complete(options);
        }
        catch (DataException e) when (e.Message.Contains("holds no run", StringComparison.Ordinal))
        {
            // The options are known, and point to a run that a line before has trained.
        }

        var data = parsed.GetValue<string>("--data")!;
        Assert.True(Path.HasExtension(data) || data.Contains('/') || data.Split("::").All(part => DatasetCatalog.Find(part) is not null), $"{page}: '{line}' names data that there is not.");
    }

    private static IEnumerable<Command> Shown() => Root().Subcommands.Where(c => !c.Hidden);

    private static RootCommand Root() => Program.Root(new Terminal(TextWriter.Null, TextWriter.Null));

    private static string Describe(Command command, string parent)
    {
        var rows = command.Arguments.Select(a => (string[])[$"`{a.Name}`", a.Description ?? ""])
            .Concat(command.Options.Where(o => !o.Hidden && o.Name != "--help").Select(o => (string[])
                [string.Join(", ", o.Aliases.Prepend(o.Name).Select(n => $"`{n}{(o.HelpName is { } value && n == o.Name ? $" {value}" : "")}`")), o.Description + (o.Required ? " (required)" : "")]))
            .ToList();
        var line = $"`likeness {parent}{Usage(command)}`: {command.Description}";
        return rows.Count == 0 ? line : $"{line}\n\n{DocumentationPage.Table(["argument", "meaning"], rows)}";
    }

    private static string Usage(Command command) => string.Join(' ',
        [command.Name, .. command.Arguments.Select(a => a.Arity.MinimumNumberOfValues == 0 ? $"[{a.Name}]" : a.Name), .. command.Options.Where(o => o.Required).Select(o => $"{o.Name} {o.HelpName}")]);
}

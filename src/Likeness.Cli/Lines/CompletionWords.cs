using System.CommandLine.Completions;

namespace Likeness.Cli.Lines;

/// <summary>What can follow on a line: all that shells need to complete one without starting the tool.</summary>
internal sealed class CompletionWords
{
    private CompletionWords(IReadOnlyList<Verb> verbs) => Verbs = verbs;

    /// <summary>The tool itself first, then every command by the way to it.</summary>
    public IReadOnlyList<Verb> Verbs { get; }

    /// <summary>For each model its options, each with "=" at its end.</summary>
    public IReadOnlyList<(string Model, IReadOnlyList<string> Keys)> Settings { get; } =
        [.. Zoo.BuiltIn.Recipes.Select(r => (r.Name, (IReadOnlyList<string>)[.. OptionDescription.Of(r).Select(o => $"{o.Name}=")]))];

    public static CompletionWords Of(RootCommand root) => new([.. All(root, "", [.. root.Options.Where(o => o.Recursive)])]);

    private static IEnumerable<Verb> All(Command command, string path, IReadOnlyList<Option> everywhere)
    {
        var options = command.Options.Union(everywhere).Where(o => !o.Hidden).ToList();
        var inner = command.Subcommands.Where(c => !c.Hidden).ToList();
        yield return new(path,
            [.. inner.Select(c => (c.Name, c.Description!))],
            [.. command.Arguments.SelectMany(Values)],
            [.. options.Select(o => new Flag(o.Name, [.. o.Aliases.Where(a => a is not ("-?" or "/?" or "/h"))], o.Description ?? "", o.ValueType != typeof(bool), Values(o)))]);
        foreach (var verb in inner.SelectMany(c => All(c, $"{path} {c.Name}".Trim(), everywhere)))
        {
            yield return verb;
        }
    }

    // No file is looked for and no other text: those the shell completes itself.
    private static IReadOnlyList<string> Values(Symbol symbol) => symbol is Option { ValueType: var type } && type == typeof(bool) ? []
        : [.. symbol.GetCompletions(CompletionContext.Empty).Select(c => c.Label).Where(l => !l.StartsWith('-'))];

    /// <summary>A command.</summary>
    /// <param name="Path">The way to it, such as "data info"; empty of the tool.</param>
    /// <param name="Commands">Those below it, and what they do.</param>
    /// <param name="Values">What its arguments can be, where that is known.</param>
    /// <param name="Flags">Its options.</param>
    internal sealed record Verb(string Path, IReadOnlyList<(string Name, string Meaning)> Commands, IReadOnlyList<string> Values, IReadOnlyList<Flag> Flags);

    /// <summary>An option.</summary>
    internal sealed record Flag(string Name, IReadOnlyList<string> Aliases, string Meaning, bool TakesValue, IReadOnlyList<string> Values)
    {
        public IEnumerable<string> Names => Aliases.Prepend(Name);
    }
}

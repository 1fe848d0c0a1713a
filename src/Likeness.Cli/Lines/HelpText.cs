namespace Likeness.Cli.Lines;

/// <summary>What --help prints: of the tool, its commands by what they are for; of a command, what it takes, and lines that work.</summary>
internal static class HelpText
{
    private static readonly (string Task, string[] Verbs)[] s_tasks =
    [
        ("Learn", ["train", "resume"]),
        ("Create", ["sample", "complete", "forecast", "simulate", "plan", "decode"]),
        ("Judge", ["evaluate", "score", "anomalies", "backtest", "audit", "restoration", "transfer"]),
        ("Explain", ["latent", "encode", "cluster", "compare"]),
        ("Transform pictures", ["upscale", "colorize", "edit", "translate", "restore"]),
        ("Data", ["data", "compress", "decompress"]),
        ("Look up", ["demo", "models", "parameters", "cite", "doctor", "shell-completion"]),
    ];

    private static readonly Lazy<IReadOnlyDictionary<string, IReadOnlyList<string>>> s_examples = new(ReadExamples);

    /// <summary>Lines that show a command, by the way to it: "latent map"; those of the tool under "".</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Examples => s_examples.Value;

    /// <summary>The help of a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="path">The way to it, such as "data info"; empty of the tool itself.</param>
    /// <param name="width">Characters of a line at most.</param>
    public static IEnumerable<string> Of(Command command, string path, int width) => command is RootCommand ? OfTool(command, width) : OfCommand(command, path, width);

    private static IEnumerable<string> OfTool(Command root, int width)
    {
        yield return "Usage: likeness COMMAND [options]";
        yield return "";
        foreach (var line in Wrapping.Lines(root.Description!, width))
        {
            yield return line;
        }

        var verbs = root.Subcommands.Where(c => !c.Hidden).ToList();
        var known = s_tasks.SelectMany(t => t.Verbs).ToHashSet();
        var column = verbs.Max(v => v.Name.Length);
        foreach (var (task, names) in s_tasks.Append(("More", [.. verbs.Select(v => v.Name).Where(v => !known.Contains(v))])))
        {
            var rows = names.SelectMany(n => verbs.Where(v => v.Name == n)).Select(v => (v.Name.PadRight(column), v.Description!)).ToList();
            if (rows.Count > 0)
            {
                yield return "";
                yield return task;
                foreach (var line in Wrapping.Columns(rows, width))
                {
                    yield return line;
                }
            }
        }

        foreach (var line in OfExamples("", width))
        {
            yield return line;
        }

        yield return "";
        foreach (var line in Wrapping.Columns([.. root.Options.Where(o => !o.Hidden).Select(Row)], width))
        {
            yield return line;
        }

        yield return "";
        yield return "'likeness COMMAND --help' says all about a command.";
    }

    private static IEnumerable<string> OfCommand(Command command, string path, int width)
    {
        var required = command.Options.Where(o => o.Required).Select(o => $" {o.Name} {o.HelpName}");
        var usage = $"Usage: likeness {path}{string.Concat(command.Arguments.Select(a => $" {Usage(a)}"))}{string.Concat(required)}{(command.Subcommands.Count > 0 ? " COMMAND" : "")} [options]";
        foreach (var line in Wrapping.Lines(usage, width, 8))
        {
            yield return line;
        }

        yield return "";
        foreach (var line in Wrapping.Lines($"{char.ToUpperInvariant(command.Description![0])}{command.Description[1..]}.", width))
        {
            yield return line;
        }

        var parts = new (string Title, List<(string, string)> Rows)[]
        {
            ("Commands", [.. command.Subcommands.Where(c => !c.Hidden).Select(c => (c.Name, c.Description!))]),
            ("Arguments", [.. command.Arguments.Select(a => (a.Name, a.Description ?? ""))]),
            ("Options", [.. command.Options.Where(o => !o.Hidden).OrderBy(o => !o.Required).Select(Row)]),
        };
        foreach (var (title, rows) in parts.Where(p => p.Rows.Count > 0))
        {
            yield return "";
            yield return title;
            foreach (var line in Wrapping.Columns(rows, width))
            {
                yield return line;
            }
        }

        foreach (var line in OfExamples(path, width))
        {
            yield return line;
        }
    }

    private static IEnumerable<string> OfExamples(string path, int width)
    {
        if (Examples.GetValueOrDefault(path) is not { } lines)
        {
            yield break;
        }

        yield return "";
        yield return "Examples";
        foreach (var line in lines)
        {
            foreach (var part in Wrapping.Lines($"  {line}", width - 2, 6).ToList() is var broken && broken.Count > 1 ? broken.Select((l, i) => i < broken.Count - 1 ? $"{l} \\" : l) : broken)
            {
                yield return part;
            }
        }
    }

    private static string Usage(Argument argument) => $"{(argument.Arity.MinimumNumberOfValues == 0 ? $"[{argument.Name}]" : argument.Name)}{(argument.Arity.MaximumNumberOfValues > 1 ? "…" : "")}";

    private static (string, string) Row(Option option) =>
        ($"{string.Join(", ", option.Aliases.Prepend(option.Name).Where(n => n is not ("-?" or "/?" or "/h")))}{(option.HelpName is { } value ? $" {value}" : "")}",
            (option.Name switch { "--help" => "show this", "--version" => "show the version", _ => option.Description ?? "" }) + (option.Required ? " (required)" : ""));

    // A line without "likeness" names the command that the lines below it show.
    private static Dictionary<string, IReadOnlyList<string>> ReadExamples()
    {
        var all = new Dictionary<string, IReadOnlyList<string>>();
        using var stream = typeof(HelpText).Assembly.GetManifestResourceStream("Examples.txt")!;
        using var reader = new StreamReader(stream);
        List<string>? lines = null;
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
            {
                all[line[1..].Trim()] = lines = [];
            }
            else if (line.Length > 0)
            {
                lines!.Add(line);
            }
        }

        return all;
    }
}

using System.CommandLine.Parsing;

namespace Likeness.Cli.Lines;

/// <summary>What is to be said of a line that cannot be understood: the word, what was probably meant, and only then where all is listed.</summary>
/// <param name="parsed">The line.</param>
/// <param name="args">Its words.</param>
internal sealed class WrongLine(ParseResult parsed, IReadOnlyList<string> args)
{
    private readonly CommandResult _result = parsed.CommandResult;
    private readonly Command _command = parsed.CommandResult.Command;
    private readonly string _path = string.Join(' ', Path(parsed.CommandResult));

    /// <summary>The sentence.</summary>
    public UsageException Exception()
    {
        // What comes first is what went wrong first.
        if (parsed.UnmatchedTokens is [var verb, ..] && !IsFlag(verb) && (_command.Subcommands.Any(c => !c.Hidden) || (args[0] == verb && _command is not RootCommand)))
        {
            return Verb(verb);
        }

        // A flag that there is not is taken for the argument that should come there.
        var swallowed = _result.Children.OfType<ArgumentResult>().SelectMany(a => a.Tokens).Select(t => t.Value).Where(IsFlag);
        if (swallowed.Concat(parsed.UnmatchedTokens.Where(IsFlag)).FirstOrDefault() is { } flag)
        {
            return Flag(flag);
        }

        if (parsed.UnmatchedTokens is [var word, ..])
        {
            return Word(word);
        }

        // The first word of all others says what the rest needs.
        var value = parsed.Errors.FirstOrDefault(e => e.SymbolResult is OptionResult { Tokens.Count: > 0 } or ArgumentResult { Tokens.Count: > 0 });
        return value is not null ? new(Sentence(value.Message)) : Missing();
    }

    /// <summary>A flag that the verb does not have.</summary>
    public UsageException Flag(string flag)
    {
        if (_command.Subcommands.Any(c => !c.Hidden))
        {
            return NearNames.Of(flag, OptionNames()) is [var close, ..] ? new($"'{_path}' has no option '{flag}'. Did you mean '{close}'?") : new($"'{_path}' has no option '{flag}': {After()}");
        }

        var (name, value) = flag.Split('=', 2) is [var left, var right] ? (left, right) : (flag, ValueOf(flag));
        var known = OptionNames();
        if (OtherWords.Flags(name).FirstOrDefault(known.Contains) is { } here)
        {
            // Passes over the data are no steps.
            var same = TakesValue(here) && !(here == "--steps" && name.Contains("epoch", StringComparison.Ordinal));
            return new($"'{_path}' has no option '{name}': write {here}{(same ? Spaced(value) : TakesValue(here) ? " N" : "")}.");
        }

        if (known.Contains("--device") && OtherWords.Device(name) is { } device)
        {
            return new($"'{_path}' has no option '{name}': write {device}.");
        }

        if (name == "--model" && _command.Arguments is [var first, ..])
        {
            return new($"'{_path}' has no option '{name}': the {(first.Name == "MODEL" ? "model" : "run's folder")} comes without a flag, as in '{_path}{Spaced(value)}{(known.Contains("--data") ? " --data NAME" : "")}'.");
        }

        // Typing errors before the options of models, and these before flags that are far.
        var near = NearNames.Of(name, known);
        if (near is [var sure, ..] && NearNames.Plain(sure) != NearNames.Plain(name) && Likeness.OptionNames.Near(name.TrimStart('-'), ModelOptions()) is [var option, ..] && NearNames.Plain(option).EndsWith(NearNames.Plain(name.TrimStart('-')), StringComparison.Ordinal))
        {
            near = [];
        }

        if (near.Count > 0)
        {
            return new($"'{_path}' has no option '{name}'. Did you mean {string.Join(" or ", near.Select(n => $"'{n}'"))}?");
        }

        return Likeness.OptionNames.Near(name.TrimStart('-'), ModelOptions()) is { Count: > 0 } settings
            ? new($"'{_path}' has no option '{name}': options of the model are set by --set {string.Join(" or ", settings.Select(s => $"{s}={value ?? "VALUE"}"))}.")
            : new($"'{_path}' has no option '{name}': '{_path} --help' lists all{(known.Contains("--set") && Model() is { } model ? $", and 'likeness models {model}' those of the model (--set)" : "")}.");
    }

    // A word where a verb should be.
    private UsageException Verb(string word)
    {
        var top = _command is RootCommand || args[0] == word;
        var verbs = (top ? parsed.RootCommandResult.Command : _command).Subcommands.Where(c => !c.Hidden).Select(c => c.Name).ToList();
        if (top && OtherWords.Verb(word) is { } verb)
        {
            return new($"There is no command '{word}': write '{string.Join(' ', args.Select(a => a == word ? verb : a).Prepend("likeness"))}'.");
        }

        if (top && OtherWords.Advice(word) is { } advice)
        {
            return new($"There is no command '{word}': {advice}.");
        }

        if (NearNames.Of(word, verbs) is { Count: > 0 } near)
        {
            return new($"There is no command '{word}'{(top ? "" : $" of '{_path}'")}. Did you mean {string.Join(" or ", near.Select(n => $"'{n}'"))}?");
        }

        if (OtherWords.Part(word) is { } part && verbs.Contains(part))
        {
            return new($"There is no command '{word}' of '{_path}': write '{string.Join(' ', args.Select(a => a == word ? part : a).Prepend("likeness"))}'.");
        }

        // 'data mnist'
        if (!top && verbs.FirstOrDefault(v => v is "info") is { } info && System.IO.Path.Exists(word) | DatasetCatalog.BuiltIn.Any(e => e.Name == word))
        {
            return new($"There is no command '{word}' of '{_path}': write '{_path} {info} {word}'.");
        }

        return new(top ? $"There is no command '{word}': 'likeness --help' lists what there is." : $"There is no command '{word}' of '{_path}'. Use {string.Join(", ", verbs)}.");
    }

    // A word too many.
    private UsageException Word(string word)
    {
        var known = OptionNames();
        var numbers = double.TryParse(word, CultureInfo.InvariantCulture, out _);
        if (word is "help" or "version")
        {
            return new($"'{word}' is no word of '{_path}': write '{_path} --{word}'.");
        }

        if (numbers && known.Contains("-n"))
        {
            return new($"'{word}' does not belong there: how many is said by '-n {word}'.");
        }

        if (IsSetting(word))
        {
            return Setting(word);
        }

        if (known.Contains("--metric") && MetricCatalog.BuiltIn.Any(m => m.Name == word) | SampleMetricCatalog.BuiltIn.Any(m => m.Name == word))
        {
            return new($"'{word}' does not belong there: metrics are named by '--metric {word}'.");
        }

        if (known.Contains("--data") && _result.Children.OfType<OptionResult>().All(o => o.Option.Name != "--data" || o.Implicit))
        {
            return new($"'{word}' does not belong there: data is given by --data, as in '{Flagged([.. args.SelectMany(a => a == word ? (string[])["--data", a] : [a])])}'.");
        }

        return new($"'{word}' is one word too many for '{_path}': {After()}");
    }

    // An option of the model, or of the training, without its flag.
    private UsageException Setting(string word)
    {
        var missing = Missed().Select(m => m == "--data" ? "--data NAME" : m);
        var (settings, flags) = (new List<string>(), new List<string>());
        if (Sort(word, settings, flags) is { } unknown)
        {
            return unknown;
        }

        return new($"'{word}' does not belong there: {(settings.Count > 0 ? "options of the model are set by --set" : "options have a flag")}, as in '{Flagged([.. args, .. missing])}'.");
    }

    // The line with all such words as they should be.
    private string Flagged(IReadOnlyList<string> words)
    {
        string[] loose = [.. parsed.UnmatchedTokens.Where(IsSetting)];
        var (settings, flags) = (new List<string>(), new List<string>());
        foreach (var word in loose)
        {
            Sort(word, settings, flags);
        }

        return string.Join(' ', words.Where(w => !loose.Contains(w)).Prepend("likeness").Concat(flags).Concat(settings.Count > 0 ? settings.Prepend("--set") : []));
    }

    // Whether it is an option of the model or a flag of the verb; neither is a complaint.
    private UsageException? Sort(string word, List<string> settings, List<string> flags)
    {
        var (known, options) = (OptionNames(), ModelOptions());
        var (key, value) = (word[..word.IndexOf('=', StringComparison.Ordinal)], word[(word.IndexOf('=', StringComparison.Ordinal) + 1)..]);
        var near = options.Contains(key) ? key : Likeness.OptionNames.Near(key, options) is [var nearest, ..] ? nearest : null;
        var same = near is not null && NearNames.Plain(near[(near.LastIndexOf('.') + 1)..]) == NearNames.Plain(key);
        var flag = Words.Flag(key);
        if (!same && OtherWords.Flags(flag).Prepend(flag).FirstOrDefault(f => known.Contains(f) && TakesValue(f)) is { } meant)
        {
            flags.Add($"{meant} {value}");
        }
        else if (near is null && options.Count > 0)
        {
            return new($"'{word}' does not belong there, and the model has no option '{key}': 'likeness models {Model()}' shows all that it has.");
        }
        else
        {
            settings.Add($"{near ?? key}={value}");
        }

        return null;
    }

    private bool IsSetting(string word) => word.IndexOf('=', StringComparison.Ordinal) > 0 && OptionNames().Contains("--set") && !System.IO.Path.Exists(word);

    // What is required and was not said.
    private UsageException Missing()
    {
        if (_command.Subcommands.Count > 0)
        {
            return new($"'{_path}' needs a command: {string.Join(", ", _command.Subcommands.Select(c => c.Name))} (see '{_path} --help').");
        }

        var missing = Missed();
        return missing.Count > 0 ? new($"'{_path}' lacks {string.Join(" and ", missing)}: {After()}") : new(Sentence(parsed.Errors[0].Message));
    }

    private List<string> Missed() =>
    [
        .. _command.Arguments.Where(a => a.Arity.MinimumNumberOfValues > 0 && (_result.GetResult(a)?.Tokens.Count ?? 0) == 0).Select(a => a.Name),
        .. _command.Options.Where(o => o.Required && _result.GetResult(o) is null or { Implicit: true }).Where(o => o.Required).Select(o => o.Name),
    ];

    private string After() => $"write '{_path}{string.Concat(_command.Arguments.Select(a => a.Arity.MinimumNumberOfValues == 0 ? $" [{a.Name}]" : $" {a.Name}"))}{string.Concat(_command.Options.Where(o => o.Required).Select(o => $" {o.Name} {o.HelpName}"))}' (see '{_path} --help').";

    // A message of ours as it is, one of the parser's with where help is.
    private string Sentence(string message)
    {
        var text = message.TrimEnd('.');
        return text.EndsWith('?') || text.Contains("write ", StringComparison.Ordinal) || text.Contains("Use ", StringComparison.Ordinal) ? $"{text}{(text.EndsWith('?') ? "" : ".")}" : $"{text}: see '{_path} --help'.";
    }

    private List<string> OptionNames() =>
        [.. _command.Options.Concat(parsed.RootCommandResult.Command.Options.Where(o => o.Recursive)).Where(o => !o.Hidden).SelectMany(o => o.Aliases.Prepend(o.Name)).Distinct()];

    private bool TakesValue(string name) => _command.Options.FirstOrDefault(o => o.Name == name || o.Aliases.Contains(name)) is { ValueType: var type } && type != typeof(bool);

    private string? ValueOf(string flag)
    {
        var next = args.SkipWhile(a => a != flag).Skip(1).FirstOrDefault();
        return next is null || IsFlag(next) ? null : next;
    }

    private static string Spaced(string? value) => value is null ? "" : $" {value}";

    private static bool IsFlag(string word) => word.Length > 1 && word[0] == '-' && !double.TryParse(word, CultureInfo.InvariantCulture, out _);

    // The model that the line is about: as it names it, or as the run does.
    private string? Model()
    {
        if (args.Skip(1).FirstOrDefault(a => Zoo.BuiltIn.Recipes.Any(r => r.Name == a)) is { } named)
        {
            return named;
        }

        try
        {
            return args.Skip(1).FirstOrDefault(RunFolder.Exists) is { } folder ? RunFolder.Open(folder).Record.Recipe : null;
        }
        catch (LikenessException)
        {
            return null;
        }
    }

    private IReadOnlyList<string> ModelOptions() =>
        OptionNames().Contains("--set") && Model() is { } model && Zoo.BuiltIn.Recipes.FirstOrDefault(r => r.Name == model) is { } recipe
            ? [.. Likeness.OptionNames.Paths(recipe.DefaultOptions)]
            : [];

    /// <summary>The words of a command, from the tool's name on.</summary>
    public static IEnumerable<string> Path(SymbolResult? result)
    {
        var names = new List<string>();
        for (var at = result; at is not null; at = at.Parent)
        {
            if (at is CommandResult c)
            {
                names.Insert(0, c.Command is RootCommand ? "likeness" : c.Command.Name);
            }
        }

        return names;
    }
}

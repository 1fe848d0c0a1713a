using Likeness.Cli.Lines;

namespace Likeness.Cli.Verbs;

/// <summary><c>likeness models [WORD …]</c>: what exists, what each can be asked, its options and its paper.</summary>
internal static class ModelsVerb
{
    // A model belongs to the first of these that it can do.
    private static readonly (string Title, Func<Type, bool> Can)[] s_groups =
    [
        ("Forecast series, with an exact likelihood", Is<IForecaster>),
        ("Complete any part, with an exact likelihood", t => Is<IDensity>(t) && (Is<IMarginal>(t) || Is<ICompleter>(t))),
        ("Encode and decode, with an exact likelihood (flows)", t => Is<IDensity>(t) && Is<IEncoder>(t)),
        ("Sample, with an exact likelihood", Is<IDensity>),
        ("Sample from a text", Is<IGenerative<TextCondition>>),
        ("Sample by taking noise away, with a bound on the likelihood (diffusion)", Is<IDenoiser>),
        ("Encode and decode, with a bound on the likelihood", t => Is<IBound>(t) && Is<IEncoder>(t)),
        ("Sample, with a bound on the likelihood", Is<IBound>),
        ("Translate or restore pictures", t => Is<ITranslator>(t) || Is<IReconstructor>(t) || Is<IRestorer>(t)),
        ("Sample, encode and decode", t => Is<IGenerative>(t) && Is<IEncoder>(t)),
        ("Sample", Is<IGenerative>),
        ("Encode or classify", _ => true),
    ];

    // Words for what can be asked, where the question has another name.
    private static readonly Dictionary<string, string> s_asked = new()
    {
        ["inpaint"] = "complete", ["impute"] = "complete", ["generate"] = "sample", ["draw"] = "sample", ["likelihood"] = "log-likelihood", ["density"] = "exact log-likelihood",
        ["score"] = "log-likelihood", ["anomalies"] = "log-likelihood", ["interpolate"] = "decode", ["compress"] = "exact log-likelihood", ["embed"] = "encode", ["predict"] = "predict",
        ["class"] = "sample a class", ["text"] = "sample from a text", ["caption"] = "sample from a text", ["restore"] = "undo a measurement", ["upscale"] = "undo a measurement", ["edit"] = "denoise",
    };

    public static Argument<string> ModelArgument(string description)
    {
        var argument = new Argument<string>("MODEL") { Description = description };
        argument.CompletionSources.Add(_ => Zoo.BuiltIn.Recipes.Select(r => new System.CommandLine.Completions.CompletionItem(r.Name)));
        return argument;
    }

    public static Command Create(Terminal terminal)
    {
        var words = new Argument<string[]>("MODEL") { Description = "a model, in detail; or words to find models by, such as: diffusion, gan, table", Arity = ArgumentArity.ZeroOrMore };
        words.CompletionSources.Add(_ => Zoo.BuiltIn.Recipes.Select(r => new System.CommandLine.Completions.CompletionItem(r.Name)));
        var can = new Option<string?>("--can") { Description = "only models that can be asked this, such as complete, sample, encode, forecast", HelpName = "QUESTION" };
        var command = new Command("models", "list, find and describe models") { words, can };
        command.SetAction(parsed =>
        {
            var asked = parsed.GetValue(words) ?? [];
            IReadOnlyList<IRecipe> found = asked.Length == 0 ? Zoo.BuiltIn.Recipes : Zoo.BuiltIn.Search(asked);
            if (asked is [var one] && (found.Count == 0 || NearNames.Plain(found[0].Name) == NearNames.Plain(one)) && parsed.GetValue(can) is null)
            {
                // One that is not there is refused with those that are near.
                var recipe = Zoo.BuiltIn.Find(one);
                Describe(terminal, recipe, [.. found.Where(r => r != recipe).Select(r => r.Name)]);
                return ExitCode.Done;
            }

            if (parsed.GetValue(can) is { } question)
            {
                found = Able(found, question);
            }

            if (found.Count == 0)
            {
                throw new UsageException($"No model is found by '{string.Join(' ', asked)}'{(parsed.GetValue(can) is { } q ? $" that can be asked '{q}'" : "")}: use fewer or other words, or see 'likeness models'.");
            }

            if (terminal.Json)
            {
                foreach (var recipe in found)
                {
                    terminal.Print(ToJson(recipe));
                }
            }
            else if (asked.Length == 0 && parsed.GetValue(can) is null)
            {
                List(terminal);
            }
            else
            {
                Summarise(terminal, found);
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static IReadOnlyList<IRecipe> Able(IReadOnlyList<IRecipe> recipes, string question)
    {
        var asked = s_asked.GetValueOrDefault(question.ToLowerInvariant(), question);
        var all = Zoo.BuiltIn.Recipes.SelectMany(r => Capabilities.Of(r.ModelType)).Distinct().ToList();
        // "sample" is a question of its own and not every one that begins so.
        var meant = all.Contains(asked) ? [asked] : all.Where(c => c.Contains(asked, StringComparison.OrdinalIgnoreCase)).ToList();
        return meant.Count > 0 ? [.. recipes.Where(r => Capabilities.Of(r.ModelType).Intersect(meant).Any())]
            : throw new UsageException($"'{question}' is not allowed for --can: models can be asked to {string.Join(", ", all)}.");
    }

    // One line for each, under what it can be asked.
    private static void List(Terminal terminal)
    {
        var rest = Zoo.BuiltIn.Recipes.ToList();
        foreach (var (title, can) in s_groups)
        {
            var group = rest.Where(r => can(r.ModelType)).ToList();
            if (group.Count == 0)
            {
                continue;
            }

            rest = [.. rest.Except(group)];
            terminal.Print(title);
            Print(terminal, [.. group.Select(r => (r.Name, r.Need.Description))]);
            terminal.Print("");
        }

        terminal.Print("'likeness models NAME' describes one; 'likeness models WORD' and '--can QUESTION' find others.");
    }

    private static void Summarise(Terminal terminal, IReadOnlyList<IRecipe> recipes) =>
        Print(terminal, [.. recipes.Select(r => (r.Name, r.Summary))]);

    private static void Print(Terminal terminal, IReadOnlyList<(string, string)> rows)
    {
        foreach (var line in Wrapping.Columns(rows, terminal.Width))
        {
            terminal.Print(line);
        }
    }

    private static void Describe(Terminal terminal, IRecipe recipe, IReadOnlyList<string> others)
    {
        if (terminal.Json)
        {
            terminal.Print(ToJson(recipe));
            return;
        }

        terminal.Print($"{recipe.Name}:", recipe.Name.Length + 2, recipe.Summary);
        foreach (var (name, text) in ((string, string)[])
        [
            ("paper", $"{recipe.Paper.Title} ({recipe.Paper})"),
            ("can", string.Join(", ", Capabilities.Of(recipe.ModelType))),
            ("needs", recipe.Need.Description),
            ("training", Length(recipe.Defaults)),
            .. others.Count > 0 ? [("see also", string.Join(", ", others))] : ((string, string)[])[],
        ])
        {
            terminal.Print($"  {name}", 12, text);
        }

        terminal.Print("");
        terminal.Table(["option (--set)", "default", "meaning"], OptionDescription.Of(recipe).Select(o => (string[])[o.Name, o.Default, o.Text]));
    }

    // "40000 steps of 100 examples", "one step over all examples".
    private static string Length(TrainingOptions training) =>
        $"{(training.Steps == 1 ? "one step" : $"{training.Steps} steps")} {(training.BatchSize <= 0 ? "over all examples" : training.BatchSize == 1 ? "of one example" : $"of {training.BatchSize} examples")}";

    private static bool Is<T>(Type model) => typeof(T).IsAssignableFrom(model);

    private static JsonObject ToJson(IRecipe recipe) => new()
    {
        ["name"] = recipe.Name,
        ["summary"] = recipe.Summary,
        ["can"] = new JsonArray([.. Capabilities.Of(recipe.ModelType).Select(c => (JsonNode)c)]),
        ["needs"] = recipe.Need.Description,
        ["steps"] = recipe.Defaults.Steps,
        ["batch"] = recipe.Defaults.BatchSize,
        ["options"] = recipe.DefaultOptions,
        ["paper"] = recipe.Paper.Title,
        ["citation"] = recipe.Paper.ToString(),
    };
}

using System.CommandLine;
using System.Text.Json.Nodes;

namespace Likeness.Cli.Verbs;

/// <summary><c>likeness models [NAME]</c>: what exists, what each can be asked, its options and its paper.</summary>
internal static class ModelsVerb
{
    public static Argument<string> ModelArgument(string description)
    {
        var argument = new Argument<string>("MODEL") { Description = description };
        argument.CompletionSources.Add(_ => Zoo.BuiltIn.Recipes.Select(r => new System.CommandLine.Completions.CompletionItem(r.Name)));
        return argument;
    }

    public static Command Create(Terminal terminal)
    {
        var name = ModelArgument("only this one, in detail");
        name.Arity = ArgumentArity.ZeroOrOne;
        var command = new Command("models", "what models there are, what each can be asked, options with defaults, citation") { name };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(name) is { } one)
            {
                Describe(terminal, Zoo.BuiltIn.Find(one));
            }
            else
            {
                List(terminal);
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static void List(Terminal terminal)
    {
        if (terminal.Json)
        {
            foreach (var recipe in Zoo.BuiltIn.Recipes)
            {
                terminal.Print(ToJson(recipe));
            }

            return;
        }

        terminal.Table(["model", "can", "needs", "paper"], Zoo.BuiltIn.Recipes.Select(r => (string[])
            [r.Name, string.Join(", ", Capabilities.Of(r.ModelType)), r.Need.Description, r.Paper.ToString()]));
    }

    private static void Describe(Terminal terminal, IRecipe recipe)
    {
        if (terminal.Json)
        {
            terminal.Print(ToJson(recipe));
            return;
        }

        terminal.Print($"{recipe.Name}: {recipe.Summary}");
        terminal.Print($"paper     {recipe.Paper.Title} ({recipe.Paper})");
        terminal.Print($"can       {string.Join(", ", Capabilities.Of(recipe.ModelType))}");
        terminal.Print($"needs     {recipe.Need.Description}");
        terminal.Print($"training  {recipe.Defaults.Steps} step{(recipe.Defaults.Steps == 1 ? "" : "s")} of {(recipe.Defaults.BatchSize > 0 ? $"{recipe.Defaults.BatchSize}" : "all")} examples");
        terminal.Print("");
        terminal.Table(["option (--set)", "default", "meaning"], OptionDescription.Of(recipe).Select(o => (string[])[o.Name, o.Default, o.Text]));
    }

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

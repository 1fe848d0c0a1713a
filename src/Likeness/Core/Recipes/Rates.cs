using System.Text.Json.Nodes;

namespace Likeness;

/// <summary>
/// The options that may change while a run goes on: learning rates, their schedules, weight decay and the other numbers of its optimisers. They change neither
/// the network nor the data, and what an optimiser remembers stays of use.
/// </summary>
public static class Rates
{
    /// <summary>Where a model's options have optimisers, such as "optimizer": what is below may change, but for its kind.</summary>
    public static IReadOnlyList<string> Optimizers(IRecipe recipe, JsonObject options)
    {
        var json = recipe.Complete(recipe.Recorded(options));
        return [.. Of(json, json.Deserialize(recipe.OptionsInfo)!, recipe.OptionsInfo, "")];
    }

    /// <summary>Options with changes, and what has changed by names with dots.</summary>
    /// <exception cref="UsageException">A change is unknown, out of range, or not one of rates.</exception>
    internal static JsonObject Change(IRecipe recipe, JsonObject options, JsonObject changes, JsonObject was, JsonObject now)
    {
        var before = recipe.Complete(recipe.Recorded(options));
        var after = recipe.Complete(OptionsJson.Merged(before, changes, recipe.Name));
        var (old, current) = (OptionsJson.Leaves(before).ToDictionary(), OptionsJson.Leaves(after).ToDictionary());
        var optimizers = Optimizers(recipe, options);
        foreach (var name in old.Keys.Union(current.Keys).Where(n => old.GetValueOrDefault(n) != current.GetValueOrDefault(n)))
        {
            if (!optimizers.Any(o => name.StartsWith(o + ".", StringComparison.Ordinal) && name != o + ".kind"))
            {
                var others = optimizers.Count == 0 ? Sentence.Of($"and neither can another") : Sentence.Of($"only what its optimisers are set by can, such as {new Remedy.Setting($"{optimizers[0]}.learningRate", 1e-4)}");
                throw new UsageException($"The option '{name}' of '{recipe.Name}' cannot change while a run goes on, {others}: train a new run, which {new Remedy.Option("From")} begins with this one's weights.");
            }

            Note(was, name, old);
            Note(now, name, current);
        }

        return after;
    }

    private static void Note(JsonObject noted, string name, Dictionary<string, string> values)
    {
        if (values.TryGetValue(name, out var value))
        {
            noted[name] = JsonNode.Parse(value);
        }
    }

    private static IEnumerable<string> Of(JsonObject json, object options, JsonTypeInfo info, string path)
    {
        foreach (var property in info.Properties)
        {
            if (json[property.Name] is not JsonObject inner || property.Get!(options) is not { } part)
            {
                continue;
            }

            if (part is OptimizerOptions)
            {
                yield return path + property.Name;
                continue;
            }

            foreach (var deeper in Of(inner, part, info.Options.GetTypeInfo(part.GetType()), $"{path}{property.Name}."))
            {
                yield return deeper;
            }
        }
    }
}

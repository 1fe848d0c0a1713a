using System.Text.Json.Nodes;

namespace Likeness;

/// <summary>Options that are chosen anew when a trained model is asked: those on which no weight depends (<see cref="LaterAttribute"/>).</summary>
internal static class LaterOptions
{
    /// <summary>What was chosen, by the names of options with dots; null where nothing was.</summary>
    public static JsonObject? Named(JsonObject? changes) =>
        changes is null or { Count: 0 } ? null : new(OptionsJson.Leaves(changes).Select(l => KeyValuePair.Create(l.Key, JsonNode.Parse(l.Value))));

    /// <summary>The same as it is typed: "sampler.kind=heun sampler.steps=30".</summary>
    public static string Text(JsonObject chosen) =>
        string.Join(' ', chosen.Select(p => $"{p.Key}={(p.Value is JsonValue value && value.TryGetValue<string>(out var word) ? word : p.Value?.ToJsonString() ?? "null")}"));

    /// <summary>The options of a record with some chosen anew.</summary>
    /// <exception cref="UsageException">There is no such option, or it cannot change after training.</exception>
    public static JsonObject Chosen(IRecipe recipe, JsonObject options, JsonObject? changes)
    {
        if (changes is null)
        {
            return options;
        }

        string[] allowed = [.. recipe.OptionsInfo.Properties.Where(p => p.Attribute<LaterAttribute>() is not null).Select(p => p.Name)];
        foreach (var (name, _) in changes)
        {
            if (!allowed.Contains(name))
            {
                throw new UsageException(recipe.OptionsInfo.Properties.All(p => p.Name != name) ? $"Unknown option '{name}' of '{recipe.Name}': after training {Can(allowed)} change."
                    : $"The option '{name}' of '{recipe.Name}' cannot change after training: {Can(allowed)}.");
            }
        }

        // Completed, so an option that is newer than the run can be chosen, too.
        return OptionsJson.Merged(recipe.Complete(options), changes, recipe.Name);

        static string Can(string[] names) => names.Length == 0 ? "none of its options can" : $"only {string.Join(" and ", names.Select(n => $"'{n}'"))} can";
    }
}

using System.Reflection;
using System.Text.Json.Nodes;

namespace Likeness;

/// <summary>One option of a model, as it is set: an option inside another one by the way to it, with dots.</summary>
/// <param name="Name">For example "optimizer.learningRate".</param>
/// <param name="Default">Its default as JSON.</param>
/// <param name="Meaning">Its summary; empty where the program's documentation is not at hand.</param>
/// <param name="Range">The numbers that it may be; null where it is none.</param>
public sealed record OptionDescription(string Name, string Default, string Meaning, OptionRangeAttribute? Range)
{
    /// <summary>The meaning, with what is allowed.</summary>
    public string Text => Range is null ? Meaning : $"{Meaning} ({Range})".TrimStart();

    /// <summary>All options of a model, in the order in which they are written.</summary>
    public static IReadOnlyList<OptionDescription> Of(IRecipe recipe)
    {
        var json = recipe.DefaultOptions;
        return [.. Of(json, json.Deserialize(recipe.OptionsInfo)!, recipe.OptionsInfo, "", "")];
    }

    private static IEnumerable<OptionDescription> Of(JsonObject json, object options, JsonTypeInfo info, string path, string meaning)
    {
        foreach (var (key, value) in json)
        {
            if (info.Properties.FirstOrDefault(p => p.Name == key) is not { } property)
            {
                // Which of several objects this is, says the property that holds it.
                yield return new(path + key, OptionsJson.Text(value), meaning, null);
                continue;
            }

            var means = property.AttributeProvider is PropertyInfo declared ? OptionSummaries.Of(declared) : "";
            if (value is JsonObject inner && property.Get!(options) is { } part)
            {
                foreach (var option in Of(inner, part, info.Options.GetTypeInfo(part.GetType()), $"{path}{key}.", means))
                {
                    yield return option;
                }
            }
            else
            {
                yield return new(path + key, OptionsJson.Text(value), means, property.Attribute<OptionRangeAttribute>());
            }
        }
    }
}

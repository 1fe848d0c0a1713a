using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Likeness;

/// <summary>Options as JSON: defaults filled in, unknown keys refused with the near ones named.</summary>
public static class OptionsJson
{
    /// <exception cref="UsageException">A number is outside of its range.</exception>
    public static JsonObject Write<T>(T options, JsonTypeInfo<T> json) where T : class
    {
        OptionRanges.Check(options, json);
        return JsonSerializer.SerializeToNode(options, json)!.AsObject();
    }

    /// <summary>Options in which every key that <paramref name="given"/> leaves out has its default.</summary>
    /// <exception cref="UsageException">An unknown key, or a value that does not fit.</exception>
    public static T Read<T>(JsonObject given, T defaults, JsonTypeInfo<T> json, string model) where T : class
    {
        var merged = Write(defaults, json);
        Merge(given, merged, "", model);
        try
        {
            var options = merged.Deserialize(json)!;
            OptionRanges.Check(options, json);
            return options;
        }
        catch (JsonException e)
        {
            var path = (e.Path ?? "$").TrimStart('$', '.');
            if (Kinds(json, path) is { } kinds && merged.At(path)?["kind"] is { } kind && !kinds.Contains(kind.ToString()))
            {
                throw UsageException.Unknown($"kind of {path}", kind.ToString(), kinds);
            }

            throw path.Length > 0 && merged.At(path) is null
                ? new UsageException($"The option '{path}' of '{model}' is null and needs a value: give it one, or leave it out for its default.", e)
                : new UsageException($"The option '{path}' of '{model}' has a value that is not allowed: {FirstSentence(e)}", e);
        }
    }

    /// <summary>Complete options with some changed.</summary>
    /// <exception cref="UsageException">An unknown key.</exception>
    internal static JsonObject Merged(JsonObject options, JsonObject changes, string model)
    {
        var merged = options.DeepClone().AsObject();
        Merge(changes, merged, "", model);
        return merged;
    }

    /// <summary>
    /// Sets one option from text, as on a command line: <c>optimizer.learningRate=1e-4</c>. The text is read as JSON where it
    /// is JSON, else as a string.
    /// </summary>
    public static void Set(JsonObject options, string assignment)
    {
        var equals = assignment.IndexOf('=');
        if (equals <= 0)
        {
            throw new UsageException($"The setting '{assignment}' is not of the form key=value: write for example {new Remedy.Setting("hidden", 300)}.");
        }

        var keys = assignment[..equals].Split('.');
        var target = options;
        foreach (var key in keys[..^1])
        {
            if (target[key] is not JsonObject inner)
            {
                target[key] = inner = [];
            }

            target = inner;
        }

        var value = Parse(assignment[(equals + 1)..]);
        if (keys[^1] == "kind" && target["kind"]?.ToJsonString() != value?.ToJsonString())
        {
            // Another kind of object has other keys.
            target.Clear();
        }

        target[keys[^1]] = value;
    }

    private static JsonNode? At(this JsonNode node, string path) =>
        path.Split('.').Aggregate((JsonNode?)node, (inner, key) => inner is JsonObject o ? o[key] : null);

    // The names of the objects that an option may be, where it is one of several.
    private static string[]? Kinds(JsonTypeInfo info, string path)
    {
        foreach (var key in path.Split('.'))
        {
            if (info.Properties.FirstOrDefault(p => p.Name == key) is not { } property)
            {
                return null;
            }

            info = info.Options.GetTypeInfo(property.PropertyType);
        }

        return info.PolymorphismOptions is { } choice ? [.. choice.DerivedTypes.Select(d => d.TypeDiscriminator as string ?? "")] : null;
    }

    private static JsonNode? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }

    private static void Merge(JsonObject from, JsonObject into, string path, string model)
    {
        // Another kind of object has other keys: it replaces the default whole.
        if (from["kind"] is { } kind && into["kind"] is { } other && kind.ToJsonString() != other.ToJsonString())
        {
            into.Clear();
            foreach (var (key, value) in from)
            {
                into[key] = value?.DeepClone();
            }

            return;
        }

        foreach (var (key, value) in from)
        {
            var known = into.Select(p => p.Key).FirstOrDefault(k => string.Equals(k, key, StringComparison.OrdinalIgnoreCase))
                ?? throw UsageException.Unknown($"option of {model}", path + key, into.Select(p => path + p.Key));
            if (value is JsonObject inner && into[known] is JsonObject deeper)
            {
                Merge(inner, deeper, $"{path}{known}.", model);
            }
            else
            {
                into[known] = value?.DeepClone();
            }
        }
    }

    private static string FirstSentence(Exception e)
    {
        var message = (e.InnerException ?? e).Message;
        var end = message.IndexOf(" Path:", StringComparison.Ordinal);
        return end < 0 ? message : message[..end];
    }
}

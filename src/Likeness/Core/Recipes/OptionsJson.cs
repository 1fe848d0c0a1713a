using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json.Nodes;

namespace Likeness;

/// <summary>Options as JSON: defaults filled in, unknown keys refused with the near ones named.</summary>
public static class OptionsJson
{
    private static readonly JsonSerializerOptions s_plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <exception cref="UsageException">A number is outside of its range.</exception>
    public static JsonObject Write<T>(T options, JsonTypeInfo<T> json) where T : class
    {
        OptionRanges.Check(options);
        return JsonSerializer.SerializeToNode(options, json)!.AsObject();
    }

    /// <summary>Options in which every key that <paramref name="given"/> leaves out has its default.</summary>
    /// <exception cref="UsageException">An unknown key, or a value that does not fit.</exception>
    public static T Read<T>(JsonObject given, T defaults, JsonTypeInfo<T> json, string model) where T : class
    {
        var merged = Write(defaults, json);
        Merge(given, merged, "", model, merged);
        try
        {
            var options = merged.Deserialize(json)!;
            OptionRanges.Check(options, model);
            return options;
        }
        catch (JsonException e)
        {
            throw OptionMistakes.Of(e, json, merged, Write(defaults, json), model);
        }
    }

    /// <summary>Complete options with some changed.</summary>
    /// <exception cref="UsageException">An unknown key.</exception>
    internal static JsonObject Merged(JsonObject options, JsonObject changes, string model)
    {
        var merged = options.DeepClone().AsObject();
        Merge(changes, merged, "", model, merged);
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
            throw new UsageException($"The setting '{assignment}' is not of the form key=value: write {new Remedy.Setting(equals < 0 ? assignment : "key", "VALUE")}.");
        }

        var keys = assignment[..equals].Split('.');
        var target = options;
        foreach (var key in keys[..^1])
        {
            if (target[key] is not JsonObject inner)
            {
                // "optimizer=sgd optimizer.learningRate=0.1": the first says the kind.
                target[key] = inner = target[key] is JsonValue kind ? new() { ["kind"] = kind.DeepClone() } : [];
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

    /// <summary>Each option by the way to it, with dots, and its value as JSON.</summary>
    internal static IEnumerable<KeyValuePair<string, string>> Leaves(JsonObject options, string path = "") => options.SelectMany(p => p.Value is JsonObject inner
        ? Leaves(inner, $"{path}{p.Key}.")
        : [new(path + p.Key, Text(p.Value))]);

    /// <summary>JSON as a person would type it: quotes within a text are \", and letters of any script stay as they are.</summary>
    internal static string Text(JsonNode? value) => value?.ToJsonString(s_plain) ?? "null";

    private static JsonNode? Parse(string text)
    {
        try
        {
            var value = JsonNode.Parse(text);
            // 1e3 is as whole a number as 1000.
            return value is JsonValue number && number.GetValueKind() is JsonValueKind.Number && number.TryGetValue<double>(out var exact) && Math.Abs(exact) < 1e15 && exact == Math.Truncate(exact)
                ? JsonValue.Create((long)exact)
                : value;
        }
        catch (JsonException)
        {
            // .5, 5. and +5 are numbers, too.
            return text is "True" or "False" ? JsonValue.Create(text == "True")
                : text.Contains('.', StringComparison.Ordinal) || text.StartsWith('+') ? double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? Parse(number.ToString("R", CultureInfo.InvariantCulture)) : JsonValue.Create(text)
                : JsonValue.Create(text);
        }
    }

    private static void Merge(JsonObject from, JsonObject into, string path, string model, JsonObject root)
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
            var known = into.Select(p => p.Key).FirstOrDefault(k => NearNames.Plain(k) == NearNames.Plain(key))
                ?? throw OptionMistakes.Unknown(path + key, [.. into.Select(p => path + p.Key)], root, model);
            if (into[known] is JsonObject deeper && value is not null)
            {
                Merge(AsGroup(value, deeper, path + known, model), deeper, $"{path}{known}.", model, root);
            }
            else
            {
                into[known] = into[known] is JsonArray && value is JsonValue one ? AsList(one) : value?.DeepClone();
            }
        }
    }

    // "optimizer=sgd" says the kind.
    private static JsonObject AsGroup(JsonNode value, JsonObject options, string path, string model) => value as JsonObject
        ?? (value.GetValueKind() is JsonValueKind.String && options.ContainsKey("kind") ? new JsonObject { ["kind"] = value.DeepClone() }
        : throw new UsageException($"The option '{path}' of '{model}' is a group of options: set one of {NearNames.Or([.. options.Select(p => $"{path}.{p.Key}")])}."));

    // "hidden=64" and "hidden=64,64" are lists, too.
    private static JsonNode AsList(JsonValue value)
    {
        if (value.GetValueKind() is not JsonValueKind.String)
        {
            return new JsonArray(value.DeepClone());
        }

        try
        {
            return JsonNode.Parse($"[{value.GetValue<string>()}]")!;
        }
        catch (JsonException)
        {
            return value.DeepClone();
        }
    }
}

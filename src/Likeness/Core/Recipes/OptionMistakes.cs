using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Likeness;

/// <summary>What is to be said of options that a model does not have, or that have values which do not fit.</summary>
internal static partial class OptionMistakes
{
    // What belongs to the training and not to the model, and what it is called there.
    private static readonly Dictionary<string, Remedy.Option> s_training = new()
    {
        ["batch"] = new("Batch", "N"), ["batchsize"] = new("Batch", "N"), ["bs"] = new("Batch", "N"),
        ["steps"] = new("Steps", "N"), ["iterations"] = new("Steps", "N"), ["epochs"] = new("Epochs", "N"), ["epoch"] = new("Epochs", "N"),
        ["seed"] = new("Seed", "N"), ["device"] = new("Device", "cuda"), ["gpu"] = new("Device", "cuda"), ["threads"] = new("Threads", "N"),
        ["precision"] = new("Precision", "bf16"), ["patience"] = new("Patience", "N"), ["size"] = new("Size", "N"), ["imagesize"] = new("Size", "N"),
    };

    /// <summary>An option that there is not, by the way to it.</summary>
    /// <param name="path">As it was set.</param>
    /// <param name="beside">Those in its place.</param>
    /// <param name="root">All options of the model, as they are set.</param>
    /// <param name="model">Its name.</param>
    public static UsageException Unknown(string path, IReadOnlyList<string> beside, JsonObject root, string model)
    {
        var near = OptionNames.Near(path, [.. beside.Union(OptionNames.Paths(root)).Where(p => p != path)]);
        return near.Count > 0 ? new($"Unknown option '{path}' of {model}. Did you mean {NearNames.Or([.. near.Select(n => $"'{n}'")])}?")
            : s_training.TryGetValue(NearNames.Plain(path), out var flag) ? new($"Unknown option '{path}' of {model}: that belongs to the training, give {flag}.")
            : new($"Unknown option '{path}' of {model}. Use {NearNames.Or(beside)}.");
    }

    /// <summary>A value that does not fit.</summary>
    /// <param name="e">What the reader of JSON says, which knows where.</param>
    /// <param name="json">How the options are read.</param>
    /// <param name="options">The options.</param>
    /// <param name="defaults">Values that fit.</param>
    /// <param name="model">The model's name.</param>
    public static UsageException Of(JsonException e, JsonTypeInfo json, JsonObject options, JsonObject defaults, string model)
    {
        var path = Index().Replace((e.Path ?? "$").TrimStart('$', '.'), "");
        var value = At(options, path);
        var (owner, property) = Find(json, options, path);
        if (property is null)
        {
            var group = path.Contains('.', StringComparison.Ordinal) ? path[..(path.LastIndexOf('.') + 1)] : "";
            return Unknown(path, [.. owner.Properties.Select(p => group + p.Name)], options, model);
        }

        var kinds = json.Options.GetTypeInfo(property.PropertyType).PolymorphismOptions?.DerivedTypes.Select(d => d.TypeDiscriminator as string ?? "").ToArray();
        if (kinds is not null && value?["kind"] is { } kind && !kinds.Contains(kind.ToString()))
        {
            return UsageException.Unknown($"kind of {path}", kind.ToString(), kinds);
        }

        if (value is null)
        {
            return new($"The option '{path}' of '{model}' is null and needs a value: give it one, or leave it out for its default.", e);
        }

        var text = value.GetValueKind() is JsonValueKind.String ? value.GetValue<string>() : OptionsJson.Text(value);
        var range = property.Attribute<OptionRangeAttribute>() is { } allowed ? $" ({allowed})" : "";
        var list = typeof(IReadOnlyList<int>).IsAssignableFrom(property.PropertyType);
        object good = list && Numbers().IsMatch(text) ? $"[{text}]"
            : Comma().IsMatch(text) ? text.Replace(',', '.')
            : At(defaults, path) is { } usual ? OptionsJson.Text(usual) : (list ? "[1,2]" : "VALUE");
        return new($"The option '{path}' of '{model}' cannot be {text}: it takes {Expected(property.PropertyType)}{range}, such as {new Remedy.Setting(path, good)}.", e);
    }

    private static string Expected(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type == typeof(int) || type == typeof(long) || type == typeof(ulong) ? "a whole number"
            : type == typeof(double) || type == typeof(float) ? "a number"
            : type == typeof(bool) ? "true or false"
            : type == typeof(string) ? "a text"
            : type.IsEnum ? NearNames.Or([.. Enum.GetNames(type).Select(n => JsonNamingPolicy.CamelCase.ConvertName(n))])
            : typeof(IReadOnlyList<int>).IsAssignableFrom(type) ? "a list of whole numbers"
            : typeof(System.Collections.IEnumerable).IsAssignableFrom(type) ? "a list"
            : "a group of options in braces";
    }

    private static JsonNode? At(JsonNode node, string path) =>
        path.Split('.').Aggregate((JsonNode?)node, (inner, key) => inner is JsonObject o ? o[key] : null);

    // The property at the end of a path; null where its owner has none of that name.
    private static (JsonTypeInfo Owner, JsonPropertyInfo? Property) Find(JsonTypeInfo info, JsonObject options, string path)
    {
        JsonPropertyInfo? property = null;
        JsonNode? node = options;
        foreach (var key in path.Split('.'))
        {
            info = property is null ? info : info.Options.GetTypeInfo(property.PropertyType);
            if (info.PolymorphismOptions?.DerivedTypes.FirstOrDefault(d => (d.TypeDiscriminator as string) == node?["kind"]?.ToString()) is { DerivedType: { } type })
            {
                info = info.Options.GetTypeInfo(type);
            }

            property = info.Properties.FirstOrDefault(p => p.Name == key);
            if (property is null)
            {
                return (info, null);
            }

            node = node is JsonObject inner ? inner[key] : null;
        }

        return (info, property);
    }

    [GeneratedRegex(@"\[\d+\].*$")]
    private static partial Regex Index();

    // A list without its brackets.
    [GeneratedRegex(@"^\d+(, ?\d+)*$")]
    private static partial Regex Numbers();

    // A decimal comma.
    [GeneratedRegex(@"^-?\d+,\d+$")]
    private static partial Regex Comma();
}

using System.Reflection;

namespace Likeness;

/// <summary>How options become JSON: names in camel case, unknown keys and nulls refused, and each choice an object that names its <see cref="KindAttribute"/>.</summary>
internal static class OptionRules
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { AddKinds } },
    };

    /// <summary>How options of this type are written and read.</summary>
    public static JsonTypeInfo<T> Of<T>() => (JsonTypeInfo<T>)s_json.GetTypeInfo(typeof(T));

    private static void AddKinds(JsonTypeInfo info)
    {
        if (!info.Type.IsAbstract)
        {
            return;
        }

        foreach (var type in info.Type.GetNestedTypes())
        {
            if (type.GetCustomAttribute<KindAttribute>() is { } kind)
            {
                info.PolymorphismOptions ??= new() { TypeDiscriminatorPropertyName = "kind" };
                info.PolymorphismOptions.DerivedTypes.Add(new(type, kind.Name));
            }
        }
    }
}

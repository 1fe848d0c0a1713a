namespace Likeness;

/// <summary>Holds options to the ranges that stand on their properties, those of the objects inside them too.</summary>
public static class OptionRanges
{
    /// <summary>Refuses the first number that is outside of its range; it is named as it is set: "optimizer.learningRate".</summary>
    /// <param name="options">Of a model.</param>
    /// <exception cref="UsageException">A number, or an entry of a list, is not allowed.</exception>
    public static void Check<T>(T options) where T : class => Check(options, OptionRules.Of<T>(), "", "");

    /// <summary>The same, where it is known whose options they are.</summary>
    internal static void Check<T>(T options, string model) where T : class => Check(options, OptionRules.Of<T>(), "", $" of '{model}'");

    /// <summary>The same, and then the options: for where a statement has no place.</summary>
    internal static T Checked<T>(T options) where T : class
    {
        Check(options);
        return options;
    }

    private static void Check(object options, JsonTypeInfo info, string path, string owner)
    {
        foreach (var property in info.Properties)
        {
            var name = path + property.Name;
            if (property.Get?.Invoke(options) is not { } value)
            {
                // The serialiser refuses nulls by itself, but not beside the parameters of a constructor in an object that names its kind.
                if (property is { Get: not null, IsGetNullable: false })
                {
                    throw new UsageException($"The option '{name}'{owner} is null and needs a value: give it one, or leave it out for its default.");
                }

                continue;
            }

            if (property.Attribute<NotEmptyAttribute>() is not null && value is IReadOnlyList<int> { Count: 0 })
            {
                throw new UsageException($"The option '{name}' cannot be []: it needs one entry or more.");
            }

            if (property.Attribute<OptionRangeAttribute>() is { } range)
            {
                Check(value, range, name);
            }
            else if (info.Options.TryGetTypeInfo(value.GetType(), out var inner) && inner.Kind is JsonTypeInfoKind.Object)
            {
                Check(value, inner, $"{name}.", owner);
            }
        }
    }

    private static void Check(object value, OptionRangeAttribute range, string name)
    {
        if (value is IReadOnlyList<int> list)
        {
            if (!list.All(n => range.Contains(n)))
            {
                throw new UsageException($"The option '{name}' cannot be [{string.Join(",", list)}]: each of its numbers must be {range}.");
            }
        }
        else if (!range.Contains(Convert.ToDouble(value)))
        {
            throw new UsageException($"The option '{name}' cannot be {value}: it must be {range}.");
        }
    }

    /// <summary>What is written at a property, such as its range.</summary>
    internal static TAttribute? Attribute<TAttribute>(this JsonPropertyInfo property) where TAttribute : Attribute =>
        property.AttributeProvider?.GetCustomAttributes(typeof(TAttribute), true).OfType<TAttribute>().FirstOrDefault();
}

using System.Numerics;
using System.Text.Json.Nodes;

namespace Likeness;

/// <summary>How many free parameters a model has for some data.</summary>
/// <param name="Model">The recipe's name.</param>
/// <param name="Parameters">Exactly, however many they are.</param>
/// <param name="Order">The order that was asked for, where the model has one as a number.</param>
public sealed record ParameterCount(string Model, BigInteger Parameters, int? Order);

/// <summary>What independence buys: the free parameters of every model that can say how many it would have, without making it.</summary>
public static class ParameterCounts
{
    /// <summary>The data of a shape with a number of values for each variable.</summary>
    /// <exception cref="UsageException">A side is below 1, or there are fewer than 2 values.</exception>
    public static DataSpec Spec(IReadOnlyList<int> shape, int levels, int classes = 0)
    {
        if (shape.Count == 0 || shape.Any(side => side < 1) || shape.Aggregate(BigInteger.One, (a, b) => a * b) > int.MaxValue)
        {
            throw new UsageException($"The shape {string.Join('x', shape)} is not allowed: its sides must be at least 1, with at most {int.MaxValue} variables in all.");
        }

        return new(shape, levels switch
        {
            < 2 => throw new UsageException($"Variables of {levels} values are not allowed: levels must be at least 2."),
            2 => new Domain.Binary(),
            256 => new Domain.Byte(),
            _ => new Domain.Categorical(levels),
        }, classes);
    }

    /// <summary>The count of each model that can say it of such data, with the default options but for the order.</summary>
    public static IReadOnlyList<ParameterCount> Of(Zoo zoo, DataSpec spec, int? order = null)
    {
        var counts = new List<ParameterCount>();
        foreach (var recipe in zoo.Recipes)
        {
            var ordered = recipe.DefaultOptions.TryGetPropertyValue("order", out var number) && number is JsonValue;
            var options = ordered && order is { } n ? new JsonObject { ["order"] = n } : [];
            if (recipe.FreeParameters(spec, options) is { } count)
            {
                counts.Add(new(recipe.Name, count, ordered ? order ?? (int)number! : null));
            }
        }

        return counts;
    }
}

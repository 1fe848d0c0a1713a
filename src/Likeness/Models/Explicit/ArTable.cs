using System.Text.Json;
using System.Text.Json.Serialization;

namespace Likeness;

/// <summary>What an autoregressive table is made of.</summary>
public sealed record ArTableOptions
{
    /// <summary>N, how many variables before it each one depends on.</summary>
    [AtLeast(0)]
    public int Order { get; init; } = 2;

    /// <summary>Examples imagined for each context of each variable, spread evenly over its values.</summary>
    [Above(0)]
    public double Prior { get; init; } = 1;
}

/// <summary>
/// AR-N by tables: each variable depends on the N before it in the flattened example, as in the N-gram approximations to English.
/// </summary>
public static class ArTable
{
    public static Recipe<ArTableOptions, AutoregressiveTable, Batch> Recipe { get; } = new(
        "ar-table",
        "Exact density of discrete data in which each variable depends on the few before it, by tables.",
        new("shannon1948mathematical", "A Mathematical Theory of Communication", "Shannon, Claude E.", "Bell System Technical Journal", 1948,
            "27:379-423 and 623-656", Publication.Article),
        new(),
        ArTableJson.Default.ArTableOptions,
        (spec, options, rng) => new AutoregressiveTable(spec, options.Order, options.Prior, rng),
        (model, _, _) => new Counting<AutoregressiveTable, Batch>(model),
        new(Steps: 1, BatchSize: 0),
        DataNeed.Discrete)
    {
        Smallest = new(),
        Parameters = (spec, options) => AutoregressiveTable.Parameters(spec, options.Order),
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ArTableOptions))]
internal sealed partial class ArTableJson : JsonSerializerContext;

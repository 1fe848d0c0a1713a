using System.Collections.Concurrent;
using System.Text.Json.Nodes;

[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Likeness.Laws;

/// <summary>Every recipe of the zoo on every kind of small data that it takes. No law names a model.</summary>
internal static class Cases
{
    /// <summary>The smallest data of each kind: tables and images, grey and coloured, of every domain.</summary>
    private static readonly DataSpec[] s_specs =
    [
        new([6], new Domain.Binary()),
        new([1, 2, 4], new Domain.Binary()),
        new([1, 8, 8], new Domain.Binary()),
        new([1, 16, 16], new Domain.Byte()),
        new([3, 8, 8], new Domain.Byte()),
        new([2], new Domain.Real()),
        new([1, 8, 8], new Domain.Real()),
        new([4], new Domain.Categorical(3)),
        new([5], new Domain.Mixed([0, 3, 0, 2, 4])),
        new([4, 2], new Domain.Real()),
        new([3, 2], new Domain.Binary()),
        new([5], new Domain.Binary(), Classes: 3),
        new([1, 2, 3], new Domain.Binary(), Classes: 3),
        new([1, 8, 8], new Domain.Byte(), Classes: 3),
        new([1, 12, 12], new Domain.Byte(), Classes: 2),
    ];

    // Every law asks it of all pairs, and a model is made for each answer.
    private static readonly Func<string, string, bool> s_fits = Once((recipe, data) => Fits(Zoo.BuiltIn.Find(recipe), Spec(data)));

    /// <summary>All recipes whose model has a capability, on all data that they can be built for.</summary>
    public static TheoryData<string, string> Of<TCapability>(Func<DataSpec, bool>? which = null) => Of<TCapability, object>(which);

    /// <summary>All recipes whose model has two capabilities, on all data that they can be built for.</summary>
    /// <param name="which">On which data.</param>
    /// <param name="applies">Of the recipe's name and the kind of data, where types do not tell whether a law applies.</param>
    public static TheoryData<string, string> Of<TCapability, TOther>(Func<DataSpec, bool>? which = null, Func<string, string, bool>? applies = null)
    {
        TorchRuntime.Threads = 1;
        var cases = new TheoryData<string, string>();
        foreach (var recipe in Zoo.BuiltIn.Recipes.Where(r => typeof(TCapability).IsAssignableFrom(r.ModelType) && typeof(TOther).IsAssignableFrom(r.ModelType)))
        {
            foreach (var spec in s_specs.Where(s => (which is null || which(s)) && s_fits(recipe.Name, s.ToString()) && applies?.Invoke(recipe.Name, s.ToString()) != false))
            {
                cases.Add(recipe.Name, spec.ToString());
            }
        }

        return cases;
    }

    /// <summary>One kind of data for each recipe, the last of its list: for laws that take long.</summary>
    public static TheoryData<string, string> OneOfEach(Func<string, string, bool>? applies = null)
    {
        var cases = new TheoryData<string, string>();
        foreach (var recipe in Zoo.BuiltIn.Recipes)
        {
            if (s_specs.LastOrDefault(s => s_fits(recipe.Name, s.ToString()) && applies?.Invoke(recipe.Name, s.ToString()) != false) is { } spec)
            {
                cases.Add(recipe.Name, spec.ToString());
            }
        }

        return cases;
    }

    /// <summary>A question about a recipe and a kind of data that is answered once.</summary>
    public static Func<string, string, bool> Once(Func<string, string, bool> question)
    {
        var answers = new ConcurrentDictionary<(string, string), bool>();
        return (recipe, data) => answers.GetOrAdd((recipe, data), pair => question(pair.Item1, pair.Item2));
    }

    /// <summary>Discrete data of so few variables that all inputs can be listed.</summary>
    public static bool Countable(DataSpec spec) => spec.Domain.LevelCount is { } levels && Math.Pow(levels, spec.Dimensions) <= 1024;

    /// <summary>How many inputs there are.</summary>
    public static int InputCount(DataSpec spec) => (int)Math.Pow(spec.Domain.LevelCount!.Value, spec.Dimensions);

    public static DataSpec Spec(string data) => s_specs.First(s => s.ToString() == data);

    /// <summary>All inputs [levels^d, …], the first variable changing fastest.</summary>
    public static Tensor AllInputs(DataSpec spec, ScalarType type = ScalarType.Float32)
    {
        var levels = spec.Domain.LevelCount!.Value;
        var values = new double[InputCount(spec) * spec.Dimensions];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = i / spec.Dimensions / (int)Math.Pow(levels, i % spec.Dimensions) % levels;
        }

        return Tensor.From(values, spec.BatchShape(InputCount(spec))).to(type);
    }

    /// <summary>The places of discrete examples among all inputs.</summary>
    public static int[] Places(DataSpec spec, Tensor x)
    {
        var (d, levels) = (spec.Dimensions, spec.Domain.LevelCount!.Value);
        var values = x.ToArray<float>();
        return [.. Enumerable.Range(0, values.Length / d).Select(n => Enumerable.Range(0, d).Sum(j => (int)values[(n * d) + j] * (int)Math.Pow(levels, j)))];
    }

    // Labelled data is for recipes that take no other.
    private static bool Fits(IRecipe recipe, DataSpec spec) =>
        Takes(recipe, spec, recipe.SmallestOptions) && (spec.Classes == 0 || !Takes(recipe, spec with { Classes = 0 }, recipe.SmallestOptions));

    /// <summary>Whether a model can be made: data that a recipe accepts in general but refuses for its size (with a sentence) is no case of it.</summary>
    public static bool Takes(IRecipe recipe, DataSpec spec, JsonObject options)
    {
        try
        {
            using var scope = torch.NewDisposeScope();
            recipe.CreateModel(spec, options, new Rng(0));
            return true;
        }
        catch (UsageException)
        {
            return false;
        }
    }
}

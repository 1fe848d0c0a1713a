using Likeness.Core;
using Likeness.Data;
using Likeness.Models;
using Likeness.Nn;
using Likeness.Torch;

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
    ];

    /// <summary>All recipes whose model has a capability, on all data that they can be built for.</summary>
    public static TheoryData<string, string> Of<TCapability>(Func<DataSpec, bool>? which = null)
    {
        TorchRuntime.Threads = 1;
        var cases = new TheoryData<string, string>();
        foreach (var recipe in Zoo.BuiltIn.Recipes.Where(r => typeof(TCapability).IsAssignableFrom(r.ModelType)))
        {
            foreach (var spec in s_specs.Where(s => (which is null || which(s)) && Fits(recipe, s)))
            {
                cases.Add(recipe.Name, spec.ToString());
            }
        }

        return cases;
    }

    /// <summary>One kind of data for each recipe, the last of its list: for laws that take long.</summary>
    public static TheoryData<string, string> OneOfEach()
    {
        var cases = new TheoryData<string, string>();
        foreach (var recipe in Zoo.BuiltIn.Recipes)
        {
            cases.Add(recipe.Name, s_specs.Last(s => Fits(recipe, s)).ToString());
        }

        return cases;
    }

    /// <summary>Binary data of so few variables that all inputs can be listed.</summary>
    public static bool Countable(DataSpec spec) => spec is { Domain: Domain.Binary, Dimensions: <= 10 };

    public static DataSpec Spec(string data) => s_specs.First(s => s.ToString() == data);

    /// <summary>All 2^d inputs [2^d, …].</summary>
    public static Tensor AllInputs(DataSpec spec, ScalarType type = ScalarType.Float32)
    {
        var values = new double[spec.Dimensions << spec.Dimensions];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (i / spec.Dimensions >> (i % spec.Dimensions)) & 1;
        }

        return Tensor.From(values, spec.BatchShape(1 << spec.Dimensions)).To(type);
    }

    /// <summary>The places of binary examples among all inputs.</summary>
    public static int[] Places(DataSpec spec, Tensor x)
    {
        var d = spec.Dimensions;
        var bits = x.ToArray<float>();
        return [.. Enumerable.Range(0, bits.Length / d).Select(n => Enumerable.Range(0, d).Sum(j => (int)bits[(n * d) + j] << j))];
    }

    // Data that a recipe accepts in general but refuses for its size (with a sentence) is no case of it.
    private static bool Fits(IRecipe recipe, DataSpec spec)
    {
        try
        {
            recipe.CreateModel(spec, recipe.SmallestOptions, new Rng(0));
            return true;
        }
        catch (UsageException)
        {
            return false;
        }
    }
}

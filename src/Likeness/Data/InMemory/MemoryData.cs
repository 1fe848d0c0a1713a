using Likeness.Core;

namespace Likeness.Data;

/// <summary>Examples that are already there, as a data set that can be trained on.</summary>
internal static class MemoryData
{
    /// <summary>A data set whose training split is these examples, and which has no other.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="protocol">How the values came about.</param>
    /// <param name="spec">What they are.</param>
    /// <param name="values">[n, …], one after the other, in the units of the domain.</param>
    /// <param name="labels">The class of each, where there are classes.</param>
    public static IDataset Of(string name, string protocol, DataSpec spec, float[] values, int[]? labels = null)
    {
        var part = new Part(new SingleExamples(values, spec.Dimensions)) { Label = labels is null ? null : i => labels[i] };
        var splits = new Splits(name, protocol, spec, part, Part.Empty, Part.Empty);
        return labels is null ? new PlainDataset(splits) : new LabelledDataset(splits, [.. Enumerable.Range(0, spec.Classes).Select(i => $"{i}")]);
    }
}

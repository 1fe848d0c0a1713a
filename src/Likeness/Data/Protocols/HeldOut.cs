using System.Globalization;

namespace Likeness;

/// <summary>A part of the training examples, kept aside as the validation split of data that has none.</summary>
internal static class HeldOut
{
    /// <param name="data">The data; what was fitted on its whole training part stays as it is.</param>
    /// <param name="share">Of the training examples: the last ones of a fixed shuffle, or of a series its end.</param>
    /// <exception cref="UsageException">The share is no share, or the data has a validation split, or cannot be divided.</exception>
    public static IDataset Of(IDataset data, double share)
    {
        var (examples, text) = (data.Count(Split.Train), share.ToString(CultureInfo.InvariantCulture));
        if (share is not (> 0 and < 1))
        {
            throw new UsageException($"A share of {text} of the training examples cannot be kept aside: for {new Remedy.Option("HoldOut")} give a number between 0 and 1, such as 0.1.");
        }

        if (data.Count(Split.Validation) is > 0 and var there)
        {
            throw new UsageException($"'{data.Name}' has a validation split of its own, of {Counted.Of(there, "example")}, and none needs to be kept aside: leave {new Remedy.Option("HoldOut")} out.");
        }

        var count = (int)Math.Round(share * examples);
        if (data is not MemoryDataset { Splits.Labelled: null } memory || count < 1 || count >= examples)
        {
            throw new UsageException($"A share of {text} of the {Counted.Of(examples, "training example")} of '{data.Name}' cannot be kept aside: for {new Remedy.Option("HoldOut")} give another share, or choose other data.");
        }

        var order = Enumerable.Range(0, examples).ToArray();
        if (!data.Spec.IsSeries)
        {
            new SplitMix64(SplitMix64.Key(0, (ulong)examples)).Permute(order);
        }

        return memory.WithValidation(order[..^count], order[^count..]).Noted($"{count} of the {Counted.Of(examples, "training example")} of '{data.Name}' {(count == 1 ? "is" : "are")} kept aside as its validation split.");
    }
}

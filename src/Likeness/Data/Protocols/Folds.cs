namespace Likeness;

/// <summary>The training part of a data set in folds, each of which is held out once as the validation part of the rest.</summary>
internal static class Folds
{
    /// <param name="data">Whose training part; what was fitted on the whole of it stays as it is.</param>
    /// <param name="count">How many folds; as many as there are examples where these are fewer.</param>
    /// <param name="seed">Which examples go together. Windows of series are not shuffled: a fold is one stretch, or its windows would overlap those of the rest.</param>
    /// <exception cref="UsageException">The data cannot be divided.</exception>
    public static IReadOnlyList<IDataset> Of(IDataset data, int count, ulong seed)
    {
        var examples = data.Count(Split.Train);
        if (count < 2 || examples < 2)
        {
            throw new UsageException($"{Counted.Of(examples, "training example")} cannot be divided into {count} folds: give 2 folds or more, and as many examples at least.");
        }

        // Of joined domains, and where only some examples have labels, the parts would not be what the model learned from.
        if (data is not MemoryDataset { Splits.Labelled: null } memory)
        {
            throw new UsageException($"The training part of '{data.Name}' cannot be divided into folds: choose a data set with a validation split, or calibrate on the training examples as they are.");
        }

        var order = Enumerable.Range(0, examples).ToArray();
        if (!data.Spec.IsSeries)
        {
            new SplitMix64(SplitMix64.Key(seed, (ulong)examples)).Permute(order);
        }

        count = Math.Min(count, examples);
        return [.. Enumerable.Range(0, count).Select(fold =>
        {
            var (from, to) = ((int)((long)examples * fold / count), (int)((long)examples * (fold + 1) / count));
            return memory.Divided([.. order[..from], .. order[to..]], order[from..to]);
        })];
    }
}

namespace Likeness;

/// <summary>
/// Invented examples of which each is put among the training examples or left out by the toss of a coin, so an audit can tell whether the trained model knows which
/// (Steinke, Nasr and Jagielski 2023): both kinds come from one distribution, which training and test examples may not.
/// </summary>
public sealed record Canaries
{
    // Training examples whose values canaries are put together from.
    private const int Pool = 256;

    /// <summary>How many are made; about half of them are learned from.</summary>
    [AtLeast(20)]
    public int Count { get; init; } = 200;

    /// <summary>Says what they look like and how the coins fell.</summary>
    public ulong Seed { get; init; }

    /// <summary>Which of them are among the training examples.</summary>
    internal bool[] Planted()
    {
        var coins = new SplitMix64(SplitMix64.Key(Seed, 1));
        return [.. Enumerable.Range(0, Count).Select(_ => (coins.Next() >> 63) == 1)];
    }

    /// <summary>All of them, each value that of a random training example: of the right kind and range, and in no company that is found in the data.</summary>
    /// <returns>[count · values], in the units of the data's domain.</returns>
    internal float[] Values(IDataset data)
    {
        var pool = Chain.Value<float[]>(() => Plain(data).Read(Split.Train, Pool, Pool).First().X.ToArray<float>());
        var dimensions = data.Spec.Dimensions;
        var (values, rows, draws) = (new float[Count * dimensions], (ulong)(pool.Length / dimensions), new SplitMix64(SplitMix64.Key(Seed, 2)));
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = pool[((int)(draws.Next() % rows) * dimensions) + (i % dimensions)];
        }

        return values;
    }

    /// <summary>The data with the planted ones behind its training examples.</summary>
    /// <exception cref="UsageException">Its examples are not kept in memory as plain values.</exception>
    internal IDataset Plant(IDataset data)
    {
        var source = data as IExtensibleDataset
            ?? throw new UsageException($"Invented examples cannot be put among those of '{data.Name}': train without {new Remedy.Option("Canaries")}, or choose data of a single table or folder.");
        var (values, planted, dimensions) = (Values(data), Planted(), data.Spec.Dimensions);
        return source.With([.. Enumerable.Range(0, Count).Where(i => planted[i]).SelectMany(i => values[(i * dimensions)..((i + 1) * dimensions)])]);
    }

    private static IDataset<Batch> Plain(IDataset data) => data.TryAs<Batch>()
        ?? throw new UsageException($"The data set '{data.Name}' has no plain examples: train without {new Remedy.Option("Canaries")}.");
}

/// <summary>A data set that can have more training examples.</summary>
internal interface IExtensibleDataset
{
    /// <summary>The same with further training examples [n · values], in the units of its domain. Where examples have classes, theirs are dealt out in turn.</summary>
    IDataset With(float[] values);
}

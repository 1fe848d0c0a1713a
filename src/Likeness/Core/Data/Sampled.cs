namespace Likeness;

/// <summary>Examples that can be taken apart.</summary>
public interface ISeparableBatch : IBatch
{
    /// <summary>Some of the examples that follow each other.</summary>
    IBatch Part(int from, int count);
}

/// <summary>A feed whose batches hold every example by its own chance, so they are of many sizes, 0 among them (Poisson sampling); <see cref="IFeed{TBatch}.BatchSize"/> is the expected one.</summary>
public interface ISampledFeed<out TBatch> : IFeed<TBatch>
{
    /// <summary>The numbers, among all of the split, of the examples of the last batch.</summary>
    IReadOnlyList<long> Numbers { get; }
}

/// <summary>A data set that can be sampled so.</summary>
public interface ISampledDataset<out TBatch> : IDataset<TBatch>
{
    /// <summary>An endless feed of such batches; null where examples do not come one by one.</summary>
    /// <param name="split">Of which part.</param>
    /// <param name="expected">The expected size of a batch, at most that of the split.</param>
    /// <param name="seed">Says which examples; its state keeps it.</param>
    ISampledFeed<TBatch>? OpenSampled(Split split, int expected, ulong seed);
}

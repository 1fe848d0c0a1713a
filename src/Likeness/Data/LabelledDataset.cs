using Likeness.Core;

namespace Likeness.Data;

/// <summary>Examples with class labels.</summary>
internal sealed class LabelledDataset(Splits splits, IReadOnlyList<string> classNames) : IDataset<Batch>, IDataset<LabelledBatch>, IClassNames
{
    public string Name => splits.Name;

    public string Protocol => splits.Protocol;

    public DataSpec Spec => splits.Spec;

    public IReadOnlyList<string> ClassNames => classNames;

    public int Count(Split split) => splits.Count(split);

    IFeed<Batch> IDataset<Batch>.Open(Split split, int batchSize, ulong seed, int shard, int shards) =>
        splits.Open(Splits.Plain, split, batchSize, seed, shard, shards);

    IFeed<LabelledBatch> IDataset<LabelledBatch>.Open(Split split, int batchSize, ulong seed, int shard, int shards) =>
        splits.Open(Splits.Labelled, split, batchSize, seed, shard, shards);

    IEnumerable<Batch> IDataset<Batch>.Read(Split split, int batchSize, int limit) =>
        splits.Read(Splits.Plain, split, batchSize, limit);

    IEnumerable<LabelledBatch> IDataset<LabelledBatch>.Read(Split split, int batchSize, int limit) =>
        splits.Read(Splits.Labelled, split, batchSize, limit);
}

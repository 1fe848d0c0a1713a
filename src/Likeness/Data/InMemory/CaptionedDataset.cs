using Likeness.Core;

namespace Likeness.Data;

/// <summary>Examples with captions and attributes (of which there may be none).</summary>
internal sealed class CaptionedDataset(Splits splits, IReadOnlyList<DataAttribute> attributes)
    : IDataset<Batch>, IDataset<CaptionedBatch>, IDataset<AttributedBatch>, IAttributes, IInMemory
{
    public Splits Splits => splits;

    public string Name => splits.Name;

    public string Protocol => splits.Protocol;

    public DataSpec Spec { get; } = splits.Spec with { Attributes = attributes };

    public IReadOnlyList<DataAttribute> Attributes => attributes;

    public int Count(Split split) => splits.Count(split);

    IFeed<Batch> IDataset<Batch>.Open(Split split, int batchSize, ulong seed, int shard, int shards) =>
        splits.Open(Splits.Plain, split, batchSize, seed, shard, shards);

    IFeed<CaptionedBatch> IDataset<CaptionedBatch>.Open(Split split, int batchSize, ulong seed, int shard, int shards) =>
        splits.Open(Splits.Captioned, split, batchSize, seed, shard, shards);

    IFeed<AttributedBatch> IDataset<AttributedBatch>.Open(Split split, int batchSize, ulong seed, int shard, int shards) =>
        splits.Open(Splits.AttributedBy(attributes.Count), split, batchSize, seed, shard, shards);

    IEnumerable<Batch> IDataset<Batch>.Read(Split split, int batchSize, int limit) =>
        splits.Read(Splits.Plain, split, batchSize, limit);

    IEnumerable<CaptionedBatch> IDataset<CaptionedBatch>.Read(Split split, int batchSize, int limit) =>
        splits.Read(Splits.Captioned, split, batchSize, limit);

    IEnumerable<AttributedBatch> IDataset<AttributedBatch>.Read(Split split, int batchSize, int limit) =>
        splits.Read(Splits.AttributedBy(attributes.Count), split, batchSize, limit);
}

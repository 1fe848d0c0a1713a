using Likeness.Core;

namespace Likeness.Data;

/// <summary>Examples with class labels, captions and attributes.</summary>
internal sealed class AnnotatedDataset(Splits splits, IReadOnlyList<string> classNames, IReadOnlyList<DataAttribute> attributes)
    : IDataset<Batch>, IDataset<LabelledBatch>, IDataset<CaptionedBatch>, IDataset<AttributedBatch>, IClassNames, IAttributes
{
    public string Name => splits.Name;

    public string Protocol => splits.Protocol;

    public DataSpec Spec => splits.Spec;

    public IReadOnlyList<string> ClassNames => classNames;

    public IReadOnlyList<DataAttribute> Attributes => attributes;

    public int Count(Split split) => splits.Count(split);

    IFeed<Batch> IDataset<Batch>.Open(Split split, int batchSize, ulong seed, int shard, int shards) =>
        splits.Open(Splits.Plain, split, batchSize, seed, shard, shards);

    IFeed<LabelledBatch> IDataset<LabelledBatch>.Open(Split split, int batchSize, ulong seed, int shard, int shards) =>
        splits.Open(Splits.Labelled, split, batchSize, seed, shard, shards);

    IFeed<CaptionedBatch> IDataset<CaptionedBatch>.Open(Split split, int batchSize, ulong seed, int shard, int shards) =>
        splits.Open(Splits.Captioned, split, batchSize, seed, shard, shards);

    IFeed<AttributedBatch> IDataset<AttributedBatch>.Open(Split split, int batchSize, ulong seed, int shard, int shards) =>
        splits.Open(Splits.AttributedBy(attributes.Count), split, batchSize, seed, shard, shards);

    IEnumerable<Batch> IDataset<Batch>.Read(Split split, int batchSize, int limit) =>
        splits.Read(Splits.Plain, split, batchSize, limit);

    IEnumerable<LabelledBatch> IDataset<LabelledBatch>.Read(Split split, int batchSize, int limit) =>
        splits.Read(Splits.Labelled, split, batchSize, limit);

    IEnumerable<CaptionedBatch> IDataset<CaptionedBatch>.Read(Split split, int batchSize, int limit) =>
        splits.Read(Splits.Captioned, split, batchSize, limit);

    IEnumerable<AttributedBatch> IDataset<AttributedBatch>.Read(Split split, int batchSize, int limit) =>
        splits.Read(Splits.AttributedBy(attributes.Count), split, batchSize, limit);
}

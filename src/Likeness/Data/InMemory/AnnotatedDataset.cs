using Likeness.Core;

namespace Likeness.Data;

/// <summary>Examples with class labels, captions and attributes (of which there may be none, and then the class is one).</summary>
internal sealed class AnnotatedDataset
    : IDataset<Batch>, IDataset<LabelledBatch>, IDataset<CaptionedBatch>, IDataset<AttributedBatch>, IDataset<UnpairedBatch>, IPairs, IClassNames, IAttributes, IInMemory
{
    private readonly ClassDomains _domains;

    public AnnotatedDataset(Splits splits, IReadOnlyList<string> classNames, IReadOnlyList<DataAttribute> attributes)
    {
        (Splits, ClassNames) = (splits.WithAttributes(attributes, "class", classNames), classNames);
        (Spec, _domains) = (Splits.Spec, new(Splits));
    }

    public Splits Splits { get; }

    public string Name => Splits.Name;

    public string Protocol => Splits.Protocol;

    public DataSpec Spec { get; }

    public IReadOnlyList<string> ClassNames { get; }

    public IReadOnlyList<DataAttribute> Attributes => Spec.Attributes;

    public int Count(Split split) => Splits.Count(split);

    public int CountPairs(Split split) => _domains.CountPairs(split);

    public IEnumerable<PairedBatch> ReadPairs(Split split, int batchSize, int limit = int.MaxValue) => _domains.ReadPairs(split, batchSize, limit);

    IFeed<Batch> IDataset<Batch>.Open(Split split, int batchSize, ulong seed, int shard, int shards) =>
        Splits.Open(Splits.Plain, split, batchSize, seed, shard, shards);

    IFeed<LabelledBatch> IDataset<LabelledBatch>.Open(Split split, int batchSize, ulong seed, int shard, int shards) =>
        Splits.Open(Splits.Labelled, split, batchSize, seed, shard, shards);

    IFeed<CaptionedBatch> IDataset<CaptionedBatch>.Open(Split split, int batchSize, ulong seed, int shard, int shards) =>
        Splits.Open(Splits.Captioned, split, batchSize, seed, shard, shards);

    IFeed<AttributedBatch> IDataset<AttributedBatch>.Open(Split split, int batchSize, ulong seed, int shard, int shards) =>
        Splits.Open(Splits.AttributedBy(Attributes.Count), split, batchSize, seed, shard, shards);

    IFeed<UnpairedBatch> IDataset<UnpairedBatch>.Open(Split split, int batchSize, ulong seed, int shard, int shards) =>
        _domains.Open(split, batchSize, seed, shard, shards);

    IEnumerable<Batch> IDataset<Batch>.Read(Split split, int batchSize, int limit) =>
        Splits.Read(Splits.Plain, split, batchSize, limit);

    IEnumerable<LabelledBatch> IDataset<LabelledBatch>.Read(Split split, int batchSize, int limit) =>
        Splits.Read(Splits.Labelled, split, batchSize, limit);

    IEnumerable<CaptionedBatch> IDataset<CaptionedBatch>.Read(Split split, int batchSize, int limit) =>
        Splits.Read(Splits.Captioned, split, batchSize, limit);

    IEnumerable<AttributedBatch> IDataset<AttributedBatch>.Read(Split split, int batchSize, int limit) =>
        Splits.Read(Splits.AttributedBy(Attributes.Count), split, batchSize, limit);

    IEnumerable<UnpairedBatch> IDataset<UnpairedBatch>.Read(Split split, int batchSize, int limit) => _domains.Read(split, batchSize, limit);
}

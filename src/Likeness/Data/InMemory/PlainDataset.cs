using Likeness.Core;

namespace Likeness.Data;

/// <summary>Examples without annotations.</summary>
internal sealed class PlainDataset(Splits splits) : IDataset<Batch>, IInMemory
{
    public Splits Splits => splits;

    public string Name => splits.Name;

    public string Protocol => splits.Protocol;

    public DataSpec Spec => splits.Spec;

    public int Count(Split split) => splits.Count(split);

    public IFeed<Batch> Open(Split split, int batchSize, ulong seed, int shard = 0, int shards = 1) =>
        splits.Open(Splits.Plain, split, batchSize, seed, shard, shards);

    public IEnumerable<Batch> Read(Split split, int batchSize, int limit = int.MaxValue) =>
        splits.Read(Splits.Plain, split, batchSize, limit);
}

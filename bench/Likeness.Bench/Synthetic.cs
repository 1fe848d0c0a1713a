namespace Likeness.Bench;

/// <summary>A few batches of random data with the statistics of digits: 13 % of the bits are ones. What they show does not matter for speed.</summary>
internal sealed class Synthetic(DataSpec spec) : IDataset<Batch>, IDataset<UnpairedBatch>, IDataset<AttributedBatch>
{
    public string Name => "synthetic";

    public string Protocol => "synthetic";

    public DataSpec Spec => spec;

    public int Count(Split split) => int.MaxValue;

    public IFeed<Batch> Open(Split split, int batchSize, ulong seed) => new Cycle(spec, batchSize, new Rng(seed));

    public IEnumerable<Batch> Read(Split split, int batchSize, int limit = int.MaxValue) => [];

    IFeed<UnpairedBatch> IDataset<UnpairedBatch>.Open(Split split, int batchSize, ulong seed) =>
        new Made<UnpairedBatch>(new Cycle(spec, batchSize, new Rng(seed)), next => new(next().X, next().X));

    IEnumerable<UnpairedBatch> IDataset<UnpairedBatch>.Read(Split split, int batchSize, int limit) => [];

    IFeed<AttributedBatch> IDataset<AttributedBatch>.Open(Split split, int batchSize, ulong seed)
    {
        var values = new Rng(seed).Integers(0, 2, batchSize, spec.Attributes.Count);
        return new Made<AttributedBatch>(new Cycle(spec, batchSize, new Rng(seed)), next => new(next().X, values));
    }

    IEnumerable<AttributedBatch> IDataset<AttributedBatch>.Read(Split split, int batchSize, int limit) => [];
}

internal sealed class Made<TBatch>(Cycle cycle, Func<Func<Batch>, TBatch> make) : IFeed<TBatch>
{
    public int BatchSize => cycle.BatchSize;

    public TBatch Next() => make(cycle.Next);

    public void State(IStateCursor cursor)
    {
    }

    public void Dispose()
    {
    }
}

internal sealed class Cycle(DataSpec spec, int batchSize, Rng rng) : IFeed<Batch>
{
    private readonly Tensor[] _batches = [.. Enumerable.Range(0, 8).Select(_ => Draw(spec, batchSize, rng))];
    private int _next;

    public int BatchSize => batchSize;

    public Batch Next() => new(_batches[_next++ % _batches.Length]);

    public void State(IStateCursor cursor)
    {
    }

    public void Dispose()
    {
    }

    private static Tensor Draw(DataSpec spec, int batchSize, Rng rng)
    {
        var uniform = rng.Uniform(spec.BatchShape(batchSize));
        return spec.Domain switch
        {
            Domain.Binary => uniform.lt(0.13).to(ScalarType.Float32),
            Domain.Real => uniform,
            _ => (uniform * 255).round(),
        };
    }
}

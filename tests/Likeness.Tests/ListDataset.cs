namespace Likeness.Tests;

/// <summary>Examples written down in a test: the same in every split.</summary>
internal sealed class ListDataset(DataSpec spec, params float[][] examples) : IDataset<Batch>
{
    public string Name => "list";

    public string Protocol => "reals";

    public DataSpec Spec => spec;

    public int Count(Split split) => examples.Length;

    public IFeed<Batch> Open(Split split, int batchSize, ulong seed) => throw new NotSupportedException("Only read.");

    public IEnumerable<Batch> Read(Split split, int batchSize, int limit = int.MaxValue) => examples.Take(limit).Chunk(batchSize)
        .Select(chunk => new Batch(Tensor.From(chunk.SelectMany(e => e).ToArray(), spec.BatchShape(chunk.Length))));
}

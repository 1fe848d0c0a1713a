namespace Likeness;

/// <summary>Makes a batch of its kind from the examples' values [n, …] and their indices in the split; the indices are only lent.</summary>
internal delegate TBatch BatchMaker<out TBatch>(Part part, Tensor x, ReadOnlySpan<int> indices);

/// <summary>
/// An endless feed: epoch e presents the examples in the order of a permutation drawn from (seed, e), in whole batches; the
/// few examples that are left over at an epoch's end are others in every epoch. Batches are assembled ahead by a thread of
/// the feed's own; tensors are made by the caller's. Not to be used by several threads at once.
/// </summary>
internal sealed class Feed<TBatch> : IFeed<TBatch>
{
    private readonly Part part;
    private readonly DataSpec spec;
    private readonly BatchMaker<TBatch> make;
    private readonly BatchPlan plan;
    private Prefetch? prefetch;

    // Where the batch stands that Next will return, whatever is already assembled.
    private long epoch;
    private long position;

    public Feed(Part part, DataSpec spec, BatchPlan plan, BatchMaker<TBatch> make)
    {
        (this.part, this.spec, this.plan, this.make) = (part, spec, plan, make);
    }

    public int BatchSize => plan.BatchSize;

    public TBatch Next()
    {
        prefetch ??= new(part.X, plan, epoch, position);
        var packed = prefetch.Take();
        var batch = make(part, Tensor.From(packed.X.AsSpan(), spec.BatchShape(plan.BatchSize)), packed.Indices);
        prefetch.Return(packed);
        (epoch, position) = plan.After(epoch, position);
        return batch;
    }

    public void State(IStateCursor cursor)
    {
        var before = (epoch, position);
        cursor.Visit("epoch", ref epoch);
        cursor.Visit("position", ref position);
        if (before == (epoch, position))
        {
            return;
        }

        if (epoch < 0 || position < 0 || position >= plan.BatchesPerEpoch)
        {
            throw new DataException(
                $"The saved place of the feed (epoch {epoch}, batch {position}) does not exist with {plan.BatchesPerEpoch} batches an epoch: resume with the data and the batch size that it was saved with.");
        }

        Dispose();
    }

    public void Dispose()
    {
        prefetch?.Dispose();
        prefetch = null;
    }
}

/// <summary>Which examples make up which batch.</summary>
/// <param name="Count">Examples in the split.</param>
/// <param name="BatchSize">Examples in a batch.</param>
/// <param name="Seed">Of the permutations and of the presentations.</param>
internal sealed record BatchPlan(int Count, int BatchSize, ulong Seed)
{
    public int BatchesPerEpoch => Count / BatchSize;

    public (long Epoch, long Position) After(long epoch, long position) =>
        position + 1 < BatchesPerEpoch ? (epoch, position + 1) : (epoch + 1, 0);

    /// <summary>The order of an epoch.</summary>
    public void Permute(long epoch, Span<int> order) => new SplitMix64(SplitMix64.Key(Seed, (ulong)epoch)).Permute(order);

    /// <summary>The examples of a batch.</summary>
    public ReadOnlySpan<int> Slice(ReadOnlySpan<int> order, long position) => order.Slice((int)(position * BatchSize), BatchSize);

    /// <summary>What resampling protocols draw from in an epoch.</summary>
    public ulong Presentation(long epoch) => SplitMix64.Key(Seed, (ulong)epoch, 1);
}

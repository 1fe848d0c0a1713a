namespace Likeness;

/// <summary>The part of a data set.</summary>
public enum Split
{
    Train,
    Validation,
    Test,
}

/// <summary>Several examples at once.</summary>
public interface IBatch
{
    /// <summary>Number of examples.</summary>
    int Count { get; }

    /// <summary>The same examples on a device.</summary>
    IBatch To(Device device);
}

/// <summary>Examples without anything else. X is fp32 [n, …], in the units of the data's domain.</summary>
public sealed record Batch(Tensor X) : ISeparableBatch
{
    public int Count => (int)X.shape[0];

    public IBatch Part(int from, int count) => new Batch(X.narrow(0, from, count));

    public IBatch To(Device device) => new Batch(X.to(device));
}

/// <summary>Examples with class labels: X fp32 [n, …], Labels int64 [n].</summary>
public sealed record LabelledBatch(Tensor X, Tensor Labels) : ISeparableBatch
{
    public int Count => (int)X.shape[0];

    public IBatch Part(int from, int count) => new LabelledBatch(X.narrow(0, from, count), Labels.narrow(0, from, count));

    public IBatch To(Device device) => new LabelledBatch(X.to(device), Labels.to(device));
}

/// <summary>
/// Examples of which only some have labels: X fp32 [n, …] of any of them, and LabelledX fp32 [m, …] with Labels int64 [m]. Labels that are
/// not to be known are nowhere in it.
/// </summary>
public sealed record PartlyLabelledBatch(Tensor X, Tensor LabelledX, Tensor Labels) : IBatch
{
    public int Count => (int)X.shape[0];

    public IBatch To(Device device) => new PartlyLabelledBatch(X.to(device), LabelledX.to(device), Labels.to(device));
}

/// <summary>Examples with one caption each.</summary>
public sealed record CaptionedBatch(Tensor X, IReadOnlyList<string> Captions) : ISeparableBatch
{
    public int Count => (int)X.shape[0];

    public IBatch Part(int from, int count) => new CaptionedBatch(X.narrow(0, from, count), [.. Captions.Skip(from).Take(count)]);

    public IBatch To(Device device) => this with { X = X.to(device) };
}

/// <summary>
/// An endless stream of batches for training. Deterministic given its seed; its position is its state, so a resumed
/// feed goes on with the very batch that would have come next.
/// </summary>
public interface IFeed<out TBatch> : IStateful, IDisposable
{
    /// <summary>The next batch, in tensors of the calling thread's scope.</summary>
    TBatch Next();

    /// <summary>Examples in every batch.</summary>
    int BatchSize { get; }
}

/// <summary>What a data set is, whatever its batches are.</summary>
public interface IDataset
{
    /// <summary>The name that finds it again, for example "mnist".</summary>
    string Name { get; }

    /// <summary>The preprocessing that belongs to its identity, for example "bytes" or "dynamic": scores under different protocols are not comparable.</summary>
    string Protocol { get; }

    DataSpec Spec { get; }

    /// <summary>How it was opened; of data that the catalogue did not open, only its name and protocol are known.</summary>
    DataOrigin Origin => new(Name, Protocol);

    /// <summary>The name of each class label, in their order; none where there are no classes, or they have no names.</summary>
    IReadOnlyList<string> ClassNames => [];

    /// <summary>Number of examples; 0 where the set lacks this split.</summary>
    int Count(Split split);

    /// <summary>The file that an example was read from, below the folder or the archive that holds all; null where it has none of its own.</summary>
    string? FileOf(Split split, int example) => null;

    /// <summary>The dates of the steps of an example; null where it is no series that has such.</summary>
    StepDates? DatesOf(Split split, int example) => null;

    /// <summary>The name of the series that an example is, or is a window of; null where series have no names.</summary>
    SeriesName? SeriesOf(Split split, int example) => null;

    /// <summary>The same data in batches of a kind; null where it does not come in them.</summary>
    IDataset<TBatch>? TryAs<TBatch>() => this as IDataset<TBatch>;
}

/// <summary>What can be asked of any data set.</summary>
public static class Datasets
{
    /// <summary>The same data in batches of a kind.</summary>
    /// <exception cref="UsageException">It does not come in them.</exception>
    public static IDataset<TBatch> As<TBatch>(this IDataset data) => data.TryAs<TBatch>()
        ?? throw new UsageException($"The data set '{data.Name}' has no {typeof(TBatch).Name} examples: choose another data set.");

    /// <summary>Whether it comes in batches of a kind.</summary>
    public static bool Has<TBatch>(this IDataset data) => data.TryAs<TBatch>() is not null;
}

/// <summary>A data set that can be read in batches of a kind.</summary>
public interface IDataset<out TBatch> : IDataset
{
    /// <summary>A shuffled, endless feed of whole batches.</summary>
    /// <exception cref="LikenessException">The split is missing or smaller than one batch.</exception>
    IFeed<TBatch> Open(Split split, int batchSize, ulong seed);

    /// <summary>Every example once, in order; the last batch may be smaller. <paramref name="limit"/> stops after so many examples.</summary>
    IEnumerable<TBatch> Read(Split split, int batchSize, int limit = int.MaxValue);
}

/// <summary>A distribution whose density can be computed, so a model's estimate can be held against the truth.</summary>
public interface IKnownDensity
{
    /// <summary>log p(x) in nats.</summary>
    double LogProb(ReadOnlySpan<float> x);
}

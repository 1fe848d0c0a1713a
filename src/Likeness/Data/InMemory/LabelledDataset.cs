using Likeness.Core;

namespace Likeness.Data;

/// <summary>
/// Examples with class labels. Where only some training examples keep theirs, labelled batches of the training split are of these alone, while
/// unlabelled ones are of all.
/// </summary>
internal sealed class LabelledDataset
    : IDataset<Batch>, IDataset<LabelledBatch>, IDataset<PartlyLabelledBatch>, IDataset<AttributedBatch>, IDataset<UnpairedBatch>, IPairs, IClassNames, IAttributes, IInMemory
{
    private readonly Splits _all, _labelled;
    private readonly ClassDomains _domains;

    /// <param name="splits">The examples with their labels.</param>
    /// <param name="classNames">Of each label.</param>
    /// <param name="attributes">What else is known; where nothing is, the class is an attribute.</param>
    /// <param name="className">What that attribute is called.</param>
    public LabelledDataset(Splits splits, IReadOnlyList<string> classNames, IReadOnlyList<DataAttribute>? attributes = null, string className = "class")
        : this(splits.WithAttributes(attributes ?? [], className, classNames), null, classNames)
    {
    }

    private LabelledDataset(Splits all, Splits? labelled, IReadOnlyList<string> classNames) =>
        (_all, _labelled, _domains, ClassNames) = (all, labelled ?? all, new(labelled ?? all), classNames);

    public Splits Splits => _all;

    public IReadOnlyList<DataAttribute> Attributes => Spec.Attributes;

    public string Name => _all.Name;

    public string Protocol => _all.Protocol;

    public DataSpec Spec => _all.Spec;

    public IReadOnlyList<string> ClassNames { get; }

    public int Count(Split split) => _all.Count(split);

    /// <summary>The same data of which only so many training examples keep their labels, as many of every class: the first ones of a fixed shuffle.</summary>
    /// <exception cref="UsageException">They do not divide evenly among the classes, or a class has fewer.</exception>
    public LabelledDataset WithLabels(int count)
    {
        var (train, classes) = (_all.Train, Spec.Classes);
        if (count < 1 || count % classes != 0)
        {
            throw new UsageException($"{count} labels do not divide evenly among the {classes} classes of '{Name}': choose a positive multiple of {classes}.");
        }

        var order = new int[train.X.Count];
        new SplitMix64(SplitMix64.Key(0, (ulong)order.Length)).Permute(order);
        var kept = order.GroupBy(i => train.Label!(i)).SelectMany(g => g.Take(count / classes)).Order().ToArray();
        return kept.Length == count
            ? new(_all, _labelled with { Train = train.Choose(kept) }, ClassNames)
            : throw new UsageException($"A class of '{Name}' has fewer than {count / classes} training examples, its part of {count} labels: ask for fewer labels.");
    }

    public int CountPairs(Split split) => _domains.CountPairs(split);

    public IEnumerable<PairedBatch> ReadPairs(Split split, int batchSize, int limit = int.MaxValue) => _domains.ReadPairs(split, batchSize, limit);

    IFeed<Batch> IDataset<Batch>.Open(Split split, int batchSize, ulong seed, int shard, int shards) =>
        _all.Open(Splits.Plain, split, batchSize, seed, shard, shards);

    IFeed<LabelledBatch> IDataset<LabelledBatch>.Open(Split split, int batchSize, ulong seed, int shard, int shards) =>
        _labelled.Open(Splits.Labelled, split, batchSize, seed, shard, shards);

    IFeed<AttributedBatch> IDataset<AttributedBatch>.Open(Split split, int batchSize, ulong seed, int shard, int shards) =>
        _labelled.Open(Splits.AttributedBy(Attributes.Count), split, batchSize, seed, shard, shards);

    IFeed<UnpairedBatch> IDataset<UnpairedBatch>.Open(Split split, int batchSize, ulong seed, int shard, int shards) =>
        _domains.Open(split, batchSize, seed, shard, shards);

    IFeed<PartlyLabelledBatch> IDataset<PartlyLabelledBatch>.Open(Split split, int batchSize, ulong seed, int shard, int shards)
    {
        // Whole batches of the few labelled examples, divisible among the processes.
        var few = Math.Max(shards, Math.Min(batchSize, _labelled.Count(split)) / shards * shards);
        return new PartlyLabelledFeed(
            _all.Open(Splits.Plain, split, batchSize, seed, shard, shards),
            _labelled.Open(Splits.Labelled, split, few, SplitMix64.Key(seed, 2), shard, shards));
    }

    IEnumerable<Batch> IDataset<Batch>.Read(Split split, int batchSize, int limit) =>
        _all.Read(Splits.Plain, split, batchSize, limit);

    IEnumerable<LabelledBatch> IDataset<LabelledBatch>.Read(Split split, int batchSize, int limit) =>
        _labelled.Read(Splits.Labelled, split, batchSize, limit);

    IEnumerable<AttributedBatch> IDataset<AttributedBatch>.Read(Split split, int batchSize, int limit) =>
        _labelled.Read(Splits.AttributedBy(Attributes.Count), split, batchSize, limit);

    IEnumerable<UnpairedBatch> IDataset<UnpairedBatch>.Read(Split split, int batchSize, int limit) => _domains.Read(split, batchSize, limit);

    IEnumerable<PartlyLabelledBatch> IDataset<PartlyLabelledBatch>.Read(Split split, int batchSize, int limit) =>
        _labelled.Read(Splits.Labelled, split, batchSize, limit).Select(b => new PartlyLabelledBatch(b.X, b.X, b.Labels));

    private sealed class PartlyLabelledFeed(IFeed<Batch> all, IFeed<LabelledBatch> labelled) : IFeed<PartlyLabelledBatch>
    {
        public int BatchSize => all.BatchSize;

        public PartlyLabelledBatch Next()
        {
            var known = labelled.Next();
            return new(all.Next().X, known.X, known.Labels);
        }

        public void State(IStateCursor cursor)
        {
            all.State(cursor.In("all"));
            labelled.State(cursor.In("labelled"));
        }

        public void Dispose()
        {
            all.Dispose();
            labelled.Dispose();
        }
    }
}

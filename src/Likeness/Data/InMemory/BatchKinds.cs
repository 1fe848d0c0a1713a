namespace Likeness;

/// <summary>
/// The kinds of batches that examples in memory come in: what has to be known for each, and how it is made. A new kind is one more entry and its maker.
/// </summary>
internal static class BatchKinds
{
    private static readonly Dictionary<Type, Func<MemoryDataset, IDataset?>> s_kinds = new()
    {
        [typeof(Batch)] = data => data,
        [typeof(LabelledBatch)] = data => data.Splits.AreLabelled ? Each(data.Splits.Known, data, Labelled) : null,
        [typeof(CaptionedBatch)] = data => data.Splits.AreCaptioned ? Each(data.Splits, data, Captioned) : null,
        [typeof(AttributedBatch)] = data => data.Splits.HaveAttributes ? Each(OfAttributes(data.Splits), data, AttributedBy(data.Spec.Attributes.Count)) : null,
        [typeof(PartlyLabelledBatch)] = data => data.Splits.AreLabelled ? PartlyLabelled(data) : null,
        [typeof(UnpairedBatch)] = data => data.Splits.AreLabelled ? Unpaired(data) : null,
        [typeof(PairedBatch)] = data => data.Splits.AreLabelled ? Paired(data) : null,
        [typeof(SourcedBatch)] = Sourced,
        [typeof(ConditionedBatch)] = data => data.Spec.Domain is Domain.Mixed ? Conditioned(data) : null,
    };

    /// <summary>The data in batches of a kind; null where too little is known about the examples.</summary>
    public static IDataset<TBatch>? Find<TBatch>(MemoryDataset data) => s_kinds.TryGetValue(typeof(TBatch), out var kind) ? (IDataset<TBatch>?)kind(data) : null;

    public static Batch Plain(Part part, Tensor x, ReadOnlySpan<int> indices) => new(x);

    private static LabelledBatch Labelled(Part part, Tensor x, ReadOnlySpan<int> indices)
    {
        var labels = new long[indices.Length];
        for (var i = 0; i < labels.Length; i++)
        {
            labels[i] = part.Label!(indices[i]);
        }

        return new(x, Tensor.From(labels, labels.Length));
    }

    private static CaptionedBatch Captioned(Part part, Tensor x, ReadOnlySpan<int> indices)
    {
        var captions = new string[indices.Length];
        for (var i = 0; i < captions.Length; i++)
        {
            captions[i] = part.Caption!(indices[i]);
        }

        return new(x, captions);
    }

    private static BatchMaker<AttributedBatch> AttributedBy(int attributes) => (part, x, indices) =>
    {
        var values = new long[indices.Length * attributes];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = part.Attribute!(indices[i / attributes], i % attributes);
        }

        return new(x, Tensor.From(values, indices.Length, attributes));
    };

    private static BatchView<TBatch> Each<TBatch>(Splits known, MemoryDataset data, BatchMaker<TBatch> make) =>
        new(data, (split, batchSize, seed) => known.Open(make, split, batchSize, seed), (split, batchSize, limit) => known.Read(make, split, batchSize, limit), known.Count,
            (split, expected, seed) => known.OpenSampled(make, split, expected, seed));

    // Where the class is all that is known, it must be known.
    private static Splits OfAttributes(Splits all) => all.Spec.Attributes is [{ Values: var values }] && values.SequenceEqual(all.ClassNames) ? all.Known : all;

    // Whole batches of the few examples with labels, beside those of all.
    private static BatchView<PartlyLabelledBatch> PartlyLabelled(MemoryDataset data)
    {
        var (all, known) = (data.Splits, data.Splits.Known);
        return new(
            data,
            (split, batchSize, seed) => new JointFeed<Batch, LabelledBatch, PartlyLabelledBatch>(
                ("all", all.Open(Plain, split, batchSize, seed)),
                ("labelled", known.Open(Labelled, split, Math.Min(batchSize, known.Count(split)), SplitMix64.Key(seed, 2))),
                (x, few) => new(x.X, few.X, few.Labels)),
            (split, batchSize, limit) => known.Read(Labelled, split, batchSize, limit).Select(b => new PartlyLabelledBatch(b.X, b.X, b.Labels)));
    }

    private static BatchView<UnpairedBatch> Unpaired(MemoryDataset data)
    {
        var domains = new ClassDomains(data.Splits.Known);
        return new(data, domains.Open, domains.Read);
    }

    private static BatchView<PairedBatch> Paired(MemoryDataset data)
    {
        var domains = new ClassDomains(data.Splits.Known);
        return new(data, domains.OpenPairs, domains.ReadPairs, domains.CountPairs);
    }

    private static BatchView<ConditionedBatch> Conditioned(MemoryDataset data)
    {
        var all = data.Splits;
        return new(data, Open, (split, batchSize, limit) =>
        {
            var rows = new ConditionedRows(all[split], all.Spec);
            return all.Read(Plain, split, batchSize, limit).Select((batch, i) => rows.Make(batch.Count, 0, i));
        });

        IFeed<ConditionedBatch> Open(Split split, int batchSize, ulong seed)
        {
            // What is wrong with a split or a batch is wrong here, too.
            all.Open(Plain, split, batchSize, seed).Dispose();
            return new ConditionedRows.Feed(new(all[split], all.Spec), batchSize, seed);
        }
    }

    // Pairs where the data has some, else each example without what it could be made of.
    private static BatchView<SourcedBatch> Sourced(MemoryDataset data)
    {
        var domains = data.Splits.AreLabelled ? new ClassDomains(data.Splits.Known) : null;
        return domains?.CountPairs(Split.Train) > 0
            ? new(data, domains.OpenSourced, (split, batchSize, limit) => domains.ReadPairs(split, batchSize, limit).Select(p => new SourcedBatch(p.B, p.A)), domains.CountPairs)
            : Each<SourcedBatch>(data.Splits, data, (_, x, _) => new(x, null));
    }
}

/// <summary>The examples of a data set in batches of one kind.</summary>
/// <param name="whole">The data set.</param>
/// <param name="open">Opens a feed of a split, given the batch size and the seed.</param>
/// <param name="read">Reads a split in batches of a size, up to a limit.</param>
/// <param name="count">How many there are of a split; null for the data set's own number.</param>
/// <param name="sample">Opens a feed that holds each example by its own chance; null where they do not come one by one.</param>
internal sealed class BatchView<TBatch>(
    MemoryDataset whole, Func<Split, int, ulong, IFeed<TBatch>> open, Func<Split, int, int, IEnumerable<TBatch>> read, Func<Split, int>? count = null,
    Func<Split, int, ulong, ISampledFeed<TBatch>>? sample = null) : ISampledDataset<TBatch>
{
    public ISampledFeed<TBatch>? OpenSampled(Split split, int expected, ulong seed) => sample?.Invoke(split, expected, seed);

    public string Name => whole.Name;

    public string Protocol => whole.Protocol;

    public DataSpec Spec => whole.Spec;

    public IReadOnlyList<string> ClassNames => whole.ClassNames;

    public int Count(Split split) => count?.Invoke(split) ?? whole.Count(split);

    public IDataset<TOther>? TryAs<TOther>() => whole.TryAs<TOther>();

    public IFeed<TBatch> Open(Split split, int batchSize, ulong seed) => open(split, batchSize, seed);

    public IEnumerable<TBatch> Read(Split split, int batchSize, int limit = int.MaxValue) => read(split, batchSize, limit);
}

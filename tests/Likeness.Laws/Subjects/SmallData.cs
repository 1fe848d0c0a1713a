namespace Likeness.Laws;

/// <summary>
/// Made-up examples of any kind, with some dependence between neighbouring values for a model to find. They stay as they are: the runs in
/// tests/fixtures/checkpoints have learned from them.
/// </summary>
internal static class SmallData
{
    public const int Count = 48;

    /// <summary>Labelled where the data has classes, else captioned.</summary>
    public static IDataset<Batch> Of(DataSpec spec)
    {
        var (values, labels) = (new SingleExamples(Values(spec), spec.Dimensions), Labels(spec));
        var part = new Part(values) { Label = spec.Classes > 0 ? i => (int)labels[i] : null, Caption = i => Caption(spec, i) };
        var splits = new Splits("small", "made up", spec with { Attributes = [] }, part, part, part);
        return new MemoryDataset(splits, [.. Enumerable.Range(0, spec.Classes).Select(c => $"class {c}")]);
    }

    /// <summary>What there is to say of an example: how large its first values are, and how large its last ones.</summary>
    public static string Caption(DataSpec spec, int index)
    {
        var (values, d) = (Values(spec), spec.Dimensions);
        var middle = values.Average();
        string Word(int from) => values.AsSpan((index * d) + from, (d + 1) / 2).ToArray().Average() > middle ? "high" : "low";
        return $"{Word(0)} to {Word(d / 2)}";
    }

    /// <summary>Classes that have to do with the examples: the larger their sum, the higher.</summary>
    public static long[] Labels(DataSpec spec)
    {
        var sums = Values(spec).Chunk(spec.Dimensions).Select(example => example.Sum()).ToArray();
        var sorted = sums.Order().ToArray();
        return [.. sums.Select(sum => (long)Array.IndexOf(sorted, sum) * spec.Classes / Count)];
    }

    public static float[] Values(DataSpec spec)
    {
        var random = new Random(5);
        var values = new float[Count * spec.Dimensions];
        var level = 0.0;
        for (var i = 0; i < values.Length; i++)
        {
            level = (0.8 * level) + (0.6 * ((2 * random.NextDouble()) - 1));
            values[i] = spec.Domain switch
            {
                Domain.Binary => level > -0.2 ? 1 : 0,
                Domain.Byte => (float)Math.Clamp(Math.Round(128 + (100 * level)), 0, 255),
                Domain.Real => (float)level,
                Domain.Mixed m => m.Levels[i % m.Levels.Count] is > 0 and var k ? (float)Math.Clamp(Math.Floor((level + 1) / 2 * k), 0, k - 1) : (float)level,
                Domain.Categorical c => (float)Math.Clamp(Math.Floor((level + 1) / 2 * c.Levels), 0, c.Levels - 1),
                _ => throw new NotSupportedException($"No small data of {spec.Domain} values is made here: add them."),
            };
        }

        return values;
    }
}

/// <summary>A data set that presents the same batch for ever, in any precision.</summary>
internal sealed class OneBatch(DataSpec spec) : IDataset<Batch>, IDataset<LabelledBatch>, IDataset<PartlyLabelledBatch>, IDataset<CaptionedBatch>,
    IDataset<UnpairedBatch>, IDataset<AttributedBatch>, IDataset<SourcedBatch>, IDataset<ConditionedBatch>
{
    public string Name => "one batch";

    public string Protocol => "made up";

    public DataSpec Spec => spec;

    /// <summary>Of the values; what models are given is fp32 outside laws.</summary>
    public ScalarType Type { get; set; } = ScalarType.Float32;

    public int Count(Split split) => SmallData.Count;

    public Batch First(int count) =>
        new(Tensor.From(SmallData.Values(spec).AsSpan(0, count * spec.Dimensions), spec.BatchShape(count)).to(Type));

    IFeed<Batch> IDataset<Batch>.Open(Split split, int batchSize, ulong seed) => new Feed<Batch>(First, batchSize);

    IFeed<LabelledBatch> IDataset<LabelledBatch>.Open(Split split, int batchSize, ulong seed) => new Feed<LabelledBatch>(Labelled, batchSize);

    IFeed<PartlyLabelledBatch> IDataset<PartlyLabelledBatch>.Open(Split split, int batchSize, ulong seed) => new Feed<PartlyLabelledBatch>(Partly, batchSize);

    IFeed<CaptionedBatch> IDataset<CaptionedBatch>.Open(Split split, int batchSize, ulong seed) => new Feed<CaptionedBatch>(Captioned, batchSize);

    IFeed<UnpairedBatch> IDataset<UnpairedBatch>.Open(Split split, int batchSize, ulong seed) => new Feed<UnpairedBatch>(Unpaired, batchSize);

    IFeed<AttributedBatch> IDataset<AttributedBatch>.Open(Split split, int batchSize, ulong seed) => new Feed<AttributedBatch>(Attributed, batchSize);

    IFeed<SourcedBatch> IDataset<SourcedBatch>.Open(Split split, int batchSize, ulong seed) => new Feed<SourcedBatch>(Sourced, batchSize);

    IFeed<ConditionedBatch> IDataset<ConditionedBatch>.Open(Split split, int batchSize, ulong seed) => new Feed<ConditionedBatch>(Conditioned, batchSize);

    IEnumerable<ConditionedBatch> IDataset<ConditionedBatch>.Read(Split split, int batchSize, int limit) => [Conditioned(batchSize)];

    IEnumerable<Batch> IDataset<Batch>.Read(Split split, int batchSize, int limit) => [First(batchSize)];

    IEnumerable<LabelledBatch> IDataset<LabelledBatch>.Read(Split split, int batchSize, int limit) => [Labelled(batchSize)];

    IEnumerable<PartlyLabelledBatch> IDataset<PartlyLabelledBatch>.Read(Split split, int batchSize, int limit) => [Partly(batchSize)];

    IEnumerable<CaptionedBatch> IDataset<CaptionedBatch>.Read(Split split, int batchSize, int limit) => [Captioned(batchSize)];

    IEnumerable<UnpairedBatch> IDataset<UnpairedBatch>.Read(Split split, int batchSize, int limit) => [Unpaired(batchSize)];

    IEnumerable<AttributedBatch> IDataset<AttributedBatch>.Read(Split split, int batchSize, int limit) => [Attributed(batchSize)];

    IEnumerable<SourcedBatch> IDataset<SourcedBatch>.Read(Split split, int batchSize, int limit) => [Sourced(batchSize)];

    // Models with a measurement make the sources themselves.
    private SourcedBatch Sourced(int count) => new(First(count).X, null);

    // The first examples, and those after them in the values' opposite.
    private UnpairedBatch Unpaired(int count)
    {
        var x = First(2 * count).X;
        return new(x.narrow(0, 0, count), spec.Domain is Domain.Byte ? 255 - x.narrow(0, count, count) : -x.narrow(0, count, count));
    }

    private ConditionedBatch Conditioned(int count)
    {
        var rows = new ConditionedRows(new Part(new SingleExamples(SmallData.Values(spec), spec.Dimensions)), spec).Make(count, 1, 0);
        return new(rows.X.to(Type), rows.Condition.to(Type), rows.Shares.to(Type));
    }

    private AttributedBatch Attributed(int count) => new(First(count).X, Labelled(count).Labels.unsqueeze(1));

    private CaptionedBatch Captioned(int count) => new(First(count).X, [.. Enumerable.Range(0, count).Select(i => SmallData.Caption(spec, i))]);

    private PartlyLabelledBatch Partly(int count) => new(First(count).X, First(count / 2).X, Labelled(count / 2).Labels);

    private LabelledBatch Labelled(int count) => new(First(count).X, Tensor.From(SmallData.Labels(spec).AsSpan(0, count), count));

    private sealed class Feed<TBatch>(Func<int, TBatch> first, int batchSize) : IFeed<TBatch>
    {
        public int BatchSize => batchSize;

        public TBatch Next() => first(batchSize);

        public void State(IStateCursor cursor)
        {
        }

        public void Dispose()
        {
        }
    }
}

using Likeness.Core;
using Likeness.Data;
using Likeness.Torch;

namespace Likeness.Laws;

/// <summary>Made-up examples of any kind, with some dependence between neighbouring values for a model to find.</summary>
internal static class SmallData
{
    public const int Count = 48;

    public static IDataset<Batch> Of(DataSpec spec)
    {
        var part = new Part(new SingleExamples(Values(spec), spec.Dimensions));
        return new PlainDataset(new Splits("small", "made up", spec, part, part, part));
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
                _ => throw new NotSupportedException($"No small data of {spec.Domain} values is made here: add them."),
            };
        }

        return values;
    }
}

/// <summary>A data set that presents the same batch for ever, in any precision.</summary>
internal sealed class OneBatch(DataSpec spec) : IDataset<Batch>
{
    public string Name => "one batch";

    public string Protocol => "made up";

    public DataSpec Spec => spec;

    /// <summary>Of the values; what models are given is fp32 outside laws.</summary>
    public ScalarType Type { get; set; } = ScalarType.Float32;

    public int Count(Split split) => SmallData.Count;

    public IFeed<Batch> Open(Split split, int batchSize, ulong seed, int shard = 0, int shards = 1) => new Feed(this, batchSize);

    public IEnumerable<Batch> Read(Split split, int batchSize, int limit = int.MaxValue) => [First(batchSize)];

    public Batch First(int count) =>
        new(Tensor.From(SmallData.Values(spec).AsSpan(0, count * spec.Dimensions), spec.BatchShape(count)).To(Type));

    private sealed class Feed(OneBatch data, int batchSize) : IFeed<Batch>
    {
        public int BatchSize => batchSize;

        public Batch Next() => data.First(batchSize);

        public void State(IStateCursor cursor)
        {
        }

        public void Dispose()
        {
        }
    }
}

namespace Likeness;

/// <summary>A toy as a data set of 20000 training, 5000 validation and 5000 test points, always the same ones.</summary>
internal sealed class ToyDataset : IDataset<Batch>, IKnownDensity
{
    private const int Training = 20_000;
    private const int Held = 5_000;

    private readonly Splits splits;
    private readonly Toy toy;

    public ToyDataset(string name, Toy toy, DataOptions options)
    {
        this.toy = toy;
        var protocol = Protocols.Choose(options.Protocol, Protocols.Reals);
        splits = new(name, protocol, new([toy.Dimensions], new Domain.Real()), Points(Training, 0), Points(Held, 1), Points(Held, 2));
    }

    public string Name => splits.Name;

    public string Protocol => splits.Protocol;

    public DataSpec Spec => splits.Spec;

    public int Count(Split split) => splits.Count(split);

    public IFeed<Batch> Open(Split split, int batchSize, ulong seed) =>
        splits.Open(BatchKinds.Plain, split, batchSize, seed);

    public IEnumerable<Batch> Read(Split split, int batchSize, int limit = int.MaxValue) =>
        splits.Read(BatchKinds.Plain, split, batchSize, limit);

    public double LogProb(ReadOnlySpan<float> x) => x.Length == toy.Dimensions
        ? toy.LogDensity(x)
        : throw new ArgumentException($"A point of {x.Length} numbers has no density here: those of '{Name}' have {toy.Dimensions}.", nameof(x));

    private Part Points(int count, ulong split)
    {
        var random = new SplitMix64(SplitMix64.Key(2, split));
        var d = toy.Dimensions;
        var values = new float[count * d];
        for (var i = 0; i < values.Length; i += d)
        {
            toy.Draw(ref random, values.AsSpan(i, d));
        }

        return new(new SingleExamples(values, d));
    }
}

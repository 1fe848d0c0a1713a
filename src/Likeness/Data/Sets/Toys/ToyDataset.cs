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
        splits = new(name, protocol, new([2], new Domain.Real()), Points(Training, 0), Points(Held, 1), Points(Held, 2));
    }

    public string Name => splits.Name;

    public string Protocol => splits.Protocol;

    public DataSpec Spec => splits.Spec;

    public int Count(Split split) => splits.Count(split);

    public IFeed<Batch> Open(Split split, int batchSize, ulong seed) =>
        splits.Open(BatchKinds.Plain, split, batchSize, seed);

    public IEnumerable<Batch> Read(Split split, int batchSize, int limit = int.MaxValue) =>
        splits.Read(BatchKinds.Plain, split, batchSize, limit);

    public double LogProb(ReadOnlySpan<float> x) => x.Length == 2
        ? toy.LogDensity(x[0], x[1])
        : throw new ArgumentException($"A point of {x.Length} numbers has no density here: '{Name}' lies in the plane.", nameof(x));

    private Part Points(int count, ulong split)
    {
        var random = new SplitMix64(SplitMix64.Key(2, split));
        var values = new float[2 * count];
        for (var i = 0; i < values.Length; i += 2)
        {
            var (x, y) = toy.Draw(ref random);
            (values[i], values[i + 1]) = ((float)x, (float)y);
        }

        return new(new SingleExamples(values, 2));
    }
}

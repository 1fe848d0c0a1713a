namespace Likeness;

/// <summary>Examples in the data's units, one after the other.</summary>
/// <param name="Values">[n, …].</param>
/// <param name="Count">How many.</param>
/// <param name="Labels">Their classes, where there are such.</param>
public sealed record ExampleSet(float[] Values, int Count, int[]? Labels = null)
{
    /// <summary>The first examples of a split, with their classes where the data has some.</summary>
    public static ExampleSet Of(IDataset data, Split split, int limit, int batchSize)
    {
        var codes = Codes.Of(data, new(split, batchSize, limit), torch.CPU, x => x.flatten(1));
        return new(codes.Values, codes.Count, codes.Labels);
    }

    /// <summary>The first of them.</summary>
    public ExampleSet First(int count) => count >= Count ? this : new(Values[..(count * (Values.Length / Count))], count, Labels?[..count]);
}

/// <summary>Generated examples beside real ones, and the network through whose eyes they are compared. Features are made once, when they are first asked for.</summary>
public sealed class Comparison(DataSpec spec, ExampleSet generated, ExampleSet real, FeatureNetwork network)
{
    private const int AtOnce = 100;

    private readonly Dictionary<(ExampleSet, bool), Codes> _made = [];

    public DataSpec Spec => spec;

    public ExampleSet Generated => generated;

    /// <summary>Held out: the model has not learned from them.</summary>
    public ExampleSet Real => real;

    public FeatureNetwork Network => network;

    /// <summary>The training part of the real data, whether the generated examples come from it or not; null where there is none.</summary>
    public ExampleSet? Training { get; init; }

    /// <summary>What the model learned from; null where that is not known.</summary>
    public ExampleSet? Learned { get; init; }

    /// <summary>Held out too, for choosing what a score has to choose; null where there are none.</summary>
    public ExampleSet? Validation { get; init; }

    /// <summary>What brings the values of a mixed table to its cells; null for other data.</summary>
    public DataFit? Cells { get; init; }

    /// <summary>Whether a model's draws are the generated examples, which has not written them yet.</summary>
    internal bool AreDrawn { get; init; }

    /// <summary>Trains a network of the feature network's kind on labelled examples, and says of each real example whether it is right (1 or 0); null where there is no such kind.</summary>
    public Func<ExampleSet, Rng, double[]>? Relearn { get; init; }

    /// <summary>Trains such a network on labelled examples, and says log p(class | x) of each of several other sets; null where there is no such kind.</summary>
    public Func<ExampleSet, IReadOnlyList<ExampleSet>, Rng, IReadOnlyList<Codes>>? Teach { get; init; }

    /// <summary>Told the share of the network's work done, 0 … 1.</summary>
    public Action<double>? Progress { get; init; }

    /// <summary>The features of examples, [n, width].</summary>
    public Codes Features(ExampleSet examples) => Made(examples, classes: false);

    /// <summary>log p(class | x) of examples, [n, classes].</summary>
    /// <exception cref="InvalidOperationException">The network has no classes.</exception>
    public Codes ClassLogProbs(ExampleSet examples) => Made(examples, classes: true);

    /// <summary>The most probable class of each example.</summary>
    public int[] Classes(ExampleSet examples) => Likeliest(ClassLogProbs(examples));

    /// <summary>The most probable class of each example.</summary>
    internal static int[] Likeliest(Codes logProbs) => [.. logProbs.Values.Chunk(logProbs.Width).Select(row => Array.IndexOf(row, row.Max()))];

    /// <summary>The features of the generated and of the real examples, [n, width] in double precision.</summary>
    internal (Tensor Generated, Tensor Real) BothFeatures() => (Features(generated).Points.to(ScalarType.Float64), Features(real).Points.to(ScalarType.Float64));

    /// <summary>What is missing for a score that needs so many examples on either side; null where there are enough.</summary>
    internal string? FewerThan(int least) => Math.Min(generated.Count, real.Count) < least ? $"there are fewer than {least} examples on a side: take more" : null;

    /// <summary>What is missing for a score that asks for classes; null where the network knows some.</summary>
    internal string? WithoutClasses => network.ClassLogProbs is null ? "it needs class probabilities: judge by a network that classifies" : null;

    private Codes Made(ExampleSet examples, bool classes)
    {
        if (_made.TryGetValue((examples, classes), out var known))
        {
            return known;
        }

        var ask = !classes ? network.Features
            : network.ClassLogProbs ?? throw new InvalidOperationException("The feature network has no classes: ask whether it has before.");
        var values = new List<float>();
        var size = spec.Dimensions;
        Chain.Parts(examples.Count, AtOnce, (from, count) =>
        {
            var x = Tensor.From(examples.Values.AsSpan(from * size, count * size), spec.BatchShape(count)).to(network.Device);
            values.AddRange(ask(x).to(torch.CPU).to(ScalarType.Float32).flatten(1).ToArray<float>());
            Progress?.Invoke((double)(from + count) / examples.Count);
        });

        var all = values.ToArray();
        var odd = classes ? -1 : Array.FindIndex(all, v => !float.IsFinite(v));
        return odd < 0
            ? _made[(examples, classes)] = new(all, all.Length / examples.Count, examples.Labels)
            : throw new DataException(
                $"A feature of example {odd / (all.Length / examples.Count)} (counted from 0) is {all[odd]}: judge by a network that was made for such data ({network.Description} was not).");
    }
}

/// <summary>A number that says how alike generated and real examples are, or what else is to be said of them.</summary>
/// <param name="name">By which it is asked for.</param>
/// <param name="summary">One sentence.</param>
public abstract class SampleMetric(string name, string summary)
{
    public string Name => name;

    public string Summary => summary;

    /// <summary>Whether it is computed only when asked for by name, because it takes long.</summary>
    public virtual bool OnRequest => false;

    /// <summary>What is missing for it, as the end of a sentence with its remedy; null where nothing is.</summary>
    public abstract string? Missing(Comparison samples);

    /// <summary>What its scores come to, in one sentence; null where the numbers say it.</summary>
    public virtual string? Verdict(IReadOnlyList<NamedScore> scores) => null;

    /// <summary>What it says of examples.</summary>
    public IReadOnlyList<NamedScore> Measure(Comparison samples, Rng rng) => Chain.Value(() => Compute(samples, rng));

    /// <summary>What <see cref="Measure"/> asks for; the tensors that it makes are freed for it.</summary>
    protected abstract IReadOnlyList<NamedScore> Compute(Comparison samples, Rng rng);
}

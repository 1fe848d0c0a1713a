namespace Likeness;

/// <summary>
/// Examples in memory, in every kind of batch for which enough is known about them (<see cref="BatchKinds"/>). Where only some training
/// examples keep their labels, labelled batches of the training split are of these alone, while unlabelled ones are of all.
/// </summary>
internal sealed class MemoryDataset : ISampledDataset<Batch>, IExtensibleDataset
{
    /// <param name="splits">The examples, with what is known about each.</param>
    /// <param name="classNames">Of each label; null where there are none.</param>
    /// <param name="attributes">What else is known; where nothing is, the class is an attribute.</param>
    /// <param name="className">What that attribute is called.</param>
    public MemoryDataset(Splits splits, IReadOnlyList<string>? classNames = null, IReadOnlyList<DataAttribute>? attributes = null, string className = "class") =>
        Splits = (splits with { ClassNames = classNames ?? [] }).WithAttributes(attributes, className);

    public Splits Splits { get; }

    public string Name => Splits.Name;

    public string Protocol => Splits.Protocol;

    public DataSpec Spec => Splits.Spec;

    public IReadOnlyList<string> ClassNames => Splits.ClassNames;

    public DataOrigin Origin => Splits.Origin;

    public int Count(Split split) => Splits.Count(split);

    public string? FileOf(Split split, int example) => Splits[split].File?.Invoke(example);

    public StepDates? DatesOf(Split split, int example) => Splits[split].Dates?.Invoke(example);

    public SeriesName? SeriesOf(Split split, int example) => Splits[split].Series?.Invoke(example);

    public IDataset<TBatch>? TryAs<TBatch>() => BatchKinds.Find<TBatch>(this);

    public IFeed<Batch> Open(Split split, int batchSize, ulong seed) => Splits.Open(BatchKinds.Plain, split, batchSize, seed);

    public ISampledFeed<Batch> OpenSampled(Split split, int expected, ulong seed) => Splits.OpenSampled(BatchKinds.Plain, split, expected, seed);

    public IEnumerable<Batch> Read(Split split, int batchSize, int limit = int.MaxValue) => Splits.Read(BatchKinds.Plain, split, batchSize, limit);

    /// <summary>The same data, which remembers how it was opened.</summary>
    public MemoryDataset Opened(DataOrigin origin) => new(Splits with { Opened = origin }, ClassNames, Spec.Attributes);

    /// <summary>The same data with one more thing that the user should know.</summary>
    public MemoryDataset Noted(string note) => new(Splits with { Notes = [.. Splits.Notes, note] }, ClassNames, Spec.Attributes);

    /// <inheritdoc/>
    public IDataset With(float[] values) => new MemoryDataset(Splits with { Train = Splits.Train.With(values, Spec.Classes) }, ClassNames, Spec.Attributes);

    /// <summary>The same data of which only so many training examples keep their labels, as many of every class: the first ones of a fixed shuffle.</summary>
    /// <exception cref="UsageException">They do not divide evenly among the classes, or a class has fewer.</exception>
    public MemoryDataset WithLabels(int count)
    {
        var (known, classes) = (Splits.Known, Spec.Classes);
        var train = known.Train;
        if (count < 1 || count % classes != 0)
        {
            throw new UsageException($"{Counted.Of(count, "label")} do not divide evenly among the {Counted.Of(classes, "class", "classes")} of '{Name}': choose a positive multiple of {classes}.");
        }

        var order = new int[train.X.Count];
        new SplitMix64(SplitMix64.Key(0, (ulong)order.Length)).Permute(order);
        var kept = order.GroupBy(i => train.Label!(i)).SelectMany(g => g.Take(count / classes)).Order().ToArray();
        return kept.Length == count
            ? new(Splits with { Labelled = [train.Choose(kept), known.Validation, known.Test] }, ClassNames, Spec.Attributes)
            : throw new UsageException($"A class of '{Name}' has fewer than {Counted.Of(count / classes, "training example")}, its part of {Counted.Of(count, "label")}: ask for fewer labels.");
    }

    /// <summary>Some of the training examples as training part, and others as validation part; there is no test part.</summary>
    public MemoryDataset Divided(int[] train, int[] validation) => new(
        Splits with { Train = Splits.Train.Choose(train), Validation = Splits.Train.Choose(validation), Test = Part.Empty, Labelled = null }, ClassNames, Spec.Attributes);

    /// <summary>Some of the training examples as training part, and others as validation part; the test part stays.</summary>
    public MemoryDataset WithValidation(int[] train, int[] validation) => new(
        Splits with { Train = Splits.Train.Choose(train), Validation = Splits.Train.Choose(validation) }, ClassNames, Spec.Attributes);

    /// <summary>A data set whose training split is these examples, and which has no other.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="protocol">How the values came about.</param>
    /// <param name="spec">What they are.</param>
    /// <param name="values">[n, …], one after the other, in the units of the domain.</param>
    /// <param name="labels">The class of each, where there are classes.</param>
    public static MemoryDataset Of(string name, string protocol, DataSpec spec, float[] values, int[]? labels = null)
    {
        var part = new Part(new SingleExamples(values, spec.Dimensions)) { Label = labels is null ? null : i => labels[i] };
        return new(new(name, protocol, spec, part, Part.Empty, Part.Empty), labels is null ? null : [.. Enumerable.Range(0, spec.Classes).Select(i => $"{i}")]);
    }
}

namespace Likeness;

/// <summary>One split: its examples, and what is known about each of them.</summary>
internal sealed record Part(Examples X)
{
    /// <summary>The class of an example; −1 where it has none.</summary>
    public Func<int, int>? Label { get; init; }

    /// <summary>The caption of an example.</summary>
    public Func<int, string>? Caption { get; init; }

    /// <summary>The value's number, for an example and an attribute.</summary>
    public Func<int, int, int>? Attribute { get; init; }

    /// <summary>What an example shows, where that is known: the same name in another domain is the same thing.</summary>
    public Func<int, string>? Name { get; init; }

    /// <summary>The file of an example below the folder or the archive that holds all, where each has one of its own.</summary>
    public Func<int, string>? File { get; init; }

    /// <summary>The dates of an example's steps, where it is a series that has such.</summary>
    public Func<int, StepDates>? Dates { get; init; }

    /// <summary>The name of the series that an example is of, where it has one.</summary>
    public Func<int, SeriesName?>? Series { get; init; }

    /// <summary>Only the examples of these indices.</summary>
    public Part Choose(int[] indices) => this with
    {
        X = new ChosenExamples(X, indices),
        Label = Label is { } label ? i => label(indices[i]) : null,
        Caption = Caption is { } caption ? i => caption(indices[i]) : null,
        Attribute = Attribute is { } attribute ? (i, a) => attribute(indices[i], a) : null,
        Name = Name is { } name ? i => name(indices[i]) : null,
        File = File is { } file ? i => file(indices[i]) : null,
        Dates = Dates is { } dates ? i => dates(indices[i]) : null,
        Series = Series is { } series ? i => series(indices[i]) : null,
    };

    /// <summary>With more examples behind the others, which come from no file; their classes are dealt out in turn, and nothing else is known about them.</summary>
    public Part With(float[] values, int classes)
    {
        var before = X.Count;
        return this with
        {
            X = new ExtendedExamples(X, new(values, X.Dimensions)),
            Label = Label is { } label ? i => i < before ? label(i) : (i - before) % classes : null,
            Caption = Caption is { } caption ? i => i < before ? caption(i) : "" : null,
            Attribute = Attribute is { } attribute ? (i, a) => i < before ? attribute(i, a) : 0 : null,
            Name = Name is { } name ? i => i < before ? name(i) : "" : null,
            File = null,
            Dates = null,
            Series = null,
        };
    }

    public static Part Empty { get; } = new(new ByteExamples(Array.Empty<byte>(), 1, ByteCodings.Bytes));
}

/// <summary>What all data sets in memory share: a name, a protocol, three splits, and feeds over them.</summary>
internal sealed record Splits(string Name, string Protocol, DataSpec Spec, Part Train, Part Validation, Part Test)
{
    /// <summary>What was fitted on the training part.</summary>
    public DataFit Fit { get; init; } = DataFit.None;

    /// <summary>What the user should know about how the data was read, a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The pictures that were left out because they cannot be read.</summary>
    public IReadOnlyList<string> Damaged { get; init; } = [];

    /// <summary>What tells its rows from changed ones, where the file does not.</summary>
    public string? Print { get; init; }

    /// <summary>How it was opened; null where the catalogue did not open it.</summary>
    public DataOrigin? Opened { get; init; }

    /// <summary>How it was opened, and what was fitted.</summary>
    public DataOrigin Origin => (Opened ?? new(Name, Protocol)) with { Fit = Fit with { Classes = ClassNames }, Notes = Notes, Damaged = Damaged, Print = Print };

    // Read presents every example as in this one epoch, so scores under a resampling protocol are repeatable.
    private const ulong ReadSeed = 0x6C696B656E657373;

    /// <summary>The name of each class label, in their order.</summary>
    public IReadOnlyList<string> ClassNames { get; init; } = [];

    /// <summary>The examples of each split whose labels are known; null where all are.</summary>
    public IReadOnlyList<Part>? Labelled { get; init; }

    /// <summary>The same with the examples alone whose labels are known.</summary>
    public Splits Known => Labelled is [var train, var validation, var test] ? this with { Train = train, Validation = validation, Test = test, Labelled = null } : this;

    /// <summary>The same, where the number of an unknown label is −1.</summary>
    public Splits WithUnlabelled()
    {
        Part[] all = [Train, Validation, Test];
        var known = Array.ConvertAll(all, p => p.Label is { } label ? p.Choose([.. Enumerable.Range(0, p.X.Count).Where(i => label(i) >= 0)]) : p);
        return known.Sum(p => p.X.Count) == all.Sum(p => p.X.Count) ? this : this with { Labelled = known };
    }

    public bool AreLabelled => Any(p => p.Label is not null);

    public bool AreCaptioned => Any(p => p.Caption is not null);

    public bool HaveAttributes => Spec.Attributes.Count > 0 && Any(p => p.Attribute is not null);

    public Part this[Split split] => split switch
    {
        Split.Train => Train,
        Split.Validation => Validation,
        _ => Test,
    };

    public int Count(Split split) => this[split].X.Count;

    /// <summary>The same with attributes; where there are none, the class is the only one.</summary>
    public Splits WithAttributes(IReadOnlyList<DataAttribute>? attributes, string className)
    {
        if (ClassNames.Count == 0 || attributes is { Count: > 0 })
        {
            return attributes is null ? this : this with { Spec = Spec with { Attributes = attributes } };
        }

        return this with { Spec = Spec with { Attributes = [new(className, ClassNames)] }, Train = Of(Train), Validation = Of(Validation), Test = Of(Test) };

        static Part Of(Part part) => part with { Attribute = part.Label is { } label ? (i, _) => label(i) : null };
    }

    public IFeed<TBatch> Open<TBatch>(BatchMaker<TBatch> make, Split split, int batchSize, ulong seed)
    {
        var part = Existing(split);
        if (batchSize < 1)
        {
            throw new UsageException($"A batch of {batchSize} is not possible: choose a positive number.");
        }

        return batchSize <= part.X.Count
            ? new Feed<TBatch>(part, Spec, new(part.X.Count, batchSize, seed), make)
            : throw new DataException($"The {split.Word()} split of '{Name}' has {Counted.Of(part.X.Count, "example")}, fewer than one batch of {batchSize}: choose a smaller batch.");
    }

    public ISampledFeed<TBatch> OpenSampled<TBatch>(BatchMaker<TBatch> make, Split split, int expected, ulong seed)
    {
        var part = Existing(split);
        return expected >= 1 && expected <= part.X.Count
            ? new PoissonFeed<TBatch>(part, Spec, expected, seed, make)
            : throw new UsageException($"Batches of {Counted.Of(expected, "example")} on average are not possible among {part.X.Count}: choose from 1 to that number.");
    }

    public IEnumerable<TBatch> Read<TBatch>(BatchMaker<TBatch> make, Split split, int batchSize, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        return Batches(Existing(split));

        IEnumerable<TBatch> Batches(Part part)
        {
            var end = Math.Min(limit, part.X.Count);
            var x = new float[Math.Min(batchSize, Math.Max(end, 0)) * part.X.Dimensions];
            for (var from = 0; from < end; from += batchSize)
            {
                var indices = Enumerable.Range(from, Math.Min(batchSize, end - from)).ToArray();
                var values = x.AsMemory(0, indices.Length * part.X.Dimensions);
                part.X.Fill(indices, SplitMix64.Key(ReadSeed, (ulong)split), values.Span);
                yield return make(part, Tensor.From(values.Span, Spec.BatchShape(indices.Length)), indices);
            }
        }
    }

    private Part Existing(Split split) => Count(split) > 0
        ? this[split]
        : throw new DataException(
            $"'{Name}' has no {split.Word()} split: use {string.Join(" or ", Enum.GetValues<Split>().Where(s => Count(s) > 0).Select(s => s.Word()))}.");

    private bool Any(Func<Part, bool> known) => known(Train) || known(Validation) || known(Test);
}

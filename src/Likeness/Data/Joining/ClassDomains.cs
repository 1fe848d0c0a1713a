namespace Likeness;

/// <summary>Data of two classes as two domains: unpaired batches, each domain shuffled for itself, and pairs by the examples' names.</summary>
internal sealed class ClassDomains(Splits splits)
{
    private readonly Dictionary<Split, (Part A, Part B)> _parts = [];

    public IFeed<UnpairedBatch> Open(Split split, int batchSize, ulong seed)
    {
        var (a, b) = Sides(split);
        return new JointFeed<Batch, Batch, UnpairedBatch>(
            ("a", Of(a).Open(BatchKinds.Plain, split, batchSize, SplitMix64.Key(seed, 3))),
            ("b", Of(b).Open(BatchKinds.Plain, split, batchSize, SplitMix64.Key(seed, 4))),
            (x, y) => new(x.X, y.X));

        Splits Of((string Name, Part Part) side) => splits with { Name = side.Name, Train = side.Part, Validation = side.Part, Test = side.Part };
    }

    public IEnumerable<UnpairedBatch> Read(Split split, int batchSize, int limit)
    {
        var (a, b) = Sides(split);
        return Whole(a).Zip(Whole(b), (x, y) => new UnpairedBatch(x.X, y.X));

        IEnumerable<Batch> Whole((string Name, Part Part) side) =>
            (splits with { Name = side.Name, Test = side.Part }).Read(BatchKinds.Plain, Split.Test, batchSize, Math.Min(limit, Math.Min(a.Part.X.Count, b.Part.X.Count)));
    }

    public int CountPairs(Split split) => Pairs(split).Length;

    /// <summary>Pairs in one order for both domains: the same seed shuffles as many examples in the same way.</summary>
    public IFeed<PairedBatch> OpenPairs(Split split, int batchSize, ulong seed)
    {
        var (a, b) = Partners(split);
        return new JointFeed<PairedBatch, Batch, PairedBatch>(("a", a.Open(Named, split, batchSize, seed)), ("b", b.Open(BatchKinds.Plain, split, batchSize, seed)), (x, y) => x with { B = y.X });
    }

    /// <summary>The same, as what is wanted (of the second domain) and what it is to be made of (of the first).</summary>
    public IFeed<SourcedBatch> OpenSourced(Split split, int batchSize, ulong seed)
    {
        var (a, b) = Partners(split);
        return new JointFeed<Batch, Batch, SourcedBatch>(
            ("a", a.Open(BatchKinds.Plain, split, batchSize, seed)), ("b", b.Open(BatchKinds.Plain, split, batchSize, seed)), (x, y) => new(y.X, x.X));
    }

    /// <summary>Every pair once, in order.</summary>
    public IEnumerable<PairedBatch> ReadPairs(Split split, int batchSize, int limit)
    {
        var (a, b) = Partners(split);
        return a.Read(Named, Split.Test, batchSize, limit).Zip(b.Read(BatchKinds.Plain, Split.Test, batchSize, limit), (x, y) => x with { B = y.X });
    }

    // The first of each pair and its name; the second is still to come.
    private static PairedBatch Named(Part part, Tensor x, ReadOnlySpan<int> indices)
    {
        var names = new string[indices.Length];
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = part.Name!(indices[i]);
        }

        return new(x, x, names);
    }

    private (Splits A, Splits B) Partners(Split split)
    {
        var pairs = Pairs(split);
        return pairs.Length > 0
            ? (Of(p => p.A), Of(p => p.B))
            : throw new DataException($"The {split.Word()} split of '{splits.Name}' has no example that is there in both domains: examples belong together by their names.");

        Splits Of(Func<(int A, int B), int> side)
        {
            var chosen = splits[split].Choose(Array.ConvertAll(pairs, p => side(p)));
            return splits with { Train = chosen, Validation = chosen, Test = chosen };
        }
    }

    // The examples of each side.
    private ((string Name, Part Part) A, (string Name, Part Part) B) Sides(Split split)
    {
        var names = splits.Spec.Attributes.FirstOrDefault(d => d.Values.Count == splits.Spec.Classes)?.Values ?? [];
        if (splits.Spec.Classes != 2)
        {
            throw new UsageException($"'{splits.Name}' has {Counted.Of(splits.Spec.Classes, "class", "classes")}{(names.Count > 0 ? $" ({string.Join(", ", names.Take(5))}{(names.Count > 5 ? ", …" : "")})" : "")}, and two domains are asked for: choose data of two classes, or two data sets as NAME::NAME.");
        }

        if (!_parts.TryGetValue(split, out var found))
        {
            var part = splits[split];
            var sides = Enumerable.Range(0, part.X.Count).ToLookup(i => part.Label!(i));
            _parts[split] = found = (part.Choose([.. sides[0]]), part.Choose([.. sides[1]]));
        }

        return (($"{Name(0)} of {splits.Name}", found.A), ($"{Name(1)} of {splits.Name}", found.B));

        string Name(int side) => names.Count == 2 ? names[side] : $"class {side}";
    }

    private (int A, int B)[] Pairs(Split split)
    {
        var part = splits[split];
        if (splits.Spec.Classes != 2 || part.Name is not { } name || part.Label is not { } label)
        {
            return [];
        }

        var others = new Dictionary<string, int>();
        for (var i = 0; i < part.X.Count; i++)
        {
            if (label(i) == 1)
            {
                others.TryAdd(name(i), i);
            }
        }

        return [.. Enumerable.Range(0, part.X.Count).Where(i => label(i) == 0 && others.ContainsKey(name(i))).Select(i => (i, others[name(i)]))];
    }
}

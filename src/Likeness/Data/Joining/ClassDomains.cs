using Likeness.Core;

namespace Likeness.Data;

/// <summary>Data of two classes as two domains: unpaired batches, each domain shuffled for itself, and pairs by the examples' names.</summary>
internal sealed class ClassDomains(Splits splits)
{
    private readonly Dictionary<Split, (Part A, Part B)> _parts = [];

    public IFeed<UnpairedBatch> Open(Split split, int batchSize, ulong seed, int shard, int shards)
    {
        var (a, b) = Sides(split);
        return new Feed(Of(a).Open(Splits.Plain, split, batchSize, SplitMix64.Key(seed, 3), shard, shards), Of(b).Open(Splits.Plain, split, batchSize, SplitMix64.Key(seed, 4), shard, shards));

        Splits Of((string Name, Part Part) side) => splits with { Name = side.Name, Train = side.Part, Validation = side.Part, Test = side.Part };
    }

    public IEnumerable<UnpairedBatch> Read(Split split, int batchSize, int limit)
    {
        var (a, b) = Sides(split);
        return Whole(a).Zip(Whole(b), (x, y) => new UnpairedBatch(x.X, y.X));

        IEnumerable<Batch> Whole((string Name, Part Part) side) =>
            (splits with { Name = side.Name, Test = side.Part }).Read(Splits.Plain, Split.Test, batchSize, Math.Min(limit, Math.Min(a.Part.X.Count, b.Part.X.Count)));
    }

    public int CountPairs(Split split) => Pairs(split).Length;

    public IEnumerable<PairedBatch> ReadPairs(Split split, int batchSize, int limit)
    {
        var pairs = Pairs(split);
        if (pairs.Length == 0)
        {
            throw new DataException($"The {split.Word()} split of '{splits.Name}' has no example that is there in both domains: examples belong together by their names.");
        }

        var (a, b) = (Chosen(p => p.A), Chosen(p => p.B));
        return a.Zip(b).Zip(pairs.Chunk(batchSize), (x, chunk) => new PairedBatch(x.First.X, x.Second.X, [.. chunk.Take(x.First.Count).Select(p => p.Name)]));

        IEnumerable<Batch> Chosen(Func<(int A, int B, string Name), int> side) =>
            (splits with { Test = splits[split].Choose(Array.ConvertAll(pairs, p => side(p))) }).Read(Splits.Plain, Split.Test, batchSize, limit);
    }

    // The examples of each side.
    private ((string Name, Part Part) A, (string Name, Part Part) B) Sides(Split split)
    {
        var names = splits.Spec.Attributes.FirstOrDefault(d => d.Values.Count == splits.Spec.Classes)?.Values ?? [];
        if (splits.Spec.Classes != 2)
        {
            throw new UsageException($"'{splits.Name}' has {splits.Spec.Classes} classes{(names.Count > 0 ? $" ({string.Join(", ", names.Take(5))}{(names.Count > 5 ? ", …" : "")})" : "")}, and two domains are asked for: choose data of two classes, or two data sets as NAME::NAME.");
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

    private (int A, int B, string Name)[] Pairs(Split split)
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

        return [.. Enumerable.Range(0, part.X.Count).Where(i => label(i) == 0 && others.ContainsKey(name(i))).Select(i => (i, others[name(i)], name(i)))];
    }

    private sealed class Feed(IFeed<Batch> a, IFeed<Batch> b) : IFeed<UnpairedBatch>
    {
        public int BatchSize => a.BatchSize;

        public UnpairedBatch Next() => new(a.Next().X, b.Next().X);

        public void State(IStateCursor cursor)
        {
            a.State(cursor.In("a"));
            b.State(cursor.In("b"));
        }

        public void Dispose()
        {
            a.Dispose();
            b.Dispose();
        }
    }
}

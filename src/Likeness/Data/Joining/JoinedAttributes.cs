namespace Likeness;

/// <summary>
/// Several data sets of images as one with the attributes of all: "faces/++moods/". An example knows those of its own set; the others have the number −1. A set
/// without attributes brings its class. Attributes of one name are told apart by the sets' numbers.
/// </summary>
internal static class JoinedAttributes
{
    public const string Separator = "++";

    public static MemoryDataset Open(string[] names, Func<string, IDataset> open)
    {
        var sets = Array.ConvertAll(names, n => open(n) is MemoryDataset { Splits: { Spec.IsImage: true, HaveAttributes: true } splits } ? (Splits: splits, Known: splits.Spec.Attributes)
            : throw new UsageException($"'{n}' has no images with attributes or classes to join: choose data sets that have, or join domains with {JoinedDomains.Separator}."));
        var twice = sets.SelectMany(s => s.Known).GroupBy(a => a.Name).Where(g => g.Skip(1).Any()).Select(g => g.Key).ToHashSet();
        var all = sets.SelectMany((s, set) => s.Known.Select(a => a with { Name = twice.Contains(a.Name) ? $"{a.Name}-{set + 1}" : a.Name, Set = set })).ToArray();
        var first = Enumerable.Range(0, sets.Length).Select(set => sets.Take(set).Sum(s => s.Known.Count)).ToArray();
        var images = new JoinedImages(names, Array.ConvertAll(sets, s => s.Splits));
        return new(images.Join(Separator, (_, part, _) => part, (part, parts, places) => part with
        {
            Attribute = (i, a) => places[i] is var (set, index) && all[a].Set == set ? parts[set].Attribute!(index, a - first[set]) : -1,
        }), attributes: all);
    }
}

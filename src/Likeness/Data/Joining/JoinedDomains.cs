namespace Likeness;

/// <summary>
/// Several data sets of images as the domains of one: "mnist::usps". An example's class is the set that it comes from; what it was labelled
/// with there is left behind. What has the same name in two of them (the file's, the scene's) shows the same thing, and is in the same split of
/// both.
/// </summary>
internal static class JoinedDomains
{
    public const string Separator = "::";

    public static MemoryDataset Open(string[] names, bool disjoint, Func<string, IDataset> open)
    {
        var images = new JoinedImages(names, Array.ConvertAll(names, n => (open(n) as MemoryDataset)?.Splits is { Spec.IsImage: true } splits ? splits
            : throw new UsageException($"'{n}' has no images, of which domains are made: choose data sets of images.")));
        var joined = images.Join(Separator, (split, part, domain) => split == Split.Train && disjoint ? Own(part, domain) : part, (part, parts, places) => part with
        {
            Label = i => places[i].Set,
            Name = Array.TrueForAll(parts, p => p.Name is not null || p.X.Count == 0) ? i => parts[places[i].Set].Name!(places[i].Index) : null,
        });
        return new(joined with { Spec = joined.Spec with { Classes = names.Length } }, DomainNames(names), className: "domain");

        // A thing that could be learned from in several domains is left to one.
        Part Own(Part part, int domain)
        {
            if (part.Name is not { } name)
            {
                throw new UsageException($"The examples of '{names[domain]}' have no names by which they could be divided among the domains: leave the division out.");
            }

            var subjects = Allotment.Subjects([.. Enumerable.Range(0, part.X.Count).Select(name)]);
            return part.Choose([.. Enumerable.Range(0, part.X.Count).Where(i => Allotment.Domain(subjects[i], names.Length) == domain)]);
        }
    }

    // What people would call them: "twemoji" for a path to twemoji.zip; told apart by numbers where need be.
    private static string[] DomainNames(string[] names)
    {
        var plain = Array.ConvertAll(names, n => Path.Exists(n) ? Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(n)) : n);
        return [.. plain.Select((name, i) => plain.Count(n => n == name) == 1 ? name : $"{name}-{plain.Take(i + 1).Count(n => n == name)}")];
    }
}

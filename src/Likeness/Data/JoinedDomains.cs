using Likeness.Core;

namespace Likeness.Data;

/// <summary>
/// Several data sets of images as the domains of one: "mnist::usps". An example's class is the set that it comes from; what it was labelled
/// with there is left behind. What has the same name in two of them (the file's, the scene's) shows the same thing, and is in the same split of
/// both.
/// </summary>
internal static class JoinedDomains
{
    public const string Separator = "::";

    /// <summary>The data sets that a name consists of.</summary>
    public static string[] Parts(string name) => name.Split(Separator);

    public static LabelledDataset Open(string[] names, DataOptions options, Func<string, IDataset> open)
    {
        if (names.Any(n => n.Length == 0))
        {
            throw new UsageException($"'{string.Join(Separator, names)}' lacks the name of a domain: write NAME{Separator}NAME.");
        }

        var sets = names.Select(n => (open(n) as IInMemory)?.Splits is { Spec.IsImage: true } splits ? splits
            : throw new UsageException($"'{n}' has no images, of which domains are made: choose data sets of images.")).ToArray();
        var first = sets[0].Spec;
        if (Array.Find(sets, s => (s.Spec.Height, s.Spec.Width) != (first.Height, first.Width)) is { } other)
        {
            throw new UsageException(
                $"'{names[0]}' has images of {first.Height}×{first.Width} pixels and '{other.Name}' of {other.Spec.Height}×{other.Spec.Width}: bring the domains to one size, for example with --size 32.");
        }

        var channels = sets.Max(s => s.Spec.Channels);
        var spec = new DataSpec([channels, first.Height, first.Width], first.Domain, sets.Length);
        var whole = new Splits(string.Join(Separator, names), sets[0].Protocol, spec, Join(Split.Train), Join(Split.Validation), Join(Split.Test));
        return new(whole, DomainNames(names), className: "domain");

        Part Join(Split split)
        {
            var parts = sets.Select((s, domain) => s[split] is var part && split == Split.Train && options.Disjoint ? Own(part, domain) : part).ToArray();
            var places = parts.SelectMany((part, domain) => Enumerable.Range(0, part.X.Count).Select(i => (domain, i))).ToArray();
            return new(new JoinedExamples(parts, places, spec.Dimensions))
            {
                Label = i => places[i].domain,
                Name = Array.TrueForAll(parts, p => p.Name is not null || p.X.Count == 0) ? i => parts[places[i].domain].Name!(places[i].i) : null,
            };
        }

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

/// <summary>Examples of several sets, one after the other; grey ones are repeated for each colour where others have colours.</summary>
/// <param name="parts">The sets.</param>
/// <param name="places">For each example its set and its place there.</param>
/// <param name="dimensions">Values per example.</param>
internal sealed class JoinedExamples(Part[] parts, (int Part, int Index)[] places, int dimensions) : Examples(places.Length, dimensions)
{
    protected override void Fill(int index, ulong key, Span<float> x)
    {
        var (part, place) = places[index];
        var own = parts[part].X;
        own.FillOne(place, key, x[..own.Dimensions]);
        for (var filled = own.Dimensions; filled < x.Length; filled += own.Dimensions)
        {
            x[..own.Dimensions].CopyTo(x[filled..]);
        }
    }
}

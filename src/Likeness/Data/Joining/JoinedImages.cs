namespace Likeness;

/// <summary>Several data sets of images, one after the other; grey ones get the colours of others.</summary>
internal sealed class JoinedImages
{
    private readonly string[] _names;
    private readonly Splits[] _sets;

    /// <exception cref="UsageException">They are not of one size.</exception>
    public JoinedImages(string[] names, Splits[] sets)
    {
        (_names, _sets) = (names, sets);
        var first = sets[0].Spec;
        if (Array.Find(sets, s => (s.Spec.Height, s.Spec.Width) != (first.Height, first.Width)) is { } other)
        {
            throw new UsageException(
                $"'{names[0]}' has images of {first.Height}×{first.Width} pixels and '{other.Name}' of {other.Spec.Height}×{other.Spec.Width}: bring them to one size, for example with {new Remedy.Option(nameof(DataOptions.Size), 32)}.");
        }

        Spec = new([sets.Max(s => s.Spec.Channels), first.Height, first.Width], first.Domain);
    }

    public DataSpec Spec { get; }

    /// <summary>All of them as one.</summary>
    /// <param name="separator">Between the names.</param>
    /// <param name="choose">Which examples of a set a split has.</param>
    /// <param name="describe">What is known of the examples, given the sets' parts and each example's set and place in it.</param>
    public Splits Join(string separator, Func<Split, Part, int, Part> choose, Func<Part, Part[], (int Set, int Index)[], Part> describe)
    {
        return new(string.Join(separator, _names), _sets[0].Protocol, Spec, Of(Split.Train), Of(Split.Validation), Of(Split.Test))
        {
            Notes = [.. _sets.SelectMany(s => s.Notes).Distinct()],
            Damaged = [.. _sets.SelectMany((s, set) => s.Damaged.Select(file => $"{_names[set]}/{file}"))],
        };

        Part Of(Split split)
        {
            var parts = _sets.Select((s, set) => choose(split, s[split], set)).ToArray();
            var places = parts.SelectMany((part, set) => Enumerable.Range(0, part.X.Count).Select(i => (set, i))).ToArray();
            return describe(new(new JoinedExamples(parts, places, Spec.Dimensions))
            {
                File = parts.All(p => p.File is not null || p.X.Count == 0) ? i => $"{_names[places[i].set]}/{parts[places[i].set].File!(places[i].i)}" : null,
            }, parts, places);
        }
    }

    private sealed class JoinedExamples(Part[] parts, (int Set, int Index)[] places, int dimensions) : Examples(places.Length, dimensions)
    {
        protected override void Fill(int index, ulong key, Span<float> x)
        {
            var (set, place) = places[index];
            var own = parts[set].X;
            own.FillOne(place, key, x[..own.Dimensions]);
            for (var filled = own.Dimensions; filled < x.Length; filled += own.Dimensions)
            {
                x[..own.Dimensions].CopyTo(x[filled..]);
            }
        }
    }
}

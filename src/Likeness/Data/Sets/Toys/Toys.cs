namespace Likeness;

/// <summary>The toys of the plane by name.</summary>
internal static class Toys
{
    public static IReadOnlyList<DatasetEntry> Entries { get; } =
    [
        Entry("8gaussians", "Eight Gaussians on a circle", new EightGaussians()),
        Entry("two-moons", "Two interleaved half circles with noise", new TwoMoons()),
        Entry("swiss-roll", "A spiral with noise", new SwissRoll()),
        Entry("checkerboard", "The black fields of a 4×4 board", new Checkerboard()),
        Entry("pinwheel", "Five curved arms", new Pinwheel()),
    ];

    private static DatasetEntry Entry(string name, string what, PlaneToy toy) => new(
        name,
        $"{what}: points of the plane with a known density, computed.",
        "computed, free of rights",
        [Protocols.Reals],
        (_, options) => new ToyDataset(name, toy, options));
}

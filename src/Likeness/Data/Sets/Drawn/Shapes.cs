namespace Likeness;

/// <summary>
/// Rendered pictures of one shape each, with class labels (the shape), captions, attributes and the whole ground truth, at
/// any size. Scene i of a split is a function of the split and i alone: all sizes and styles show the same scenes.
/// </summary>
public static class Shapes
{
    private const int Training = 20_000;
    private const int Held = 2_000;
    private const ulong Seed = 1;

    // Radii of the sizes as fractions of the side.
    private static readonly (double Low, double High)[] Radii = [(0.14, 0.18), (0.22, 0.27), (0.32, 0.38)];

    /// <summary>Pairs of shape and colour that `shapes-zeroshot` trains without and tests alone; each shape and each colour occurs once.</summary>
    public static IReadOnlyList<(string Shape, string Colour)> Unseen { get; } =
    [
        ("circle", "green"), ("square", "purple"), ("triangle", "red"), ("diamond", "orange"), ("star", "blue"), ("cross", "yellow"),
    ];

    internal static IReadOnlyList<DatasetEntry> Entries { get; } =
    [
        Entry("shapes", "Coloured shapes with captions and attributes, 32×32 or any size", ShapeStyle.Colour, 32),
        Entry("shapes-grey", "White shapes on black, 28×28 or any size", ShapeStyle.Grey, 28),
        Entry("shapes-grey-outline", "The scenes of 'shapes-grey' drawn as outlines: a second domain, and out-of-distribution images for a model of the first", ShapeStyle.GreyOutline, 28),
        Entry("shapes-outline", "The scenes of 'shapes' drawn as outlines: a second domain whose pairs are known", ShapeStyle.Outline, 32),
        Entry("shapes-zeroshot", "As 'shapes', but six pairs of shape and colour occur in the test split only, and nothing else there", ShapeStyle.Colour, 32),
    ];

    /// <summary>The ground truth of a picture.</summary>
    /// <param name="split">Its split.</param>
    /// <param name="index">Its place in the split.</param>
    /// <param name="style">What can be shown; null is <see cref="ShapeStyle.Colour"/>.</param>
    /// <param name="unseen">Pairs of shape and colour kept for the test split; null for none.</param>
    public static ShapeScene Scene(
        Split split, int index, ShapeStyle? style = null, IReadOnlyList<(string Shape, string Colour)>? unseen = null)
    {
        style ??= ShapeStyle.Colour;
        var random = new SplitMix64(SplitMix64.Key(Seed, (ulong)split, (ulong)index));
        var (shape, colour) = (ShapeStyle.Shapes[random.Below(ShapeStyle.Shapes.Count)], style.Colours[random.Below(style.Colours.Count)]);
        if (unseen is not null && split == Split.Test)
        {
            (shape, colour) = unseen[random.Below(unseen.Count)];
        }

        while (unseen is not null && split != Split.Test && unseen.Contains((shape, colour)))
        {
            (shape, colour) = (ShapeStyle.Shapes[random.Below(ShapeStyle.Shapes.Count)], style.Colours[random.Below(style.Colours.Count)]);
        }

        var size = random.Below(ShapeStyle.Sizes.Count);
        var background = style.Backgrounds[random.Below(style.Backgrounds.Count)];
        var radius = random.Uniform(Radii[size].Low, Radii[size].High);
        // The whole shape is inside the picture.
        var (x, y) = (random.Uniform(radius, 1 - radius), random.Uniform(radius, 1 - radius));
        return new(shape, colour, ShapeStyle.Sizes[size], background, x, y, radius, random.Uniform(-0.2, 0.2));
    }

    private static DatasetEntry Entry(string name, string what, ShapeStyle style, int side)
    {
        var unseen = name == "shapes-zeroshot" ? Unseen : null;
        return new(
            name,
            $"{what}, {ShapeStyle.Shapes.Count} classes: {Training} training, {Held} validation, {Held} test images, computed.",
            "computed, free of rights",
            Protocols.OfImages,
            (_, options) => Open(name, style, unseen, options.Size ?? side, options.Protocol));
    }

    private static MemoryDataset Open(
        string name, ShapeStyle style, IReadOnlyList<(string Shape, string Colour)>? unseen, int size, string? asked)
    {
        if (size is < 8 or > 1024)
        {
            throw new UsageException($"'{name}' cannot be drawn with a side of {size} pixels: choose 8 … 1024.");
        }

        var protocol = Protocols.Choose(asked, Protocols.OfImages);
        var (domain, coding) = Protocols.ForImages(protocol);
        DataAttribute[] attributes =
        [
            new("shape", ShapeStyle.Shapes), new("colour", style.Colours), new("size", ShapeStyle.Sizes), new("background", style.Backgrounds),
        ];
        var spec = new DataSpec([style.Channels, size, size], domain, ShapeStyle.Shapes.Count);
        return new(
            new(name, protocol, spec, Part(Split.Train, Training), Part(Split.Validation, Held), Part(Split.Test, Held)),
            ShapeStyle.Shapes,
            attributes);

        ShapeScene At(Split split, int index) => Scene(split, index, style, unseen);

        Part Part(Split split, int count) =>
            new(new RenderedExamples(count, spec.Dimensions, (i, pixels) => ShapeRenderer.Render(At(split, i), style, size, pixels), coding))
            {
                Label = i => Number(attributes[0], At(split, i).Shape),
                Caption = i => At(split, i).Caption,
                Name = i => $"{i}",
                Attribute = (i, a) =>
                {
                    var scene = At(split, i);
                    return Number(attributes[a], a switch { 0 => scene.Shape, 1 => scene.Colour, 2 => scene.Size, _ => scene.Background });
                },
            };
    }

    private static int Number(DataAttribute attribute, string value)
    {
        for (var i = 0; i < attribute.Values.Count; i++)
        {
            if (attribute.Values[i] == value)
            {
                return i;
            }
        }

        throw new ArgumentException($"'{value}' is not a {attribute.Name}.", nameof(value));
    }
}

namespace Likeness;

/// <summary>Everything that determines one picture of the `shapes` sets: its ground truth.</summary>
/// <param name="Shape">One of <see cref="ShapeStyle.Shapes"/>.</param>
/// <param name="Colour">Of the shape, one of the style's colours.</param>
/// <param name="Size">One of <see cref="ShapeStyle.Sizes"/>.</param>
/// <param name="Background">One of the style's backgrounds.</param>
/// <param name="CentreX">Of the shape, as a fraction of the width from the left.</param>
/// <param name="CentreY">Of the shape, as a fraction of the height from the top.</param>
/// <param name="Radius">Of the circle around the shape, as a fraction of the side.</param>
/// <param name="Angle">Radians clockwise from upright.</param>
public sealed record ShapeScene(
    string Shape, string Colour, string Size, string Background, double CentreX, double CentreY, double Radius, double Angle)
{
    /// <summary>For example "a small red circle on a white background".</summary>
    public string Caption => $"a {Size} {Colour} {Shape} on a {Background} background";
}

/// <summary>What a variant of the set can show.</summary>
/// <param name="Channels">3 for colour, 1 for grey.</param>
/// <param name="Colours">Of shapes.</param>
/// <param name="Backgrounds">Of pictures.</param>
/// <param name="Stroke">Width of the outline as a fraction of the radius; 0 fills the shape.</param>
public sealed record ShapeStyle(int Channels, IReadOnlyList<string> Colours, IReadOnlyList<string> Backgrounds, double Stroke = 0)
{
    private static readonly Dictionary<string, (byte R, byte G, byte B)> Palette = new()
    {
        ["black"] = (0, 0, 0),
        ["white"] = (255, 255, 255),
        ["grey"] = (128, 128, 128),
        ["brown"] = (110, 70, 40),
        ["red"] = (220, 40, 40),
        ["green"] = (40, 170, 60),
        ["blue"] = (50, 80, 220),
        ["yellow"] = (240, 210, 40),
        ["purple"] = (150, 60, 190),
        ["orange"] = (245, 140, 30),
    };

    public static IReadOnlyList<string> Shapes { get; } = ["circle", "square", "triangle", "diamond", "star", "cross"];

    public static IReadOnlyList<string> Sizes { get; } = ["small", "medium", "large"];

    /// <summary>Filled shapes of six colours on four backgrounds.</summary>
    public static ShapeStyle Colour { get; } = new(3, ["red", "green", "blue", "yellow", "purple", "orange"], ["black", "white", "grey", "brown"]);

    /// <summary>The same scenes, with outlines instead of filled shapes: another domain, whose true pairs are known.</summary>
    public static ShapeStyle Outline { get; } = Colour with { Stroke = 0.22 };

    /// <summary>White on black.</summary>
    public static ShapeStyle Grey { get; } = new(1, ["white"], ["black"]);

    /// <summary>White outlines on black.</summary>
    public static ShapeStyle GreyOutline { get; } = Grey with { Stroke = 0.22 };

    internal static (byte R, byte G, byte B) Rgb(string colour) => Palette[colour];
}

namespace Likeness;

/// <summary>How the degrees of hidden units differ from one mask of a MADE to another.</summary>
/// <param name="Name">The name in options.</param>
[JsonConverter(typeof(MaskDegreesChoice))]
public sealed record MaskDegrees(string Name)
{
    /// <summary>Germain et al. 2015, section 4.2: every unit draws its degree anew for each mask, so about a third of its connections change.</summary>
    public static MaskDegrees Drawn { get; } = new("drawn");

    /// <summary>Drawn and then sorted within each mask, so a unit has nearly the same degree in all: what versions did that had no choice.</summary>
    public static MaskDegrees Sorted { get; } = new("sorted");

    public override string ToString() => Name;
}

internal sealed class MaskDegreesChoice() : NamedChoice<MaskDegrees>("way to draw degrees", d => d.Name, MaskDegrees.Drawn, MaskDegrees.Sorted);

namespace Likeness;

/// <summary>Which patches of an image say most about it.</summary>
/// <param name="Count">Number of patches.</param>
/// <param name="Smallest">Shortest side of a patch, as a share of the image's.</param>
/// <param name="Largest">Longest side of a patch, as a share of the image's.</param>
/// <param name="Overlap">Largest overlap of two patches: their intersection as a share of their union.</param>
public sealed record KeyPatchOptions([property: AtLeast(1)] int Count = 3, [property: Above(0, AtMost = 1)] double Smallest = 0.16, [property: Above(0, AtMost = 1)] double Largest = 0.33, [property: AtLeast(0, AtMost = 1)] double Overlap = 0.25)
{
    /// <exception cref="UsageException">There are no such patches.</exception>
    internal void Check()
    {
        if (Smallest > Largest)
        {
            throw new UsageException($"Patches with sides of {Smallest} to {Largest} of the image's cannot be cut: the smallest must not be above the largest.");
        }
    }
}

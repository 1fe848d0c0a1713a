namespace Likeness;

/// <summary>Which patches of an image say most about it.</summary>
/// <param name="Count">How many.</param>
/// <param name="Smallest">Shortest side of a patch, as a share of the image's.</param>
/// <param name="Largest">Longest side of a patch, as a share of the image's.</param>
/// <param name="Overlap">Most that two patches may overlap: their intersection as a share of their union.</param>
public sealed record KeyPatchOptions(int Count = 3, double Smallest = 0.16, double Largest = 0.33, double Overlap = 0.25)
{
    /// <exception cref="UsageException">There are no such patches.</exception>
    internal void Check()
    {
        if (Count < 1 || !(Smallest > 0 && Smallest <= Largest && Largest <= 1) || Overlap is not (>= 0 and <= 1))
        {
            throw new UsageException(
                $"{Count} patches with sides of {Smallest} to {Largest} of the image's and an overlap of {Overlap} cannot be cut: ask for at least 1, sides between 0 and 1 with the smallest first, and an overlap of 0 to 1.");
        }
    }
}

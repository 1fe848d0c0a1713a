namespace Likeness;

/// <summary>How often an image can be halved evenly while both sides are larger than 7, and what is left of it: 28 → 7 (2), 32 → 4 (3), 64 → 4 (4).</summary>
/// <param name="Halvings">Number of halvings.</param>
/// <param name="Height">Height that is left.</param>
/// <param name="Width">Width that is left.</param>
public readonly record struct ImagePyramid(int Halvings, int Height, int Width)
{
    public static ImagePyramid Of(DataSpec spec)
    {
        var (h, w, halvings) = (spec.Height, spec.Width, 0);
        while (h % 2 == 0 && w % 2 == 0 && Math.Min(h, w) > 7)
        {
            (h, w, halvings) = (h / 2, w / 2, halvings + 1);
        }

        return new(halvings, h, w);
    }
}

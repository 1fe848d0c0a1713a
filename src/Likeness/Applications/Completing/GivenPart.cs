namespace Likeness;

/// <summary>Which variables of an example are given, in words or as a mask.</summary>
public static class GivenPart
{
    /// <summary>The words; any other is the path of a mask.</summary>
    public static IReadOnlyList<string> Names { get; } = ["top", "bottom", "left", "right", "first"];

    /// <summary>The top half of images, and the first half of everything else.</summary>
    public static string Default(DataSpec spec) => spec.IsImage ? "top" : "first";

    /// <summary>For each variable of the flattened example, whether it is given.</summary>
    /// <param name="name">A half of an image; "first", the half that the model predicts first; or a .npy file in the shape of an example, not 0 where it is given.</param>
    /// <param name="model">Whose order counts.</param>
    /// <param name="spec">What the examples are.</param>
    /// <exception cref="UsageException">There is no such half.</exception>
    /// <exception cref="DataException">The mask is of another shape.</exception>
    public static bool[] Of(string name, Module model, DataSpec spec)
    {
        if (name == "first")
        {
            var given = new bool[spec.Dimensions];
            foreach (var i in (model is IOrdered ordered ? ordered.Order : Enumerable.Range(0, given.Length)).Take(given.Length / 2))
            {
                given[i] = true;
            }

            return given;
        }

        if (!Names.Contains(name))
        {
            return name.EndsWith(".npy", StringComparison.OrdinalIgnoreCase) ? Mask(name, spec) : throw UsageException.Unknown("part", name, [.. Names, "FILE.npy"]);
        }

        if (!spec.IsImage)
        {
            throw new UsageException($"Data of {spec} has no {name} half: use first, or a mask in a .npy file.");
        }

        var (height, width) = (spec.Height, spec.Width);
        return [.. Enumerable.Range(0, spec.Dimensions).Select(i => (Y: i / width % height, X: i % width)).Select(p => name switch
        {
            "top" => p.Y < height / 2,
            "bottom" => p.Y >= height / 2,
            "left" => p.X < width / 2,
            _ => p.X >= width / 2,
        })];
    }

    private static bool[] Mask(string path, DataSpec spec)
    {
        var values = Npy.Read(path).ToSingles(path);
        return values.Length == spec.Dimensions
            ? Array.ConvertAll(values, v => v != 0)
            : throw new DataException($"The mask '{path}' has {values.Length} values and an example has {spec.Dimensions} ({spec}): give one for each, 1 where it is given and 0 where it is missing.");
    }
}

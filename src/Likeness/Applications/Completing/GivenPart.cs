namespace Likeness;

/// <summary>Which variables of an example are given, in words or as a mask.</summary>
public static class GivenPart
{
    /// <summary>The words; any other is the path of a mask.</summary>
    public static IReadOnlyList<string> Names { get; } = ["top", "bottom", "left", "right", "first", "box"];

    /// <summary>The top half of images, and the first half of everything else.</summary>
    public static string Default(DataSpec spec) => spec.IsImage ? "top" : "first";

    /// <summary>For each variable of the flattened example, whether it is given.</summary>
    /// <param name="name">A half of an image; "first", the half that the model predicts first; "box", all but the middle; "share=S", so large a share of the pixels; or a .npy file in the shape of an example, not 0 where it is given, or of images a picture, white where it is.</param>
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

        if (!Names.Contains(name) && !(spec.IsImage && (File.Exists(name) || name.StartsWith("share=", StringComparison.Ordinal))))
        {
            return name.EndsWith(".npy", StringComparison.OrdinalIgnoreCase) ? OfFile(name, spec) : throw UsageException.Unknown("part", name, [.. Names, "share=0.25", "FILE.npy", "FILE.png"]);
        }

        if (name.EndsWith(".npy", StringComparison.OrdinalIgnoreCase))
        {
            return OfFile(name, spec);
        }

        if (!spec.IsImage)
        {
            throw new UsageException($"Data of {spec} has no {name} half: use first, or a mask in a .npy file.");
        }

        return [.. ((Mask)MeasurementFile.Read($"mask:{name}", spec)).Given];
    }

    private static bool[] OfFile(string path, DataSpec spec)
    {
        var values = Npy.Read(path).ToSingles(path);
        return values.Length == spec.Dimensions
            ? Array.ConvertAll(values, v => v != 0)
            : throw new DataException($"The mask '{path}' has {Counted.Of(values.Length, "value")} and an example has {spec.Dimensions} ({spec}): give one for each, 1 where it is given and 0 where it is missing.");
    }
}

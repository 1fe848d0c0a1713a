using System.Globalization;

namespace Likeness;

/// <summary>Measurements as people write them: <c>mask:half</c>, <c>mask:box</c>, <c>mask:share=0.25</c>, <c>mask:FILE.png</c>, <c>downsample:4</c>, <c>grey</c>, <c>luma</c>, and several in turn with a plus.</summary>
public static class Measurements
{
    private const string Random = "share=";

    private static readonly string[] s_sides = ["half", "top", "bottom", "left", "right", "box"];

    /// <summary>How measurements are written, for messages and help.</summary>
    public static IReadOnlyList<string> Forms { get; } = ["mask:half", "mask:box", "mask:share=0.25", "mask:FILE.png", "downsample:4", "grey", "luma", "downsample:4+grey"];

    /// <summary>Reads a measurement of images.</summary>
    /// <param name="text">As it is written. Of "half" the upper one is seen, of "box" all but the middle quarter, of "share=S" so large a share of the pixels, chosen at random (also "share=S,seed=N").</param>
    /// <param name="spec">What is measured.</param>
    /// <param name="file">Reads a mask from a file, given images' channels, height and width; null where files are not allowed.</param>
    /// <exception cref="UsageException">It is no measurement of such images.</exception>
    public static LinearMeasurement Parse(string text, DataSpec spec, Func<string, IReadOnlyList<int>, bool[]>? file = null)
    {
        if (!spec.IsImage)
        {
            throw new UsageException($"'{text}' measures images, and this is data of {spec}: choose images.");
        }

        LinearMeasurement? whole = null;
        foreach (var part in text.Split('+'))
        {
            var one = One(part, whole?.Output ?? spec.Shape, file);
            whole = whole is null ? one : new Composition(whole, one);
        }

        return whole!;
    }

    private static LinearMeasurement One(string text, IReadOnlyList<int> shape, Func<string, IReadOnlyList<int>, bool[]>? file)
    {
        if (shape.Count != 3)
        {
            throw new UsageException($"'{text}' cannot come after a mask: put the mask last, as in downsample:4+mask:half.");
        }

        var (name, argument) = text.Split(':', 2) is [var n, var a] ? (n, a) : (text, null);
        return (name, argument) switch
        {
            ("grey" or "gray", null) => new Grey(shape, luma: false),
            ("luma", null) => new Grey(shape, luma: true),
            ("downsample", { } factor) => int.TryParse(factor, NumberStyles.None, CultureInfo.InvariantCulture, out var f) ? new Downsample(shape, f)
                : throw new UsageException($"'{factor}' is no factor by which images become smaller: write a whole number, such as downsample:4."),
            ("mask", { } which) when s_sides.Contains(which) => new Mask(shape, Side(which, shape[1], shape[2]), text),
            ("mask", { } which) when which.StartsWith(Random, StringComparison.Ordinal) => new Mask(shape, Share(which, shape[1], shape[2]), text),
            ("mask", { } path) => file is not null ? new Mask(shape, file(path, shape), text)
                : throw new UsageException($"A mask in a file, '{path}', is not part of a model: choose {string.Join(", ", s_sides.Select(s => $"mask:{s}"))} or mask:share=0.25."),
            _ => throw UsageException.Unknown("measurement", text, Forms),
        };
    }

    private static bool[] Side(string which, int height, int width) => [.. Enumerable.Range(0, height * width).Select(i => (Y: i / width, X: i % width)).Select(p => which switch
    {
        "half" or "top" => p.Y < height / 2,
        "bottom" => p.Y >= height / 2,
        "left" => p.X < width / 2,
        "right" => p.X >= width / 2,
        _ => p.Y < height / 4 || p.Y >= height - (height / 4) || p.X < width / 4 || p.X >= width - (width / 4),
    })];

    private static bool[] Share(string words, int height, int width)
    {
        var parts = words[Random.Length..].Split(",seed=");
        if (parts.Length > 2 || !double.TryParse(parts[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var share) || !(share is > 0 and < 1)
            || !ulong.TryParse(parts.ElementAtOrDefault(1) ?? "0", NumberStyles.None, CultureInfo.InvariantCulture, out var seed))
        {
            throw new UsageException($"'{words}' is no share of the pixels: write how large a part is kept, above 0 and below 1, such as share=0.25 or share=0.25,seed=3.");
        }

        return Chain.Value(() =>
        {
            var given = new bool[height * width];
            foreach (var place in new Rng(seed).Permutation(given.Length).ToArray<long>().Take(Math.Max(1, (int)Math.Round(share * given.Length))))
            {
                given[place] = true;
            }

            return given;
        });
    }
}

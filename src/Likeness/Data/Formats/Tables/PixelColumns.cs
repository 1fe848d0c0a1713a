using System.Globalization;
using System.Text.RegularExpressions;

namespace Likeness;

/// <summary>Names for the values of images in tables, c0y0x0 … by channel, row and column, so a table of images is told from any other.</summary>
internal static partial class PixelColumns
{
    public static IReadOnlyList<string> Of(DataSpec spec) =>
        [.. Enumerable.Range(0, spec.Dimensions).Select(i => Name(i / (spec.Height * spec.Width), i / spec.Width % spec.Height, i % spec.Width))];

    /// <summary>The shape [channels, height, width] of the images whose values have these names in their order; null where they are no images'.</summary>
    public static int[]? Shape(IReadOnlyList<string> columns)
    {
        if (columns.Count == 0 || columns[0] != Name(0, 0, 0) || Place().Match(columns[^1]) is not { Success: true } last)
        {
            return null;
        }

        var size = Enumerable.Range(1, 3).Select(g => int.Parse(last.Groups[g].Value, CultureInfo.InvariantCulture) + 1).ToArray();
        return (long)size[0] * size[1] * size[2] == columns.Count && size[0] is 1 or 3 && Of(new(size, new Domain.Byte())).SequenceEqual(columns) ? size : null;
    }

    private static string Name(int channel, int row, int column) => string.Create(CultureInfo.InvariantCulture, $"c{channel}y{row}x{column}");

    [GeneratedRegex(@"^c(\d{1,5})y(\d{1,5})x(\d{1,5})$")]
    private static partial Regex Place();
}

using System.Globalization;
using System.Text.RegularExpressions;

namespace Likeness;

/// <summary>
/// What an archive of arrays says about its examples: a text 'spec' such as "1x28x28 byte" what an example is, texts 'columns' the names of columns.
/// </summary>
/// <param name="Text">The spec; null where there is none.</param>
/// <param name="Names">Of the columns; null where there are none.</param>
internal sealed partial record ArrayDescription(string? Text, IReadOnlyList<string>? Names)
{
    public const string Examples = "X";
    public const string Labels = "y";
    public const string Spec = "spec";
    public const string Columns = "columns";

    /// <summary>Takes the description out of the arrays.</summary>
    public static ArrayDescription Of(IReadOnlyList<(string Name, NumericArray Array)> all, out IReadOnlyList<(string Name, NumericArray Array)> arrays)
    {
        var text = all.Where(a => a.Name == Spec && a.Array.Texts is [_]).Select(a => a.Array.Texts![0]).FirstOrDefault();
        var names = all.Where(a => a.Name == Columns && a.Array is { Texts: not null, Shape.Count: 1 }).Select(a => a.Array.Texts).FirstOrDefault();
        arrays = [.. all.Where(a => (text is null || a.Name != Spec) && (names is null || a.Name != Columns))];
        return new(text, names);
    }

    /// <summary>The sheet with what is said about it.</summary>
    /// <exception cref="DataException">The description does not fit the examples.</exception>
    public Sheet Tell(Sheet sheet)
    {
        var x = sheet.Values;
        var (shape, domain) = Text is null ? default : Parsed(sheet.Name, Text, x);
        return sheet with
        {
            Shape = shape is { Length: 3 } ? shape : null,
            Domain = domain,
            Columns = Names is { } names && x.Shape.Count > 1 && names.Count == x.Shape[^1] && x.Shape.Count == 2 ? names : sheet.Columns,
        };
    }

    // What Likeness writes: the shape of an example, and what its values are.
    private static (int[]? Shape, Domain? Domain) Parsed(string path, string text, NumericArray x)
    {
        var match = Description().Match(text);
        if (!match.Success || !match.Groups[1].Value.Split('x').All(d => int.TryParse(d, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            throw new DataException($"'{path}' has the spec '{text}', which cannot be understood: write the shape of an example and its values, such as '3x32x32 byte', or leave it out.");
        }

        int[] shape = [.. match.Groups[1].Value.Split('x').Select(d => int.Parse(d, CultureInfo.InvariantCulture))];
        if (!x.Shape.Skip(1).SequenceEqual(shape) && !(shape is [var c, var h, var w] && x.Shape.Skip(1).SequenceEqual([h, w, c])))
        {
            throw new DataException($"'{path}' has the spec '{text}' and examples of {string.Join('x', x.Shape.Skip(1))}: make them agree, or leave the spec out.");
        }

        return (shape, match.Groups[2].Value switch
        {
            "byte" => new Domain.Byte(),
            "binary" => new Domain.Binary(),
            "real" => new Domain.Real(),
            _ => new Domain.Categorical(int.Parse(match.Groups[3].Value, CultureInfo.InvariantCulture)),
        });
    }

    [GeneratedRegex(@"^(\d{1,9}(?:x\d{1,9}){0,7}) (byte|binary|real|categorical\((\d{1,9})\))$")]
    private static partial Regex Description();
}

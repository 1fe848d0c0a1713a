using System.Globalization;

namespace Likeness;

/// <summary>The classes of a user's examples. Classes are names: what the numbers of a label column or the folders of images are called.</summary>
/// <param name="Names">Of the classes that have training examples: numbers by their size, words by the alphabet.</param>
/// <param name="Numbers">The place of each example's class among the names; −1 where it is none of them.</param>
internal sealed record ClassLabels(IReadOnlyList<string> Names, int[] Numbers)
{
    /// <param name="values">The class of each example.</param>
    /// <param name="training">The examples that are learned from; where there are none, all count.</param>
    /// <param name="known">The classes of the model that the examples are for.</param>
    public static ClassLabels Of(IReadOnlyList<string> values, IReadOnlyList<int> training, IReadOnlyList<string>? known)
    {
        var names = known ?? InOrder((training.Count > 0 ? training.Select(i => values[i]) : values).Distinct());
        var places = names.Select((name, i) => (name, i)).ToDictionary(p => p.name, p => p.i);
        return new(names, [.. values.Select(v => places.GetValueOrDefault(v, -1))]);
    }

    /// <summary>What a file writes as numbers: the number of each label.</summary>
    public static string[] Words(int[] labels) => Array.ConvertAll(labels, l => l.ToString(CultureInfo.InvariantCulture));

    /// <summary>
    /// What becomes of examples whose class is none: those of a data set that is learned from are left out of the other parts; where a model is
    /// asked, no example has a class.
    /// </summary>
    /// <returns>The splits, the number of each example's class (null for none), and what the user should know.</returns>
    public (int[][] Splits, ClassLabels? Labels, IReadOnlyList<string> Notes) Settle(string file, int[][] splits, IReadOnlyList<string> values, bool asked)
    {
        if (splits.SelectMany(s => s).FirstOrDefault(i => Numbers[i] < 0, -1) is var stranger && stranger < 0)
        {
            return (splits, this, []);
        }

        var strange = InOrder(values.Where((_, i) => Numbers[i] < 0).Distinct());
        var list = string.Join(", ", strange.Take(5).Select(s => $"'{s}'")) + (strange.Count > 5 ? ", …" : "");
        if (asked)
        {
            return (splits, null, [$"'{file}' has classes that the model does not know ({list}), so its labels are left aside."]);
        }

        var kept = Array.ConvertAll(splits, s => Array.FindAll(s, i => Numbers[i] >= 0));
        return (kept, this, [$"{splits.Sum(s => s.Length) - kept.Sum(s => s.Length)} examples of '{file}' are left out, because no training example has their class ({list})."]);
    }

    private static List<string> InOrder(IEnumerable<string> names)
    {
        var all = names.ToList();
        return all.TrueForAll(n => long.TryParse(n, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
            ? [.. all.OrderBy(n => long.Parse(n, CultureInfo.InvariantCulture)).ThenBy(n => n, StringComparer.Ordinal)]
            : [.. all.Order(StringComparer.Ordinal)];
    }
}

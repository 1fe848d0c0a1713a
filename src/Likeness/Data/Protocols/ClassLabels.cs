using System.Globalization;

namespace Likeness;

/// <summary>The classes of a user's examples. Classes are names: what the numbers of a label column or the folders of images are called.</summary>
/// <param name="Names">Of the classes that have training examples: numbers by their size, words by the alphabet.</param>
/// <param name="Numbers">The place of each example's class among the names; −1 where it is none of them.</param>
internal sealed record ClassLabels(IReadOnlyList<string> Names, int[] Numbers)
{
    /// <param name="values">The class of each example; "" where it is not known.</param>
    /// <param name="training">The examples that are learned from; where there are none, all count.</param>
    /// <param name="known">The classes of the model that the examples are for.</param>
    public static ClassLabels Of(IReadOnlyList<string> values, IReadOnlyList<int> training, IReadOnlyList<string>? known)
    {
        var names = known ?? InOrder((training.Count > 0 ? training.Select(i => values[i]) : values).Where(v => v.Length > 0).Distinct());
        var places = names.Select((name, i) => (name, i)).ToDictionary(p => p.name, p => p.i);
        return new(names, [.. values.Select(v => places.GetValueOrDefault(v, -1))]);
    }

    /// <summary>The classes that an array holds: numbers, or words.</summary>
    /// <exception cref="DataException">It holds fractions, too many classes, or several numbers for each example.</exception>
    public static string[] Of(string file, NumericArray labels)
    {
        if (labels.RowLength > 1)
        {
            throw new DataException($"'{file}' has labels of the shape {string.Join('x', labels.Shape)}, where one for each example is expected: of a one-hot code give the number of the class (in NumPy y.argmax(1)).");
        }

        string[] cells = [.. labels.Values.Cast<object>().Select(v => Convert.ToString(v, CultureInfo.InvariantCulture)!)];
        return Cells(file, cells, []);
    }

    /// <summary>The names that a column of classes holds: whole numbers written in one way, words as they are, and "" for what is missing.</summary>
    /// <exception cref="DataException">It holds fractions, or too many classes.</exception>
    public static string[] Cells(string file, IReadOnlyList<string> cells, IReadOnlyList<int> lines)
    {
        const int most = 10_000;
        string[] known = [.. cells.Select(c => c is "?" or "NA" ? "" : c)];
        if (Array.TrueForAll(known, c => c.Length == 0 || Number(c) is not null))
        {
            var wrong = Array.FindIndex(known, c => c.Length > 0 && Number(c) is { } v && (v != Math.Floor(v) || Math.Abs(v) > 1e15));
            known = wrong < 0 ? Array.ConvertAll(known, c => Number(c) is { } v ? ((long)v).ToString(CultureInfo.InvariantCulture) : c)
                : throw new DataException(Sentence.Of($"'{file}' holds the class label {known[wrong]} in {(lines.Count > 0 ? $"line {lines[wrong]}" : $"row {wrong} (counted from 0)")}: labels are whole numbers or words; if the column holds values, leave it out ({new Remedy.Option("Drop")}) or give it another name."));
        }

        return known.Distinct().Count() <= most ? known
            : throw new DataException($"'{file}' has {known.Distinct().Count()} different class labels, and at most {most} are allowed: name the column of classes, or leave this one out.");
    }

    /// <summary>Whether two cells are the same word, or the same number in two ways of writing.</summary>
    public static bool IsSame(string cell, string value) => cell == value || (Number(cell) is { } a && a == Number(value));

    private static double? Number(string cell) => double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;

    /// <summary>
    /// What becomes of examples whose class is none: those of a data set that is learned from are left out of the other parts; where a model is
    /// asked, no example has a class.
    /// </summary>
    /// <returns>The splits, the number of each example's class (null for none), and what the user should know.</returns>
    public (int[][] Splits, ClassLabels? Labels, IReadOnlyList<string> Notes) Settle(string file, int[][] splits, IReadOnlyList<string> values, bool asked)
    {
        if (splits.SelectMany(s => s).FirstOrDefault(i => IsStrange(i), -1) is var stranger && stranger < 0)
        {
            return (splits, this, []);
        }

        var strange = InOrder(values.Where((_, i) => IsStrange(i)).Distinct());
        var list = string.Join(", ", strange.Take(5).Select(s => $"'{s}'")) + (strange.Count > 5 ? ", …" : "");
        if (asked)
        {
            return (splits, null, [$"'{file}' has classes that the model does not know ({list}), so its labels are left aside."]);
        }

        var kept = Array.ConvertAll(splits, s => Array.FindAll(s, i => !IsStrange(i)));
        var left = splits.Sum(s => s.Length) - kept.Sum(s => s.Length);
        return (kept, this, [$"{Counted.Of(left, "example")} of '{file}' {(left == 1 ? "is" : "are")} left out, because no training example has their class ({list})."]);

        // An example without a label is none of the strangers.
        bool IsStrange(int i) => Numbers[i] < 0 && values[i].Length > 0;
    }

    private static List<string> InOrder(IEnumerable<string> names)
    {
        var all = names.ToList();
        return all.TrueForAll(n => long.TryParse(n, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
            ? [.. all.OrderBy(n => long.Parse(n, CultureInfo.InvariantCulture)).ThenBy(n => n, StringComparer.Ordinal)]
            : [.. all.Order(StringComparer.Ordinal)];
    }
}

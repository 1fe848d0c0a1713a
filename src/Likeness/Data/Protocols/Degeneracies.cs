namespace Likeness;

/// <summary>What about a table would spoil a density of real numbers, found before anything learns from it; a sentence each.</summary>
internal static class Degeneracies
{
    // Fewer rows than these leave a mixture nothing to tell apart.
    private const int FewRows = 100;

    /// <param name="file">What messages call it.</param>
    /// <param name="protocol">How the table is read.</param>
    /// <param name="array">The table.</param>
    /// <param name="names">Of its columns.</param>
    /// <param name="rows">Those that are learned from.</param>
    /// <param name="facts">About its columns.</param>
    public static IEnumerable<string> Of(string file, string protocol, NumericArray array, IReadOnlyList<string> names, IReadOnlyList<int> rows, ColumnFacts[] facts)
    {
        var constant = Columns(f => f.IsConstant);
        if (constant.Length == facts.Length)
        {
            yield return $"Warning: all training rows of '{file}' are equal: there is nothing to learn but this row.";
            yield break;
        }

        if (constant.Length > 0)
        {
            yield return $"{Said(constant)} of '{file}' {(constant.Length == 1 ? "has" : "have")} the same value in every training row ({string.Join(", ", constant.Take(5).Select(c => $"{facts[c].Low:R}"))}{(constant.Length > 5 ? ", …" : "")}): the model learns from the others, and what it makes has {(constant.Length == 1 ? "this value" : "these values")}.";
        }

        const double exact = 1L << 53;
        if (Columns(f => f.IsWhole && Math.Max(Math.Abs(f.Low), Math.Abs(f.High)) > exact) is { Length: > 0 } beyond)
        {
            yield return $"Warning: {Said(beyond, "the ")} of '{file}' {(beyond.Length == 1 ? "holds" : "hold")} whole numbers beyond 2^53, which lose digits even in double precision: leave them out, or take an origin off.";
        }

        if (protocol is Protocols.Reals or Protocols.Dequantised && Columns(f => f.LosesDigits && !f.IsConstant) is { Length: > 0 } rounded)
        {
            yield return $"Warning: {Said(rounded, "the ")} of '{file}' {(rounded.Length == 1 ? "loses" : "lose")} digits in single precision: read the table under the protocol '{Protocols.Standardised}', which takes the mean off in double precision, or take an origin off.";
        }

        if (protocol is Protocols.Reals or Protocols.Standardised)
        {
            var whole = Columns(f => f.IsWhole && !f.IsConstant).Where(c => ColumnFacts.CountDifferent(array, rows, c) is { } different && different <= rows.Count / 2).ToArray();
            if (whole.Length > 0)
            {
                yield return $"Warning: {Said(whole, "the ")} of '{file}' {(whole.Length == 1 ? "holds" : "hold")} whole numbers only, on which a density of real numbers has no upper limit: its likelihood says little; read the table under the protocol '{Protocols.Dequantised}' or, for unordered values, '{Protocols.Categorical}'.";
            }
        }

        if (ColumnFacts.CountDifferentRows(array, rows, Math.Min(FewRows, rows.Count / 2)) is { } few)
        {
            yield return $"Warning: the {Counted.Of(rows.Count, "training row")} of '{file}' are {few} different ones: more than {Counted.Of(few, "component")} or clusters are copies of each other.";
        }

        if (OneHot(array, names, rows, facts) is { Length: > 1 } code)
        {
            yield return $"{Said(code)} of '{file}' hold exactly one 1 in every row, as the one-hot code of a class does: if they are one, write it as a single column named 'label'.";
        }

        int[] Columns(Func<ColumnFacts, bool> which) => [.. Enumerable.Range(0, facts.Length).Where(c => which(facts[c]))];

        string Said(int[] columns, string article = "") =>
            $"{(article.Length > 0 ? article : "The ")}column{(columns.Length == 1 ? "" : "s")} {string.Join(", ", columns.Take(8).Select(c => $"'{names[c]}'"))}{(columns.Length > 8 ? $", … ({columns.Length} in all)" : "")}";
    }

    // Neighbouring columns of 0 and 1 whose sum is 1 in every row; none where the whole table is of bits.
    private static int[] OneHot(NumericArray array, IReadOnlyList<string> names, IReadOnlyList<int> rows, ColumnFacts[] facts)
    {
        bool IsBit(int c) => facts[c] is { IsWhole: true, Low: 0, High: 1 };
        for (var from = 0; from < facts.Length; from++)
        {
            var to = from;
            while (to < facts.Length && IsBit(to))
            {
                to++;
            }

            if (to - from > 1 && to - from < names.Count && rows.All(i => Sum(array, i, from, to) == 1))
            {
                return [.. Enumerable.Range(from, to - from)];
            }

            from = Math.Max(from, to - 1);
        }

        return [];
    }

    private static double Sum(NumericArray array, int row, int from, int to)
    {
        var cells = new double[to - from];
        array.Read((row * array.RowLength) + from, cells);
        return cells.Sum();
    }
}

using System.Globalization;

namespace Likeness;

/// <summary>
/// A mixed table that needs no file: people who do not exist, with a number, integers, words, a date, a gap now and then and something to tell from the rest.
/// Row i is a function of i alone.
/// </summary>
internal static class People
{
    private const int Rows = 3000;
    private const ulong Seed = 21;

    private static readonly string[] s_columns = ["since", "age", "city", "education", "hours", "spending", "member", "income"];
    private static readonly string[] s_cities = ["Bonn", "Oslo", "Rome", "Lyon"];
    private static readonly string[] s_educations = ["school", "college", "university"];

    public static DatasetEntry Entry { get; } = new(
        "people",
        $"People who do not exist, {Rows} of them: a mixed table of {s_columns.Length} columns with a date, words, numbers and gaps; computed.",
        "computed, free of rights",
        Protocols.OfSchemas,
        (_, options) => MixedTable.Open(
            CellTable.Of("people", s_columns, [.. Enumerable.Range(0, Rows).Select(Row)], []),
            options with { Protocol = Protocols.Choose(options.Protocol, [.. Protocols.OfSchemas]), Whole = false, Table = (options.Table ?? new()) with { Target = options.Table?.Target ?? s_columns[^1] } }));

    private static string[] Row(int i)
    {
        var random = new SplitMix64(SplitMix64.Key(Seed, (ulong)i));
        var since = new DateTime(2015, 1, 1).AddDays(random.Below(3650));
        var age = (int)Math.Clamp(Math.Round(44 + (14 * random.Normal())), 18, 90);
        var city = s_cities[(int)(4 * random.Uniform() * random.Uniform())];
        var schooling = random.Normal() - (0.02 * (age - 44));
        var education = s_educations[schooling < 0 ? 0 : schooling < 0.9 ? 1 : 2];
        var hours = age > 67 ? 0 : (int)Math.Clamp(Math.Round(38 + (7 * random.Normal())), 0, 60);
        var means = (0.6 * schooling) + (0.05 * (hours - 38)) + (0.02 * (age - 44)) + (0.6 * random.Normal());
        var spending = Math.Round(Math.Exp(5.5 + (0.5 * means) + (0.3 * random.Normal())), 2);
        var member = random.Uniform() < 1 / (1 + Math.Exp(-means));
        var silent = random.Uniform() < 0.06;
        return
        [
            since.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), $"{age}", city, education, silent ? "" : $"{hours}",
            spending.ToString("F2", CultureInfo.InvariantCulture), member ? "yes" : "no", means > 0.5 ? ">50K" : "<=50K",
        ];
    }
}

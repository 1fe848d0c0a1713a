namespace Likeness.Tests.Metrics;

/// <summary>How tables are compared.</summary>
public sealed class TableMetricTests
{
    private static readonly TableSchema s_schema = new(
        [new("v", ColumnKind.Number) { Low = -10, High = 10, Decimals = 6 }, new("w", ColumnKind.Number) { Low = -10, High = 10, Decimals = 6 }, new("c", ColumnKind.Category) { Values = ["a", "b"] }], "c");

    private static TableRows Rows(int count, ulong seed, double shift = 0, bool hangsTogether = true)
    {
        var random = new SplitMix64(seed);
        return TableRows.Of(s_schema, [.. Enumerable.Range(0, count).Select(_ =>
        {
            var (v, w) = (random.Normal() + shift, random.Normal());
            var told = hangsTogether ? v - shift + w > 0 : random.Uniform() < 0.5;
            return new[] { s_schema.Columns[0].Write(v), s_schema.Columns[1].Write(w), told ? "a" : "b" };
        })]);
    }

    [Fact]
    public void Of_rows_too_few_for_a_tree_shares_and_means_are_all_that_is_known()
    {
        // A leaf of LightGBM has 20 rows or more.
        float[][] x = [.. Enumerable.Range(0, 12).Select(i => new[] { (float)i })];
        Assert.All(BoostedTrees.Classify(x, [.. Enumerable.Range(0, 12).Select(i => i < 9 ? 1 : 0)], 2, x[..3]), told => Assert.Equal([0.25f, 0.75f], told));
        Assert.All(BoostedTrees.Regress(x, [.. Enumerable.Range(0, 12).Select(i => (float)i)], x[..3]), told => Assert.Equal(5.5f, told, 1e-4f));
    }

    [Fact]
    public void The_distance_of_distributions_is_the_largest_gap()
    {
        // F of {1, 2, 3, 4} and of {3, 4, 5, 6} are half apart at 2.
        Assert.Equal(0.5, ColumnShapes.KolmogorovSmirnov([1, 2, 3, 4], [6, 5, 4, 3]), 1e-12);
        Assert.Equal(0, ColumnShapes.KolmogorovSmirnov([1, 1, 2], [1, 2, 1]), 1e-12);
        Assert.Equal(1, ColumnShapes.KolmogorovSmirnov([1], []), 1e-12);
    }

    [Fact]
    public void Equal_laws_score_well_and_others_do_not()
    {
        var (real, training) = (Rows(1500, 1), Rows(1500, 2));
        var alike = Scores(TableQuality.Compare(real, Rows(1500, 3), training, "c"));
        var shifted = Scores(TableQuality.Compare(real, Rows(1500, 4, shift: 2), training, "c"));
        var torn = Scores(TableQuality.Compare(real, Rows(1500, 5, hangsTogether: false), training, "c"));
        Assert.InRange(alike["column-shapes"], 0.95, 1);
        Assert.InRange(alike["column-pairs"], 0.93, 1);
        // Of equal laws trees can tell nothing: 0.5 to three standard errors of 0.0105.
        Assert.InRange(alike["detection-auroc"], 0.465, 0.535);
        Assert.InRange(alike["efficacy-accuracy"], 0.9, 1);
        Assert.InRange(alike["new-rows"], 0.9, 1);
        Assert.Equal(1, alike["in-range"]);
        // Φ(1) − Φ(−1) = 0.68 of the first column is elsewhere.
        Assert.InRange(shifted["column-shapes"], 0.7, 0.82);
        Assert.InRange(shifted["detection-auroc"], 0.85, 1);
        Assert.InRange(torn["column-shapes"], 0.95, 1);
        Assert.InRange(torn["efficacy-accuracy"], 0.4, 0.6);
        Assert.InRange(torn["efficacy-of-real-accuracy"], 0.9, 1);
        // A table beside itself is all copies.
        Assert.Equal(0, Scores(TableQuality.Compare(real, training, training, "c"))["new-rows"]);
    }

    [Fact]
    public void Trees_and_stumps_find_what_single_cuts_and_several_tell()
    {
        var random = new SplitMix64(3);
        var x = Enumerable.Range(0, 2000).Select(_ => new[] { (float)random.Normal(), (float)random.Normal() }).ToArray();
        // A board of four fields: no single cut tells anything, two in a row tell all.
        var board = Array.ConvertAll(x, r => (r[0] > 0) ^ (r[1] > 0) ? 1 : 0);
        var even = Enumerable.Repeat(1.0, x.Length).ToArray();
        Assert.InRange(Share(ClassificationTree.Fit(x, board, even, depth: 8).Classify(x), board), 0.97, 1);
        Assert.InRange(Share(ClassificationTree.Fit(x, board, even, depth: 1).Classify(x), board), 0.4, 0.62);
        // A sloping border: one stump is right in three of four, fifty together in more than nine of ten.
        var slope = Array.ConvertAll(x, r => r[0] + r[1] > 0 ? 1 : 0);
        Assert.InRange(Share(AdaBoost.Fit(x, slope, rounds: 1)(x), slope), 0.7, 0.8);
        Assert.InRange(Share(AdaBoost.Fit(x, slope, rounds: 50)(x), slope), 0.92, 1);

        static double Share(int[] told, int[] truth) => told.Zip(truth).Count(p => p.First == p.Second) / (double)truth.Length;
    }

    [Fact]
    public void F1_is_that_of_the_rarer_of_two_classes()
    {
        // Of three ones two are told, and one zero is called a one: 2·2/(3 + 3).
        Assert.Equal(2.0 / 3, TableQuality.F1([1, 1, 0, 1, 0, 0, 0], [1, 1, 1, 0, 0, 0, 0], 2), 1e-12);
    }

    private static Dictionary<string, double> Scores(IReadOnlyList<NamedScore> scores) => scores.ToDictionary(s => s.Name, s => s.Score.Value);
}

using Likeness.Cli.Lines;

namespace Likeness.Cli.Tests.Lines;

/// <summary>Tables that nobody draws: aligned, as wide as a screen at most, and with every word of their cells.</summary>
public sealed class PlainTableTests
{
    [Fact]
    public void What_fits_stands_in_one_line_each() =>
        Assert.Equal(["a    value", "one  1.5", "two  22"], PlainTable.Lines([["a", "value"], ["one", "1.5"], ["two", "22"]], 100));

    [Fact]
    public void What_is_longer_goes_on_below_in_its_own_column()
    {
        string[][] rows =
        [
            ["method", "PSNR dB", "what it is"],
            ["null-space", "17.25 ± 0.31", "every step of the walk is brought to agree with what was measured, and then noise is added again"],
            ["mean", "9.1 ± 0.02", "short"],
        ];
        var lines = PlainTable.Lines(rows, 60).ToList();
        Assert.Equal(
        [
            "method      PSNR dB       what it is",
            "null-space  17.25 ± 0.31  every step of the walk is brought",
            "                          to agree with what was measured,",
            "                          and then noise is added again",
            "mean        9.1 ± 0.02    short",
        ], lines);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(8)]
    public void A_long_path_is_broken_and_no_number_is(int numbers)
    {
        var path = "learned (/home/somebody/" + string.Join('/', Enumerable.Repeat("a-folder-of-runs", 12)) + ")";
        string[] cells = [.. Enumerable.Range(1, numbers).Select(i => $"{i}2.345678")];
        string[][] rows = [["method", .. cells.Select((_, i) => $"number {i}")], [path, .. cells]];
        var lines = PlainTable.Lines(rows, 100).ToList();
        Assert.All(lines, l => Assert.InRange(l.Length, 0, 100));
        Assert.All(cells, c => Assert.Contains(lines, l => l.Split(' ').Contains(c)));
        Assert.Equal(path.Replace(" ", "", StringComparison.Ordinal), string.Concat(lines.Skip(1).SelectMany(l => l.Split(' ')).Where(w => w.Length > 0 && !cells.Contains(w) && w is not ("number" or "method") && !int.TryParse(w, out _))));
    }

    [Fact]
    public void Numbers_stay_whole_where_there_is_no_room_for_them_all()
    {
        string[] cells = [.. Enumerable.Range(0, 30).Select(i => $"{i}.125")];
        Assert.Equal(string.Join("  ", cells.Select(c => c.PadRight(6))).TrimEnd(), PlainTable.Lines([cells, [.. cells.Select(c => c + "0")]], 100).First().Replace("   ", "  ", StringComparison.Ordinal), ignoreWhiteSpaceDifferences: true);
    }
}

using System.Globalization;
using System.Text.Json.Nodes;
using Likeness.Tests;

namespace Likeness.Cli.Tests;

/// <summary>Forecasts of a series with a column of dates say of which dates they are.</summary>
public sealed class ForecastDateTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Steps_have_the_dates_of_the_file_and_behind_its_end_those_that_follow()
    {
        // 120 months from January 2010 on: the last is December 2019.
        var run = Train("month,sold", Enumerable.Range(0, 120).Select(i => new DateTime(2010, 1, 31).AddMonths(i)).Select(d => new DateTime(d.Year, d.Month, DateTime.DaysInMonth(d.Year, d.Month))), "dd.MM.yyyy");
        var rows = Forecast("--beyond", "--steps", "3", "-n", "2");
        Assert.Equal("draw,step,month,sold", rows[0]);
        Assert.Equal(["0,0,31.01.2020", "0,1,29.02.2020", "0,2,31.03.2020", "1,0,31.01.2020", "1,1,29.02.2020", "1,2,31.03.2020"], rows[1..].Select(r => r[..r.LastIndexOf(',')]));
        Assert.All(rows[1..], r => Assert.InRange(double.Parse(r.Split(',')[^1], CultureInfo.InvariantCulture), -3, 3));

        // The test part begins with month 108, January 2019; windows of 8, of which 5 are given.
        Assert.Equal(["30.06.2019", "31.07.2019", "31.08.2019"], Forecast("--past", "5", "-n", "1")[1..].Select(r => r.Split(',')[2]));
        // The last window ends with the file, so the third step is behind it.
        Assert.Equal(["30.11.2019", "31.12.2019", "31.01.2020"], Forecast("--example", "4", "--past", "6", "--steps", "3", "-n", "1")[1..].Select(r => r.Split(',')[2]));

        var json = JsonNode.Parse(CommandLine.Succeed("forecast", run, "--beyond", "--steps", "2", "-n", "2", "-o", _folder["f.png"], "--json"))!;
        Assert.Equal(["31.01.2020", "29.02.2020"], json["dates"]!.AsArray().Select(d => (string)d!));

        // Another file, whose dates come in another format.
        File.WriteAllLines(_folder["other.csv"], Enumerable.Range(0, 40).Select(i => string.Create(CultureInfo.InvariantCulture, $"{new DateTime(2024, 3, 1).AddDays(7 * i):yyyy-MM-dd},{Math.Sin(i):0.000}")).Prepend("week,sold"));
        CommandLine.Succeed("forecast", run, "--data", _folder["other.csv"], "--beyond", "--steps", "2", "-n", "1", "-o", _folder["f.csv"]);
        Assert.Equal(["draw,step,week,sold", "0,0,2024-12-06", "0,1,2024-12-13"], File.ReadAllLines(_folder["f.csv"]).Select((r, i) => i == 0 ? r : r[..r.LastIndexOf(',')]));
    }

    [Fact]
    public void Dates_that_are_not_even_are_left_out_behind_the_end_and_said()
    {
        var run = Train("day,sold", Enumerable.Range(0, 168).Select(i => new DateTime(2024, 1, 1).AddDays(i)).Where(d => d.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)), "yyyy-MM-dd");
        var outcome = CommandLine.Run("forecast", run, "--beyond", "--steps", "2", "-n", "1", "-o", _folder["f.csv"]);
        Assert.Equal(0, outcome.Code);
        Assert.Contains("The dates of 'day' are left out: the last ones (2024-06-12, 2024-06-13, 2024-06-14) are not even steps", outcome.Error, StringComparison.Ordinal);
        Assert.Equal("draw,step,sold", File.ReadAllLines(_folder["f.csv"])[0]);

        // As far as the file goes it has dates: 120 rows, of which the last 12 are tested on.
        Assert.Equal(["2024-06-06", "2024-06-07", "2024-06-10"], Forecast("--past", "5", "-n", "1")[1..].Select(r => r.Split(',')[2]));
    }

    [Fact]
    public void Series_without_dates_have_none_and_dates_of_several_are_each_ones_own()
    {
        var rows = from shop in new[] { "a", "b" } from i in Enumerable.Range(0, 100)
                   select string.Create(CultureInfo.InvariantCulture, $"{shop},{new DateTime(shop == "a" ? 2020 : 2022, 1, 1).AddDays(i):yyyy-MM-dd},{Math.Sin(i):0.000}");
        File.WriteAllLines(_folder["shops.csv"], rows.Prepend("shop,day,step"));
        CommandLine.Succeed("train", "linear-ar", "--data", _folder["shops.csv"], "--series-column", "shop", "--protocol", "windows", "--size", "8", "--set", "lags=2", "--threads", "1", "--out", _folder["run"]);
        // The hundredth day of 2020 is the 9th of April, and that of 2022 the 10th.
        Assert.Equal(["shop,draw,step,day,step", "a,0,0,2020-04-10", "b,0,0,2022-04-11"], Before(Forecast("--beyond", "--steps", "1", "-n", "1")));
        Assert.Equal(["shop,draw,step,day,step", "b,0,0,2022-04-11", "b,0,1,2022-04-12"], Before(Forecast("--beyond", "--series", "b", "--steps", "2", "-n", "1")));
        // Ten test rows of shop a, the last tenth of its hundred, make three windows; the first begins with day 90, 2020-03-31.
        Assert.Equal("a,0,0,2020-04-05", Before(Forecast("--past", "5", "--steps", "1", "-n", "1"))[1]);

        // A picture is of one series, and says of which.
        var picture = CommandLine.Run("forecast", _folder["run"], "--beyond", "--steps", "2", "-n", "2", "-o", _folder["f.png"], "--json");
        Assert.Contains("This is 'b', the last of 2 series", picture.Error, StringComparison.Ordinal);
        Assert.Equal("""[{"name":"b","dates":["2022-04-11","2022-04-12"]}]""", JsonNode.Parse(picture.Output)!["series"]!.ToJsonString());
        Assert.Contains("There is no series 'c'", CommandLine.Run("forecast", _folder["run"], "--beyond", "--series", "c", "-o", _folder["f.csv"]).Error, StringComparison.Ordinal);
        Assert.Contains("add --beyond", CommandLine.Run("forecast", _folder["run"], "--series", "b", "-o", _folder["f.csv"]).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_column_of_dates_stands_beside_steps_to_complete_as_well_and_gaps_are_filled_beside_theirs()
    {
        var run = Train("day,sold", Enumerable.Range(0, 100).Select(i => new DateTime(2024, 1, 1).AddDays(i)), "yyyy-MM-dd");
        CommandLine.Succeed("complete", run, "--data", _folder["dated.csv"], "--given", "first", "-n", "1", "--count", "2", "-o", _folder["whole.csv"]);
        Assert.Equal("series,step,sold", File.ReadLines(_folder["whole.csv"]).First());

        var lines = File.ReadAllLines(_folder["dated.csv"]);
        lines[5] = "2024-01-05,";
        File.WriteAllLines(_folder["gap.csv"], lines);
        // What comes behind the gap counts, which a model that goes forward weighs by particles.
        Assert.Contains("--particles", CommandLine.Run("complete", run, "--data", _folder["gap.csv"], "-o", _folder["whole.csv"]).Error, StringComparison.Ordinal);
        CommandLine.Succeed("complete", run, "--data", _folder["gap.csv"], "--particles", "64", "-o", _folder["whole.csv"]);
        var whole = File.ReadAllLines(_folder["whole.csv"]);
        Assert.Equal(lines.Where((_, i) => i != 5), whole.Where((_, i) => i != 5));
        Assert.StartsWith("2024-01-05,", whole[5], StringComparison.Ordinal);
        Assert.True(whole[5].Length > lines[5].Length);
    }

    [Fact]
    public void Series_that_are_too_short_to_be_cut_are_all_forecast_from_whatever_split_they_are_in()
    {
        var rows = from shop in Enumerable.Range(0, 12) from i in Enumerable.Range(0, 20) select string.Create(CultureInfo.InvariantCulture, $"s{shop},{Math.Sin(i + shop):0.000}");
        File.WriteAllLines(_folder["shops.csv"], rows.Prepend("shop,sold"));
        CommandLine.Succeed("train", "linear-ar", "--data", _folder["shops.csv"], "--series-column", "shop", "--protocol", "windows", "--size", "8", "--set", "lags=2", "--threads", "1", "--out", _folder["run"]);
        Assert.Equal([.. Enumerable.Range(0, 12).Select(i => $"s{i},0,0").Order()], Before(Forecast("--beyond", "--steps", "1", "-n", "1"))[1..].Order());
    }

    public void Dispose() => _folder.Dispose();

    // Rows without the last cell.
    private static string[] Before(string[] rows) => [.. rows.Select((r, i) => i == 0 ? r : r[..r.LastIndexOf(',')])];

    private string Train(string header, IEnumerable<DateTime> dates, string format)
    {
        File.WriteAllLines(_folder["dated.csv"], dates.Select((d, i) => string.Create(CultureInfo.InvariantCulture, $"{d.ToString(format, CultureInfo.InvariantCulture)},{Math.Sin(i):0.000}")).Prepend(header));
        CommandLine.Succeed("train", "linear-ar", "--data", _folder["dated.csv"], "--protocol", "windows", "--size", "8", "--set", "lags=2", "--threads", "1", "--out", _folder["run"]);
        return _folder["run"];
    }

    private string[] Forecast(params string[] how)
    {
        CommandLine.Succeed(["forecast", _folder["run"], .. how, "-o", _folder["f.csv"]]);
        return File.ReadAllLines(_folder["f.csv"]);
    }
}

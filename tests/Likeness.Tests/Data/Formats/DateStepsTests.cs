using System.Globalization;

namespace Likeness.Tests;

/// <summary>Dates go on by the step between the last ones, in their own format, or not at all.</summary>
public sealed class DateStepsTests
{
    [Theory]
    [InlineData("2024-02-26 2024-02-27 2024-02-28", "2024-02-29 2024-03-01 2024-03-02")] // days, over the 29th of February
    [InlineData("15.01.2024 22.01.2024 29.01.2024", "05.02.2024 12.02.2024 19.02.2024")] // weeks
    [InlineData("2023-07-01 2023-08-01 2023-09-01", "2023-10-01 2023-11-01 2023-12-01")] // months, each of 31 days so far
    [InlineData("2023-10-31 2023-11-30 2023-12-31", "2024-01-31 2024-02-29 2024-03-31")] // ends of months
    [InlineData("2023-11-30 2023-12-30 2024-01-30", "2024-02-29 2024-03-30 2024-04-30")] // the 30th, or the last day before it
    [InlineData("2023-04 2023-07 2023-10", "2024-01 2024-04 2024-07")] // quarters
    [InlineData("2/28/2021 2/28/2022 2/28/2023", "2/29/2024 2/28/2025 2/28/2026")] // years, at the end of a month
    [InlineData("2019-06-15 2020-06-15 2021-06-15", "2022-06-15 2023-06-15 2024-06-15")]
    [InlineData("2024-01-01T22:00 2024-01-01T23:00 2024-01-02T00:00", "2024-01-02T01:00 2024-01-02T02:00 2024-01-02T03:00")] // hours
    [InlineData("23:15:00 23:30:00 23:45:00", "00:00:00 00:15:00 00:30:00")] // minutes of a day
    [InlineData("01/01/2024 01/02/2024 01/03/2024", "01/04/2024 01/05/2024 01/06/2024")] // days of January or firsts of months, written alike so far
    [InlineData("2024/01/01 2024/01/29 2024/02/26", "2024/03/25 2024/04/22 2024/05/20")] // four weeks
    public void Even_steps_go_on(string given, string expected) =>
        Assert.Equal(expected.Split(' '), DateSteps.Onward(given.Split(' '), 3, 3));

    [Theory]
    [InlineData("2024-01-01 2024-01-02 2024-01-04")]
    [InlineData("2024-01-01 2024-01-02")] // one step shows nothing
    [InlineData("2024-01-01 2024-01-02 3.1.2024")] // no one format
    [InlineData("2024-01-31 2024-02-28 2024-03-31")] // not the last day of that February
    [InlineData("01/10/2024 01/11/2024 01/12/2024")] // three days of January, or the firsts of three months
    [InlineData("9997-01-01 9998-01-01 9999-01-01")] // calendars end
    public void Others_do_not(string given) => Assert.Null(DateSteps.Onward(given.Split(' '), 3, 3));

    [Fact]
    public void Days_of_work_are_not_days_and_days_after_a_gap_are()
    {
        var days = Enumerable.Range(0, 60).Select(i => new DateTime(2024, 1, 1).AddDays(i)).ToList();
        // The first of January was a Monday; five days of a window would be even.
        Assert.Null(Onward(days.Where(d => d.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)).Take(25)));
        Assert.Equal(["2024-03-01", "2024-03-02"], Onward(days.Where(d => d.Day != 5)));

        IReadOnlyList<string>? Onward(IEnumerable<DateTime> dates) => DateSteps.Onward([.. dates.Select(d => d.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))], 2, 5);
    }

    [Fact]
    public void A_date_that_only_one_order_can_have_decides_for_all()
    {
        // The 13th to 15th of January make the first three the days 1 to 3 of it.
        string[] dates = [.. Enumerable.Range(1, 15).Select(d => $"01/{d:00}/2024")];
        Assert.Equal(["01/16/2024", "01/17/2024"], DateSteps.Onward(dates, 2, 3));
    }
}

using System.Globalization;

namespace Likeness.Cli.Tests;

/// <summary>The series that a reader of docs/time-series.md has: of shops with static features, and one with gaps.</summary>
internal static class ReaderSeries
{
    public static void Write()
    {
        string[] regions = ["north", "south"];
        File.WriteAllLines("shops.csv", ["shop,region,area,sales", .. from shop in Enumerable.Range(0, 12) from day in Enumerable.Range(0, 40)
            select string.Create(CultureInfo.InvariantCulture, $"s{shop},{regions[shop % 2]},{40 + (10 * shop)},{10 + shop + (3 * Math.Sin(day)):F1}")]);
        File.WriteAllLines("energy.csv", ["day,load", .. Enumerable.Range(0, 600).Select(t =>
            string.Create(CultureInfo.InvariantCulture, $"{new DateTime(2024, 1, 1).AddDays(t):yyyy-MM-dd},{(t is 20 or 21 or 300 ? "" : (50 + (9 * Math.Sin(t / 3.0))).ToString("F1", CultureInfo.InvariantCulture))}"))]);
    }
}

using System.Globalization;

namespace Likeness;

/// <summary>How many there are of something, in words of a message: "1 row", "2 rows".</summary>
public static class Counted
{
    /// <summary>A count and what is counted.</summary>
    /// <param name="count">How many.</param>
    /// <param name="one">What one is called: "training row".</param>
    /// <param name="many">What several are called, where that is more than an s at its end.</param>
    public static string Of(long count, string one, string? many = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : many ?? $"{one}s")}");

    /// <summary>The same after a number that is written in another way, such as 1,000.</summary>
    /// <param name="text">The number as written.</param>
    /// <param name="one">What one is called.</param>
    public static string Of(string text, string one) => $"{text} {one}{(text == "1" ? "" : "s")}";
}

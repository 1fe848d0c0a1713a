namespace Likeness;

/// <summary>What a chart says beside its numbers.</summary>
/// <param name="Title">Above it.</param>
/// <param name="Across">Of the horizontal axis.</param>
/// <param name="Up">Of the vertical axis.</param>
public sealed record ChartWords(string Title = "", string Across = "", string Up = "");

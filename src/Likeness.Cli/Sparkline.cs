namespace Likeness.Cli;

/// <summary>A course of numbers as one line of text.</summary>
internal static class Sparkline
{
    private const string Levels = "▁▂▃▄▅▆▇█";

    /// <param name="values">In their order; means of neighbours where there are more than the width.</param>
    /// <param name="width">Characters at most.</param>
    public static string Draw(IReadOnlyList<double> values, int width = 40)
    {
        if (values.Count == 0)
        {
            return "";
        }

        var columns = Math.Min(width, values.Count);
        var means = Enumerable.Range(0, columns)
            .Select(c => Mean(values, c * values.Count / columns, (c + 1) * values.Count / columns)).ToArray();
        var (low, high) = (means.Min(), means.Max());
        return string.Concat(means.Select(m => Levels[high > low ? (int)Math.Min((m - low) / (high - low) * Levels.Length, Levels.Length - 1) : 0]));
    }

    private static double Mean(IReadOnlyList<double> values, int from, int to) => Enumerable.Range(from, to - from).Average(i => values[i]);
}

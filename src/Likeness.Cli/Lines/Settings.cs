namespace Likeness.Cli.Lines;

/// <summary>What --set says.</summary>
internal static class Settings
{
    /// <exception cref="UsageException">A word is no setting.</exception>
    public static JsonObject Read(IReadOnlyList<string>? assignments)
    {
        var options = new JsonObject();
        for (var i = 0; i < assignments?.Count; i++)
        {
            var word = assignments[i];
            if (!word.Contains('=', StringComparison.Ordinal))
            {
                var (key, value) = word.Split(':', 2) is [var left, var right] ? (left, right) : (word, string.Concat(assignments.Skip(i + 1).TakeWhile(a => !a[1..].Contains('=', StringComparison.Ordinal))).TrimStart('='));
                throw new UsageException($"The setting '{word}' is not of the form key=value: write --set {key}={(value.Length > 0 ? value : "VALUE")}, without blanks.");
            }

            OptionsJson.Set(options, word);
        }

        return options;
    }
}

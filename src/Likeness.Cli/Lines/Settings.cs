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

    /// <summary>A result for programs, with what was chosen anew when the model was asked, if anything was.</summary>
    public static JsonObject Said(JsonObject result, TrainedModel? trained)
    {
        if (trained?.Chosen is { } chosen)
        {
            result["chosen"] = chosen.DeepClone();
        }

        return result;
    }
}

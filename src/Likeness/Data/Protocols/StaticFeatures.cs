using System.Globalization;

namespace Likeness;

/// <summary>What is the same in all steps of a series: channels that models are told beside its values.</summary>
internal static class StaticFeatures
{
    // More different words than that are names of the series and no feature of them.
    private const int MostWords = 100;

    /// <summary>The rows with the channels of their static features as last columns.</summary>
    /// <param name="sheet">The rows, and the cells of the static columns.</param>
    /// <param name="known">What a model knows, if the rows are for one.</param>
    /// <exception cref="DataException">A column changes within a series, has no value there, or holds what the model does not know.</exception>
    public static Sheet Told(Sheet sheet, DataFit? known)
    {
        if (sheet.StaticCells.Count == 0)
        {
            return sheet;
        }

        var statics = new List<DataStatic>();
        var channels = new List<double[]>();
        foreach (var column in sheet.StaticCells)
        {
            var all = Settled(sheet, column);
            var feature = known?.Statics?.FirstOrDefault(s => s.Name == column.Name) ?? Of(sheet, column, all);
            statics.Add(feature);
            channels.AddRange(Channels(sheet, feature, all));
        }

        if (known?.Statics is { } order)
        {
            statics = [.. order];
        }

        var (moving, width) = (sheet.Values.RowLength, sheet.Values.RowLength + channels.Count);
        var values = new double[sheet.Rows * width];
        for (var i = 0; i < sheet.Rows; i++)
        {
            sheet.Values.Read(i * moving, values.AsSpan(i * width, moving));
            for (var c = 0; c < channels.Count; c++)
            {
                values[(i * width) + moving + c] = channels[c][i];
            }
        }

        var names = sheet.Columns ?? [.. Enumerable.Range(1, moving).Select(i => $"x{i}")];
        return sheet with
        {
            Values = new(values, [sheet.Rows, width]),
            Columns = [.. names, .. sheet.StaticCells.SelectMany(c => statics.First(s => s.Name == c.Name).ChannelNames)],
            Statics = statics,
        };
    }

    /// <summary>What is wrong where rows with static columns are no steps of series.</summary>
    public static UsageException OfNoSeries(string name, string? protocol) => new(Sentence.Of(
        $"'{name}' is read as a table of single rows{(protocol is null ? "" : $" (protocol '{protocol}')")}, and static features ({new Remedy.Option("Static")}) belong to series: if its rows are steps of series, say so ({new Remedy.Option("Protocol", Protocols.Windows)}, and {new Remedy.Option("SeriesColumn", "NAME")} where a column says which series a row belongs to), else leave them out."));

    // The cell of each row's series; rows in which it is empty have it from the others.
    private static string[] Settled(Sheet sheet, StaticCells column)
    {
        var first = new Dictionary<string, int>();
        var keys = new string[sheet.Rows];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = sheet.Series?[i] ?? "";
            var cell = column.Cells[i];
            if (SchemaColumn.IsMissing(cell))
            {
                continue;
            }

            if (!first.TryGetValue(keys[i], out var before))
            {
                first[keys[i]] = i;
            }
            else if (!ClassLabels.IsSame(column.Cells[before], cell))
            {
                throw new DataException(Sentence.Of(
                    $"'{sheet.Name}' has '{column.Cells[before]}' in {sheet.Place(before)} and '{cell}' in {sheet.Place(i)} in the column '{column.Name}'{Of(keys[i])}: a static feature is the same in all rows of a series; correct it, or leave the column out of {new Remedy.Option("Static")}."));
            }
        }

        return [.. keys.Select((key, i) => first.TryGetValue(key, out var place) ? column.Cells[place] : throw new DataException(
            $"'{sheet.Name}' has no value in the static column '{column.Name}'{Of(key)}: fill it in, in one row at least."))];

        static string Of(string key) => key.Length == 0 ? "" : $" of the series '{key}'";
    }

    private static DataStatic Of(Sheet sheet, StaticCells column, string[] all)
    {
        string[] words = [.. all.Distinct().Order(StringComparer.Ordinal)];
        return Array.TrueForAll(words, w => Number(w) is not null) ? new(column.Name, column.Place, [])
            : words.Length <= MostWords ? new(column.Name, column.Place, words)
            : throw new DataException(Sentence.Of(
                $"'{sheet.Name}' has {words.Length} different words in the static column '{column.Name}' ('{words[0]}', '{words[1]}', …), and at most {MostWords} are learned from: group them, write them as numbers, or leave the column out of {new Remedy.Option("Static")}."));
    }

    private static IEnumerable<double[]> Channels(Sheet sheet, DataStatic feature, string[] all)
    {
        if (feature.Words.Count == 0)
        {
            yield return [.. all.Select((cell, i) => Number(cell) ?? throw new DataException(
                $"'{sheet.Name}' has '{cell}' in the static column '{feature.Name}' in {sheet.Place(i)}, where the model knows numbers: write one."))];
            yield break;
        }

        var places = Array.ConvertAll(all, cell => feature.Words.ToList().FindIndex(w => ClassLabels.IsSame(w, cell)));
        if (Array.IndexOf(places, -1) is >= 0 and var row)
        {
            throw new DataException(
                $"'{sheet.Name}' has '{all[row]}' in the static column '{feature.Name}' in {sheet.Place(row)}, which the model does not know: write {string.Join(", ", feature.Words.Take(8))}{(feature.Words.Count > 8 ? ", …" : "")}.");
        }

        for (var w = 0; w < feature.Words.Count; w++)
        {
            yield return Array.ConvertAll(places, p => p == w ? 1.0 : 0.0);
        }
    }

    private static double? Number(string cell) => double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && float.IsFinite((float)value) ? value : null;
}

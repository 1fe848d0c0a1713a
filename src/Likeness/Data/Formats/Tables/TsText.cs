using System.Globalization;

namespace Likeness;

/// <summary>
/// `.ts` files of the UCR and UEA archives: lines of @ and a word, then @data and a series in each line. Its variables, which have a value for each step with
/// commas between them, are separated by colons; the class comes last. What is missing is a question mark.
/// </summary>
internal static class TsText
{
    /// <summary>The steps of all series below each other, with the series and the class of each.</summary>
    /// <exception cref="DataException">The file is damaged, or has time stamps.</exception>
    public static Sheet Read(string path)
    {
        const long limit = 1 << 28;
        using var file = BoundedReader.Open(path, limit);
        var lines = file.ReadText().Split('\n');
        var (classes, at) = ((string[]?)null, 0);
        for (; at < lines.Length && !lines[at].StartsWith("@data", StringComparison.OrdinalIgnoreCase); at++)
        {
            string[] words = lines[at].Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            switch (words)
            {
                case [var word, var yes, ..] when word.Equals("@timeStamps", StringComparison.OrdinalIgnoreCase) && yes.Equals("true", StringComparison.OrdinalIgnoreCase):
                    throw file.Damaged("its series have time stamps, which are not read", "write values at equal steps, with '@timeStamps false'");
                case [var word, var yes, .. var names] when word.Equals("@classLabel", StringComparison.OrdinalIgnoreCase) && yes.Equals("true", StringComparison.OrdinalIgnoreCase):
                    classes = names;
                    break;
                default:
                    break;
            }
        }

        if (at == lines.Length)
        {
            throw file.Damaged("no line '@data' comes before its series", "get the published file");
        }

        var (values, series, labels, places) = (new List<double>(), new List<string>(), new List<string>(), new List<int>());
        var (width, count) = (0, 0);
        for (var i = at + 1; i < lines.Length; i++)
        {
            var line = lines[i].Trim();
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            var parts = line.Split(':');
            var dimensions = parts.Length - (classes is null ? 0 : 1);
            if (dimensions < 1 || (width > 0 && dimensions != width))
            {
                throw file.Damaged($"line {i + 1} has {Counted.Of(dimensions, "variable")}{(classes is null ? "" : " and a class")}, and the first series {width}", "all series must have the same variables");
            }

            var label = classes is null ? "" : parts[^1].Trim();
            if (classes is { Length: > 0 } && !classes.Contains(label))
            {
                throw file.Damaged($"line {i + 1} has the class '{label}', which is none of {string.Join(", ", classes)}", "get the published file");
            }

            width = dimensions;
            var cells = parts[..dimensions].Select(p => p.Split(',')).ToArray();
            var steps = cells[0].Length;
            if (Array.Find(cells, c => c.Length != steps) is { } other)
            {
                throw file.Damaged($"line {i + 1} has variables of {steps} and of {Counted.Of(other.Length, "step")}", "a series has a value of each variable at each step, or a question mark");
            }

            for (var step = 0; step < steps; step++)
            {
                values.AddRange(cells.Select(variable => Number(variable[step].Trim(), i + 1)));
                series.Add($"{count}");
                labels.Add(label);
                places.Add(i + 1);
            }

            count++;
        }

        return count == 0 ? throw file.Damaged("it holds no series after '@data'", "get the published file") : new(path, new(values.ToArray(), [values.Count / width, width]), null)
        {
            Series = series,
            Labels = classes is null ? null : labels,
            Lines = places,
            IsSeries = true,
        };

        double Number(string cell, int line) => cell is "?" or "NaN" ? double.NaN
            : double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && float.IsFinite((float)value) ? value
            : throw file.Damaged($"line {line} holds '{cell}', which is no finite number", "get the published file");
    }
}

namespace Likeness;

/// <summary>Metadata as lines of JSON objects (`metadata.jsonl`), as data sets of images are published with: the keys are the columns.</summary>
internal static class MetadataLines
{
    public static Metadata Read(BoundedReader file)
    {
        var (columns, lines) = (new List<string>(), new List<Dictionary<string, string>>());
        var number = 0;
        foreach (var line in file.ReadText().Split('\n'))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            var cells = Cells(file, line, number);
            columns.AddRange(cells.Keys.Except(columns).ToList());
            lines.Add(cells.TryGetValue("file_name", out var name) && name.Length > 0 ? cells
                : throw file.Damaged($"line {number} has no 'file_name' (it has {string.Join(", ", cells.Keys.DefaultIfEmpty("nothing"))})", "name each line's image there"));
        }

        return lines.Count > 0
            ? new(columns, lines.ConvertAll(cells => (IReadOnlyList<string>)[.. columns.Select(c => cells.GetValueOrDefault(c, ""))]))
            : throw file.Damaged("it has no line", "write a JSON object with 'file_name' for each image");
    }

    private static Dictionary<string, string> Cells(BoundedReader file, string line, int number)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement.ValueKind != JsonValueKind.Object
                ? throw file.Damaged($"line {number} is no JSON object", "write one with 'file_name' for each image")
                : json.RootElement.EnumerateObject().DistinctBy(p => p.Name).ToDictionary(p => p.Name, p => p.Value.ValueKind switch
                {
                    JsonValueKind.String => p.Value.GetString()!,
                    JsonValueKind.Null => "",
                    _ => p.Value.GetRawText(),
                });
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw file.Damaged($"line {number} cannot be read as JSON", "write one object on each line");
        }
    }
}

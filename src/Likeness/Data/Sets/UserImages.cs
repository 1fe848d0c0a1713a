using Likeness.Core;
using Likeness.Data.Formats;

namespace Likeness.Data.Sets;

/// <summary>
/// The user's own pictures: a folder or a ZIP archive. Its splits are those of its folders train, validation and test or of
/// its metadata's column split, else as in <see cref="Allotment"/>. A caption is the metadata's column text, followed by its column
/// keywords if there is one. Columns other than these, file_name, label and split are attributes where they have 2 to 100 different values.
/// </summary>
internal static class UserImages
{
    private const int MostValues = 100;

    private static readonly Dictionary<string, Split> SplitNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["train"] = Split.Train,
        ["training"] = Split.Train,
        ["val"] = Split.Validation,
        ["valid"] = Split.Validation,
        ["validation"] = Split.Validation,
        ["test"] = Split.Test,
    };

    public static IDataset Open(string path, DataOptions options)
    {
        var protocol = Protocols.Choose(options.Protocol, Protocols.OfImages);
        var (domain, coding) = Protocols.ForImages(protocol);
        var (folder, images) = ImageFolder.Read(path, options.Size);

        var (splits, classes) = Places(folder, options);
        var (labels, classNames) = Numbered(classes);
        var captions = Captions(folder.Metadata);
        var attributes = Attributes(folder.Metadata);

        var parts = splits.Select(chosen => new Part(new ByteExamples(images.Choose(chosen).Pixels, images.Dimensions, coding))
        {
            Label = labels is null ? null : i => labels[chosen[i]],
            Caption = captions is null ? null : i => captions[chosen[i]],
            Attribute = (i, a) => attributes[a].Values[chosen[i]],
        }).ToArray();
        var all = new Splits(path, protocol, new(images.Shape, domain, classNames.Count), parts[0], parts[1], parts[2]);
        var named = attributes.Select(a => a.Attribute).ToList();
        return (labels, captions) switch
        {
            (not null, not null) => new AnnotatedDataset(all, classNames, named),
            (not null, null) => new LabelledDataset(all, classNames),
            (null, not null) => new CaptionedDataset(all, named),
            _ => new PlainDataset(all),
        };
    }

    // The text, and after it the keywords where there are some.
    private static IReadOnlyList<string>? Captions(Metadata? table) =>
        table?.Column("text") is { } texts && table.Column("keywords") is { } keywords
            ? [.. texts.Zip(keywords, (text, words) => words.Length > 0 ? $"{text}, {words}" : text)]
            : table?.Column("text");

    // Where each image goes and which class it has, from its metadata or else from its folders.
    private static (int[][] Splits, IReadOnlyList<string>? Classes) Places(ImageFolder folder, DataOptions options)
    {
        var folders = folder.Files.Select(f => f.Split('/')[..^1]).ToList();
        // An archive often holds one folder that holds everything.
        while (folders.TrueForAll(f => f.Length > 0 && f[0] == folders[0][0] && !SplitNames.ContainsKey(f[0])) && folders.Exists(f => f.Length > 1))
        {
            folders = folders.ConvertAll(f => f[1..]);
        }

        var splitNames = folder.Metadata?.Column("split");
        if (splitNames is null && folders.TrueForAll(f => f.Length > 0 && SplitNames.ContainsKey(f[0])))
        {
            splitNames = folders.ConvertAll(f => f[0]);
            folders = folders.ConvertAll(f => f[1..]);
        }

        var classes = folder.Metadata is { } table
            ? table.Column("label")
            : folders.TrueForAll(f => f.Length > 0) ? folders.ConvertAll(f => f[0]) : null;
        if (splitNames is null)
        {
            return (Allotment.Of(folder.Files.Count, options), classes);
        }

        var splits = Enumerable.Range(0, splitNames.Count).ToLookup(i => SplitNames.TryGetValue(splitNames[i], out var split)
            ? split
            : throw new DataException($"'{folder.Name}' puts '{folder.Files[i]}' into the split '{splitNames[i]}': use train, validation or test."));
        return ([[.. splits[Split.Train]], [.. splits[Split.Validation]], [.. splits[Split.Test]]], classes);
    }

    private static (int[]? Numbers, IReadOnlyList<string> Names) Numbered(IReadOnlyList<string>? values)
    {
        if (values is null)
        {
            return (null, []);
        }

        var names = values.Distinct().Order(StringComparer.Ordinal).ToList();
        var numbers = names.Select((name, i) => (name, i)).ToDictionary(p => p.name, p => p.i);
        return ([.. values.Select(v => numbers[v])], names);
    }

    private static List<(DataAttribute Attribute, int[] Values)> Attributes(Metadata? table)
    {
        var attributes = new List<(DataAttribute, int[])>();
        foreach (var column in table?.Columns.Except(["file_name", "text", "label", "split", "keywords"]) ?? [])
        {
            var (numbers, names) = Numbered(table!.Column(column));
            if (names.Count is >= 2 and <= MostValues)
            {
                attributes.Add((new(column, names), numbers!));
            }
        }

        return attributes;
    }
}

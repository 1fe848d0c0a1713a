namespace Likeness;

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
        // Pictures of bits are black and white.
        var bits = options is { Protocol: Protocols.Binary } && (options.For is not null || options.Like is not null);
        var protocol = bits ? Protocols.Threshold : Protocols.Choose(options.Protocol, Protocols.OfImages);
        var (domain, coding) = Protocols.ForImages(protocol);
        var (folder, images) = ImageFolder.Read(path, options.Size, options.SkipDamaged);
        images = images.InColours(options.For);

        var names = Names(folder.Files);
        var (splits, classes) = Places(folder, names, options);
        IReadOnlyList<string> notes = [];
        ClassLabels? known = null;
        if (classes?.Any(c => c.Length > 0) == true)
        {
            var found = ClassLabels.Of(classes, splits[0], options.KnownClasses);
            (splits, known, notes) = found.Settle(path, splits, classes, options.KnownClasses is not null);
            if (known is not null && classes.ToList().IndexOf("") is >= 0 and var first)
            {
                notes = [.. notes, $"{classes.Count(c => c.Length == 0)} of {Counted.Of(classes.Count, "picture")} of '{path}' have no label (the first is '{folder.Files[first]}', row {first + 1} of its metadata): models that learn from labelled and unlabelled examples learn from them, and models of classes leave them out."];
            }
        }

        var (labels, classNames) = (known?.Numbers, known?.Names ?? []);
        var captions = Captions(folder.Metadata);
        var attributes = Attributes(folder.Metadata);

        var parts = splits.Select(chosen => new Part(new ByteExamples(images.Choose(chosen).Pixels, images.Dimensions, coding))
        {
            Label = labels is null ? null : i => labels[chosen[i]],
            Caption = captions is null ? null : i => captions[chosen[i]],
            Attribute = (i, a) => attributes[a].Values[chosen[i]],
            Name = i => names[chosen[i]],
            File = i => folder.Files[chosen[i]],
        }).ToArray();
        var all = new Splits(path, protocol, new(images.Shape, domain, classNames.Count), parts[0], parts[1], parts[2]) { Notes = [.. folder.Notes, .. notes], Damaged = folder.Damaged };
        return new MemoryDataset(all.WithUnlabelled(), classNames, [.. attributes.Select(a => a.Attribute)]);
    }

    // The text, and after it the keywords where there are some.
    private static IReadOnlyList<string>? Captions(Metadata? table) =>
        table?.Column("text") is { } texts && table.Column("keywords") is { } keywords
            ? [.. texts.Zip(keywords, (text, words) => words.Length > 0 ? $"{text}, {words}" : text)]
            : table?.Column("text");

    // What an image shows, whatever kind of picture it is: its place below the folder that holds everything and below that of its split.
    private static string[] Names(IReadOnlyList<string> files)
    {
        var outer = Outer(files.Select(f => f.Split('/')[..^1]).ToList());
        return [.. files.Select(file =>
        {
            var parts = Path.ChangeExtension(file, null).Split('/')[outer..];
            return string.Join('/', parts.Length > 1 && SplitNames.ContainsKey(parts[0]) ? parts[1..] : parts);
        })];
    }

    // How many folders hold everything, and have no meaning: an archive often has one.
    private static int Outer(List<string[]> folders)
    {
        var depth = 0;
        while (folders.TrueForAll(f => f.Length > depth && f[depth] == folders[0][depth] && !SplitNames.ContainsKey(f[depth])) && folders.Exists(f => f.Length > depth + 1))
        {
            depth++;
        }

        return depth;
    }

    // Where each image goes and which class it has, from its metadata or else from its folders.
    private static (int[][] Splits, IReadOnlyList<string>? Classes) Places(ImageFolder folder, string[] names, DataOptions options)
    {
        var folders = folder.Files.Select(f => f.Split('/')[..^1]).ToList();
        var outer = Outer(folders);
        folders = folders.ConvertAll(f => f[outer..]);

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
            return (options.ByName ? Allotment.ByName(names, options) : Allotment.Of(folder.Files.Count, options), classes);
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

        var names = values.Where(v => v.Length > 0).Distinct().Order(StringComparer.Ordinal).ToList();
        var numbers = names.Select((name, i) => (name, i)).ToDictionary(p => p.name, p => p.i);
        // Of an empty cell nothing is known.
        return ([.. values.Select(v => numbers.GetValueOrDefault(v, -1))], names);
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

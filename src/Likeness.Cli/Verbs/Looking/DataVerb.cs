namespace Likeness.Cli.Verbs;

/// <summary><c>likeness data [list | info NAME | fetch NAME | export NAME]</c>.</summary>
internal static class DataVerb
{
    private const int MostColumns = 20;

    public static Command Create(Terminal terminal)
    {
        var listRoot = CommonOptions.DataRoot();
        var list = new Command("list", "every built-in data set, and whether its files are here") { listRoot };
        list.SetAction(parsed => List(terminal, new DataOptions(parsed.GetValue(listRoot))));

        var name = NameArgument();
        var infoRoot = CommonOptions.DataRoot();
        var protocol = new Option<string?>("--protocol") { Description = "the preprocessing", HelpName = "NAME" };
        var infoSize = CommonOptions.Number("--size", "side in pixels to which images are brought, or the length of windows", 1);
        var infoSkip = CommonOptions.SkipDamaged();
        var infoTable = new TableFlags();
        var info = new Command("info", "shape, counts and protocols of a data set or of a file") { name, infoRoot, protocol, infoSize, infoSkip };
        var writeSchema = new Option<string?>("--write-schema") { Description = "keep what the columns of a mixed table may hold, to be edited and given to train --schema", HelpName = "FILE" };
        infoTable.AddTo(info);
        info.Options.Add(writeSchema);
        info.SetAction(parsed => Info(terminal, parsed.GetValue(name)!, parsed.GetValue(writeSchema), new(parsed.GetValue(infoRoot), parsed.GetValue(protocol), parsed.GetValue(infoSize)) { Table = infoTable.Read(parsed), SkipDamaged = parsed.GetValue(infoSkip) }));

        var fetched = NameArgument();
        var fetch = new Command("fetch", "download a data set to the cache, with its checksum checked") { fetched };
        fetch.SetAction(parsed =>
        {
            var entry = DatasetCatalog.Find(parsed.GetValue(fetched)!);
            using var client = new HttpClient();
            foreach (var file in new Download(client).FetchAsync(entry, DataOptions.Default, new Arrivals(terminal)).GetAwaiter().GetResult())
            {
                terminal.Note($"fetched {file}");
            }

            return Info(terminal, entry.Name, null, DataOptions.Default);
        });

        var command = new Command("data", "list, describe, download and export data") { list, info, fetch, Export(terminal) };
        command.SetAction(_ => List(terminal, DataOptions.Default));
        return command;
    }

    private static Command Export(Terminal terminal)
    {
        var name = NameArgument();
        var root = CommonOptions.DataRoot();
        var protocol = new Option<string?>("--protocol") { Description = "the preprocessing", HelpName = "NAME" };
        var size = CommonOptions.Size();
        var skip = CommonOptions.SkipDamaged();
        var split = CommonOptions.SplitOption("which part of the data (default test)");
        var limit = CommonOptions.Number("--limit", "at most so many examples", 1);
        var output = new Option<string>("--out", "-o") { Description = $"the file to write ({string.Join(", ", Sampling.Extensions)}), or a folder (DIR/) for one picture each", HelpName = "FILE|DIR/", Required = true };
        var table = new TableFlags();
        var export = new Command("export", "write examples as a model sees them to a file, for other programs to learn from; rows of a mixed table in .csv with their own words, dates and gaps") { name, output, split, limit, size, skip, protocol, root };
        table.AddTo(export);
        export.SetAction(parsed =>
        {
            var file = CommonOptions.CheckExamples(parsed.GetValue(output))!;
            var data = terminal.Noted(DatasetCatalog.Open(parsed.GetValue(name)!, new(parsed.GetValue(root), parsed.GetValue(protocol), parsed.GetValue(size)) { Table = table.Read(parsed), SkipDamaged = parsed.GetValue(skip) }));
            var part = CommonOptions.ToSplit(parsed.GetValue(split));
            var examples = ExampleSet.Of(data, part, parsed.GetValue(limit) ?? int.MaxValue, 100);
            var labels = examples.Labels is { } numbers && data.ClassNames.Count > 0 ? Array.ConvertAll(numbers, l => data.ClassNames[l]) : null;
            var fit = data.Origin.Fit;
            var cells = fit.Schema is not null && file.EndsWith(".csv", StringComparison.OrdinalIgnoreCase);
            Sampling.Write(file, Tensor.From(examples.Values, data.Spec.BatchShape(examples.Count)), data.Spec, cells ? fit : fit.Raw, labels: labels);
            terminal.Note($"{Counted.Of(examples.Count, "example")} of {data.Spec} ({data.Name}, {data.Protocol}, {part.ToString().ToLowerInvariant()}) {(examples.Count == 1 ? "is" : "are")} in {file}");
            return ExitCode.Done;
        });
        return export;
    }

    // A column of numbers with missing cells is two things to a model: what a reader of the columns below would not count.
    private static string Flags(IDataset data) =>
        data.Spec.Domain is Domain.Mixed && data.Origin.Fit.Schema?.Columns.Count(c => c is { IsNumber: true, Missing: not null, Low: not null, Edges.Count: 0 }) is > 0 and var flags
            ? $", {flags} of which {(flags == 1 ? "says" : "say")} whether a number is missing"
            : "";

    // Says how far each file is, now and then.
    private sealed class Arrivals(Terminal terminal) : IProgress<DownloadProgress>
    {
        private Tracker? _tracker;
        private string? _file;

        public void Report(DownloadProgress value)
        {
            const double megabyte = 1 << 20;
            if (_file != value.File || _tracker is null)
            {
                var tracker = new Tracker(value.File, "MB", (value.Total ?? value.Bytes) / megabyte);
                tracker.Changed = () => tracker.WriteLineAtTimes(terminal.Error);
                (_file, _tracker) = (value.File, tracker);
            }

            _tracker.Report(value.Bytes / megabyte);
        }
    }

    private static Argument<string> NameArgument()
    {
        var argument = new Argument<string>("NAME") { Description = "a data set's name, or a path" };
        argument.CompletionSources.Add(_ => DatasetCatalog.BuiltIn.Select(e => new System.CommandLine.Completions.CompletionItem(e.Name)));
        return argument;
    }

    private static int List(Terminal terminal, DataOptions options)
    {
        var rows = DatasetCatalog.BuiltIn.Select(e => (Entry: e, Where: Where(e, options))).ToList();
        if (terminal.Json)
        {
            foreach (var (entry, where) in rows)
            {
                terminal.Print(new JsonObject
                {
                    ["name"] = entry.Name,
                    ["description"] = entry.Description,
                    ["licence"] = entry.Licence,
                    ["protocols"] = new JsonArray([.. entry.Protocols.Select(p => (JsonNode)p)]),
                    ["where"] = where,
                });
            }
        }
        else
        {
            terminal.Table(["data set", "where", "protocols", "what"], rows.Select(r => (string[])
                [r.Entry.Name, r.Where ?? "not here", string.Join(", ", r.Entry.Protocols), r.Entry.Description]));
        }

        return ExitCode.Done;
    }

    // Computed sets need no files; others are here when their first file is.
    private static string? Where(DatasetEntry entry, DataOptions options) =>
        entry.Files.Count == 0 ? "built in" : Path.GetDirectoryName(new DataFiles(entry, options).Find(entry.Files[0].Name));

    private static int Info(Terminal terminal, string name, string? schemaFile, DataOptions options)
    {
        // A schema is there where a table is read by one.
        var data = terminal.Noted(DatasetCatalog.Open(name, schemaFile is null || options.Protocol is not null ? options : options with { Protocol = Protocols.Mixed }));
        if (schemaFile is not null)
        {
            (data.Origin.Fit.Schema ?? throw new UsageException($"'{name}' is no table with a schema: give a table of cells, under the protocol '{Protocols.Mixed}'.")).Save(schemaFile);
            terminal.Note($"the schema of {name} is in {schemaFile}");
        }

        var entry = DatasetCatalog.BuiltIn.FirstOrDefault(e => e.Name == name);
        var counts = Enum.GetValues<Split>().Select(s => (Name: s.Word(), Count: data.Count(s))).ToList();
        var classes = data.ClassNames;
        if (terminal.Json)
        {
            terminal.Print(new JsonObject
            {
                ["name"] = data.Name,
                ["protocol"] = data.Protocol,
                ["shape"] = new JsonArray([.. data.Spec.Shape.Select(d => (JsonNode)d)]),
                ["domain"] = data.Spec.Domain.ToString(),
                ["classes"] = data.Spec.Classes,
                ["columns"] = new JsonArray([.. data.Origin.Fit.Columns.Select(c => (JsonNode)new JsonObject { ["name"] = c.Name, ["shift"] = c.Shift, ["scale"] = c.Scale, ["logarithm"] = c.Logarithm, ["root"] = c.Root })]),
                ["schema"] = data.Origin.Fit.Schema is { } known ? JsonNode.Parse(known.ToJson()) : null,
                ["classNames"] = new JsonArray([.. classes.Select(c => (JsonNode)c)]),
                ["counts"] = new JsonObject(counts.Select(c => KeyValuePair.Create(c.Name, (JsonNode?)c.Count))),
            });
            return ExitCode.Done;
        }

        terminal.Print($"{data.Name}{(entry is null ? "" : ":")}", data.Name.Length + 2, entry?.Description ?? "");
        terminal.Print("examples", 11, $"{data.Spec}{Flags(data)}");
        terminal.Print("counts", 11, $"{string.Join(", ", counts.Select(c => $"{c.Count} {c.Name}"))}");
        terminal.Print("protocol", 11, $"{data.Protocol}{(entry is null ? "" : $" (of {string.Join(", ", entry.Protocols)})")}");
        if (data.Origin.Fit.Schema is { } schema)
        {
            foreach (var column in schema.Columns)
            {
                terminal.Print("column", 11, $"{column}{(column.Name == schema.Target ? ", the target" : "")}");
            }
        }

        foreach (var column in data.Origin.Fit.Columns.Take(data.Origin.Fit.Schema is null ? MostColumns : 0))
        {
            terminal.Print("column", 11, $"{column.Name}{(data.Origin.Fit.Scales ? $": {(column.Logarithm ? "its logarithm, " : column.Root ? "its square root, " : "")}less {column.Shift:G6}, divided by {column.Scale:G6}" : "")}");
        }

        if (data.Origin.Fit.Schema is null && data.Origin.Fit.Columns.Count > MostColumns)
        {
            terminal.Print("", 11, $"and {Counted.Of(data.Origin.Fit.Columns.Count - MostColumns, "more column")}");
        }

        if (classes.Count > 0)
        {
            terminal.Print("classes", 11, $"{string.Join(", ", classes)}");
        }

        if (entry is not null)
        {
            terminal.Print("licence", 11, $"{entry.Licence}");
            terminal.Print("files", 11, $"{Where(entry, options) ?? "not here"}");
        }

        return ExitCode.Done;
    }
}

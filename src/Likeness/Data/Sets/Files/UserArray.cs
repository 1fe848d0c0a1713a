namespace Likeness;

/// <summary>The user's own arrays: images where shape and numbers say so (<see cref="ImageLayout"/>, <see cref="ImageNumbers"/>), else tables and series.</summary>
internal static class UserArray
{
    public static IDataset Open(Sheet sheet, DataOptions options)
    {
        var (path, array) = (sheet.Name, sheet.Values);
        // What is learned from is told by the file; what a model is asked about, by the model.
        var asked = options.For?.Spec ?? options.Like;
        var (shape, domain) = (asked?.Shape ?? sheet.Shape, asked?.Domain ?? sheet.Domain);
        var ofTables = options.Protocol is { } table && table != Protocols.Binary && Protocols.OfTables.Contains(table) && !Protocols.OfImages.Contains(table);
        var ofImages = options.Protocol is { } named && Protocols.OfImages.Contains(named) && !Protocols.OfTables.Contains(named);
        if (ofTables || sheet.IsSeries || options.Table is { RowsAreSeries: true } or { OfWorld: true } || array.Values.Length == 0 || array.Texts is not null || domain is Domain.Categorical
            || ImageLayout.Of(path, array.Shape, shape, array.Bytes is not null || ofImages) is not { } layout)
        {
            return Table(sheet, options);
        }

        var numbers = ImageNumbers.Of(path, array, options.Protocol, domain);
        var said = new List<string>();
        if (numbers.Note is { } note)
        {
            said.Add(note);
        }

        if (numbers.Reals is { } reals)
        {
            return layout.Channels != 4 ? Reals(path, layout, layout.Planes(reals), sheet, options, said)
                : throw new DataException($"'{path}' has real-valued images of four channels: leave the fourth out, or save them as bytes, whose fourth is read as transparency.");
        }

        if (layout.Channels == 4)
        {
            said.Add($"The fourth channel of the images in '{path}' is read as transparency: they are laid over white.");
        }

        var planes = layout.Opaque(layout.Planes(numbers.Bytes!));
        var images = new ImageData(planes, [Math.Min(layout.Channels, 3), layout.Height, layout.Width]).InColours(options.For);
        var protocol = options.Protocol ?? (numbers.AreBits ? Protocols.Binary : Protocols.Bytes);
        if (protocol == Protocols.Binary && !numbers.AreBits)
        {
            throw new DataException($"'{path}' holds other values than 0 and 1, which the protocol 'binary' does not allow: choose '{Protocols.Dynamic}' or '{Protocols.Threshold}'.");
        }

        var (values, coding) = protocol == Protocols.Binary ? (new Domain.Binary(), ByteCodings.Threshold)
            : domain is null || Protocols.OfImages.Contains(protocol) ? Protocols.ForImages(protocol)
            : domain switch
            {
                Domain.Binary => (domain, ByteCodings.Threshold),
                Domain.Byte => (domain, ByteCodings.Bytes),
                _ => (domain, (ByteCoding)ByteCodings.Reals),
            };
        // Bits of another size than the model's are something else, and no picture of the same.
        images = numbers.AreBits && asked is not null ? images : images.Scaled(options.Size);
        return Divided(sheet, images.Count, options, protocol, new(images.Shape, values), said, chosen => new ByteExamples(images.Choose(chosen).Pixels, images.Dimensions, coding));
    }

    private static MemoryDataset Reals(string path, ImageLayout layout, float[] values, Sheet sheet, DataOptions options, List<string> said)
    {
        var shape = new[] { layout.Channels, layout.Height, layout.Width };
        if (options.Size is { } side && options.For is null && options.Like is null && (layout.Height != side || layout.Width != side))
        {
            throw new DataException($"'{path}' has real-valued images of {layout.Height}x{layout.Width}, which are not brought to another size: leave {new Remedy.Option("Size", side)} out, or save them as bytes.");
        }

        var length = layout.Channels * layout.Height * layout.Width;
        return Divided(sheet, values.Length / length, options, options.Protocol ?? Protocols.Reals, new(shape, new Domain.Real()), said, chosen =>
        {
            var rows = new float[chosen.Length * length];
            for (var i = 0; i < chosen.Length; i++)
            {
                values.AsSpan(chosen[i] * length, length).CopyTo(rows.AsSpan(i * length));
            }

            return new SingleExamples(rows, length);
        });
    }

    // Examples of images in their splits, with the classes that are known.
    private static MemoryDataset Divided(Sheet sheet, int count, DataOptions options, string protocol, DataSpec spec, List<string> said, Func<int[], Examples> examples)
    {
        if (sheet.Labels is { } words && words.Count != count)
        {
            throw new DataException($"'{sheet.Name}' has {Counted.Of(count, "image")} and {Counted.Of(words.Count, "label")}: there must be one label for each or none.");
        }

        var (splits, classes, notes) = UserTable.Labelled(sheet, Allotment.Of(count, sheet.Parts, options), options);
        var parts = Array.ConvertAll(splits, chosen => new Part(examples(chosen)) { Label = classes is null ? null : i => classes.Numbers[chosen[i]] });
        var all = new Splits(sheet.Name, protocol, spec with { Classes = classes?.Names.Count ?? 0 }, parts[0], parts[1], parts[2]) { Notes = [.. said, .. notes] };
        return new(all.WithUnlabelled(), classes?.Names);
    }

    private static IDataset Table(Sheet sheet, DataOptions options)
    {
        var shape = sheet.Values.Shape;
        if (options.Protocol is null && sheet.Domain is { } domain)
        {
            options = options with { Protocol = domain switch { Domain.Categorical => Protocols.Categorical, Domain.Binary => Protocols.Binary, _ => Protocols.Reals } };
        }

        var maybeImages = !sheet.IsSeries && options is { Protocol: null, For: null, Table: null } && shape is [_, > 1, > 1];
        return UserTable.Open(!maybeImages ? sheet : sheet with
        {
            Notes = [.. sheet.Notes, $"'{sheet.Name}' is read as series of {Counted.Of(shape[1], "step")} of {Counted.Of(shape[2], "value")}: where they are images, save them as bytes or in the shape [n, 1, height, width]."],
        }, options);
    }
}

using System.Numerics.Tensors;

namespace Likeness;

/// <summary>Arrays of numbers in the user's own files: tables [n, columns] and arrays of more dimensions.</summary>
internal static class UserTable
{
    /// <summary>A data set of an array's rows, divided as in <see cref="Allotment"/>.</summary>
    /// <param name="name">The file.</param>
    /// <param name="array">Its array; the first dimension counts the examples.</param>
    /// <param name="names">Of its columns; null where the file has none.</param>
    /// <param name="labels">Class labels of the rows, where the file has them.</param>
    /// <param name="options">The protocol; by default binary where all values are 0 or 1, and real otherwise.</param>
    public static IDataset Open(string name, NumericArray array, IReadOnlyList<string>? names, int[]? labels, DataOptions options)
    {
        if (array.Rows == 0 || array.RowLength == 0)
        {
            throw new DataException($"'{name}' has the shape {string.Join('x', array.Shape)}, which holds no examples: at least one row is needed.");
        }

        if (labels is not null && labels.Length != array.Rows)
        {
            throw new DataException($"'{name}' has {labels.Length} labels and {array.Rows} rows: there must be one label for each row.");
        }

        var known = options.For;
        var values = array.ToSingles(name);
        var protocol = Protocol(options, values);
        if (Protocols.OfSeries.Contains(protocol))
        {
            return Windows.Of(name, values, array.RowLength, names, options);
        }

        values = KnownColumns.Order(name, values, names, array.RowLength, known?.Fit ?? DataFit.None);
        var domain = known is null ? DomainOf(name, protocol, values) : KnownDomain(name, known.Spec.Domain, values);
        var (length, splits) = (array.RowLength, Allotment.Of(array.Rows, options));
        ClassLabels? classes = null;
        IReadOnlyList<string> notes = [];
        if (labels is not null)
        {
            var words = ClassLabels.Words(labels);
            var found = ClassLabels.Of(words, splits[0], options.KnownClasses);
            (splits, classes, notes) = found.Settle(name, splits, words, options.KnownClasses is not null);
        }

        var parts = Array.ConvertAll(splits, chosen => Gathered(values, length, chosen));
        var fit = known?.Fit ?? (protocol == Protocols.Standardised ? Standardisation.Of(names, length, parts[0]) : array.Shape.Count <= 2 ? DataFit.Of(names, length) : DataFit.None);
        if (protocol == Protocols.Standardised)
        {
            Array.ForEach(parts, part => fit.ToModel(part));
        }

        var shape = array.Shape.Count > 1 ? array.Shape.Skip(1).ToArray() : [1];
        var all = new Splits(name, protocol, new(shape, domain, classes?.Names.Count ?? 0), Part(0), Part(1), Part(2)) { Fit = fit, Notes = notes };
        return new MemoryDataset(all, classes?.Names);

        Part Part(int split) => new(new SingleExamples(parts[split], length))
        {
            Label = classes is null ? null : i => classes.Numbers[splits[split][i]],
        };
    }

    // Of the protocols of images a table knows none: an array of numbers is then taken for what they make of images.
    private static string Protocol(DataOptions options, float[] values) => options switch
    {
        { For: not null, Protocol: { } own } when Protocols.OfImages.Contains(own) && !Protocols.OfTables.Contains(own) => own,
        { Protocol: { } asked } => Protocols.Choose(asked, Protocols.OfTables),
        _ => IsBinary(values) ? Protocols.Binary : Protocols.Reals,
    };

    private static bool IsBinary(float[] values) => !values.AsSpan().ContainsAnyExcept(0f, 1f);

    private static Domain DomainOf(string name, string protocol, float[] values) => protocol switch
    {
        Protocols.Binary => IsBinary(values)
            ? new Domain.Binary()
            : throw new DataException($"'{name}' holds other values than 0 and 1, which the protocol 'binary' does not allow: choose 'reals'."),
        Protocols.Categorical => new Domain.Categorical(Levels(name, values)),
        _ => new Domain.Real(),
    };

    // The model's own, if the values are such.
    private static Domain KnownDomain(string name, Domain domain, float[] values)
    {
        if (domain.LevelCount is { } levels && Array.FindIndex(values, v => !(v >= 0 && v < levels && v == (int)v)) is >= 0 and var i)
        {
            throw new DataException($"'{name}' holds {values[i]}, and the model's values are {domain}: give data of that kind.");
        }

        return domain;
    }

    private static int Levels(string name, float[] values)
    {
        const int most = 65_536;
        foreach (var value in values)
        {
            if (value < 0 || value >= most || value != (int)value)
            {
                throw new DataException($"'{name}' holds {value}, which the protocol 'categorical' does not allow: it needs integers 0 … {most - 1}.");
            }
        }

        return (int)TensorPrimitives.Max<float>(values) + 1;
    }

    private static float[] Gathered(float[] values, int length, int[] chosen)
    {
        var rows = new float[chosen.Length * length];
        for (var i = 0; i < chosen.Length; i++)
        {
            values.AsSpan(chosen[i] * length, length).CopyTo(rows.AsSpan(i * length));
        }

        return rows;
    }
}

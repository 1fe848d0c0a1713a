using System.Numerics.Tensors;
using Likeness.Core;
using Likeness.Data.Formats;

namespace Likeness.Data.Sets;

/// <summary>Arrays of numbers in the user's own files: tables [n, columns] and arrays of more dimensions.</summary>
internal static class UserTable
{
    /// <summary>A data set of an array's rows, divided as in <see cref="Allotment"/>.</summary>
    /// <param name="name">The file.</param>
    /// <param name="array">Its array; the first dimension counts the examples.</param>
    /// <param name="labels">Class labels of the rows, where the file has them.</param>
    /// <param name="options">The protocol; by default binary where all values are 0 or 1, and real otherwise.</param>
    public static IDataset Open(string name, NumericArray array, int[]? labels, DataOptions options)
    {
        if (array.Rows == 0 || array.RowLength == 0)
        {
            throw new DataException($"'{name}' has the shape {string.Join('x', array.Shape)}, which holds no examples: at least one row is needed.");
        }

        if (labels is not null && labels.Length != array.Rows)
        {
            throw new DataException($"'{name}' has {labels.Length} labels and {array.Rows} rows: there must be one label for each row.");
        }

        var values = array.ToSingles(name);
        var binary = !values.AsSpan().ContainsAnyExcept(0f, 1f);
        var protocol = options.Protocol is null
            ? binary ? Protocols.Binary : Protocols.Reals
            : Protocols.Choose(options.Protocol, Protocols.OfTables);
        if (Protocols.OfSeries.Contains(protocol))
        {
            return Windows.Of(name, values, array.RowLength, options);
        }

        Domain domain = protocol switch
        {
            Protocols.Binary => binary
                ? new Domain.Binary()
                : throw new DataException($"'{name}' holds other values than 0 and 1, which the protocol 'binary' does not allow: choose 'reals'."),
            Protocols.Categorical => new Domain.Categorical(Levels(name, values)),
            _ => new Domain.Real(),
        };

        var (length, splits) = (array.RowLength, Allotment.Of(array.Rows, options));
        var parts = Array.ConvertAll(splits, chosen => Gathered(values, length, chosen));
        if (protocol == Protocols.Standardised)
        {
            if (options.Whole)
            {
                throw new UsageException($"'{name}' cannot be standardised by itself: the means and deviations are those of the training data; standardise it in the same way and choose 'reals'.");
            }

            var training = Standardisation.Of(length, parts[0]);
            foreach (var part in parts)
            {
                training.Apply(part);
            }
        }

        var shape = array.Shape.Count > 1 ? array.Shape.Skip(1).ToArray() : [1];
        var classNames = labels is null ? [] : Enumerable.Range(0, labels.Max() + 1).Select(i => $"{i}").ToArray();
        var all = new Splits(name, protocol, new(shape, domain, classNames.Length), Part(0), Part(1), Part(2));
        return labels is null ? new PlainDataset(all) : new LabelledDataset(all, classNames);

        Part Part(int split) => new(new SingleExamples(parts[split], length))
        {
            Label = labels is null ? null : i => labels[splits[split][i]],
        };
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

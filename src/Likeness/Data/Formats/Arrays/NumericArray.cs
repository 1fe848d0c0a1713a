using System.Numerics.Tensors;

namespace Likeness;

/// <summary>An array as it was stored: values in row-major order, and a shape whose product is their number.</summary>
/// <param name="Values">A one-dimensional array of byte, sbyte, (u)short, (u)int, (u)long, Half, float or double; of string where the array holds words, which only labels may be.</param>
/// <param name="Shape">Its dimensions; the first one counts the examples.</param>
public sealed record NumericArray(Array Values, IReadOnlyList<int> Shape)
{
    /// <summary>Size of the first dimension.</summary>
    public int Rows => Shape.Count == 0 ? 1 : Shape[0];

    /// <summary>Values per row.</summary>
    public int RowLength => Rows == 0 ? 0 : Values.Length / Rows;

    /// <summary>The values, where they were stored as unsigned bytes.</summary>
    public byte[]? Bytes => Values as byte[];

    /// <summary>Whether the bytes were stored as truth values, 0 or 1.</summary>
    public bool IsBoolean { get; init; }

    /// <summary>The values, where they were stored as text.</summary>
    public string[]? Texts => Values as string[];

    /// <summary>All values in single precision.</summary>
    /// <param name="name">What a message calls the array.</param>
    /// <exception cref="DataException">A value is text or not finite.</exception>
    public float[] ToSingles(string name)
    {
        var singles = Values as float[] ?? new float[Values.Length];
        switch (Values)
        {
            case byte[] v: TensorPrimitives.ConvertTruncating<byte, float>(v, singles); break;
            case sbyte[] v: TensorPrimitives.ConvertTruncating<sbyte, float>(v, singles); break;
            case short[] v: TensorPrimitives.ConvertTruncating<short, float>(v, singles); break;
            case ushort[] v: TensorPrimitives.ConvertTruncating<ushort, float>(v, singles); break;
            case int[] v: TensorPrimitives.ConvertTruncating<int, float>(v, singles); break;
            case uint[] v: TensorPrimitives.ConvertTruncating<uint, float>(v, singles); break;
            case long[] v: TensorPrimitives.ConvertTruncating<long, float>(v, singles); break;
            case ulong[] v: TensorPrimitives.ConvertTruncating<ulong, float>(v, singles); break;
            case Half[] v: TensorPrimitives.ConvertToSingle(v, singles); break;
            case string[] v: throw new DataException($"'{name}' holds text ('{v.FirstOrDefault()}'), where numbers are expected: only class labels may be words.");
            case double[] v: TensorPrimitives.ConvertTruncating<double, float>(v, singles); break;
            default: break;
        }

        for (var i = 0; i < singles.Length; i++)
        {
            if (!float.IsFinite(singles[i]))
            {
                throw new DataException(
                    $"'{name}' holds {Values.GetValue(i)} in row {i / RowLength}, column {i % RowLength} (both counted from 0): only finite numbers within single precision are allowed; remove or replace such rows.");
            }
        }

        return singles;
    }

    /// <summary>The values as class labels 0 … 9999.</summary>
    /// <exception cref="DataException">A value is negative, too large or no integer.</exception>
    public int[] ToLabels(string name)
    {
        const int mostClasses = 10_000;
        return [.. ToSingles(name).Select((v, i) => v >= 0 && v < mostClasses && v == (int)v
            ? (int)v
            : throw new DataException($"'{name}' holds the class label {v} in row {i} (counted from 0): labels are integers 0 … {mostClasses - 1}."))];
    }

    /// <summary>The number of elements that a claimed shape stands for.</summary>
    internal static long Elements(ReadOnlySpan<long> shape, BoundedReader file)
    {
        long elements = 1;
        foreach (var size in shape)
        {
            if (size is < 0 or > int.MaxValue)
            {
                throw file.Damaged($"it claims a dimension of {size}");
            }

            // Dimensions fit in 31 bits, and so does the product so far: their product cannot overflow.
            elements *= size;
            if (elements > Array.MaxLength)
            {
                throw file.Damaged($"it claims the shape {string.Join('x', shape.ToArray())}, more than {Array.MaxLength} values");
            }
        }

        return elements;
    }
}

using System.Numerics.Tensors;

namespace Likeness;

/// <summary>Numbers of arrays in double precision, a part at a time, and several arrays as one.</summary>
internal static class NumericCells
{
    extension(NumericArray array)
    {
        /// <summary>Writes values from a place on, in double precision.</summary>
        public void Read(int from, Span<double> values)
        {
            switch (array.Values)
            {
                case byte[] v: TensorPrimitives.ConvertTruncating<byte, double>(v.AsSpan(from, values.Length), values); break;
                case sbyte[] v: TensorPrimitives.ConvertTruncating<sbyte, double>(v.AsSpan(from, values.Length), values); break;
                case short[] v: TensorPrimitives.ConvertTruncating<short, double>(v.AsSpan(from, values.Length), values); break;
                case ushort[] v: TensorPrimitives.ConvertTruncating<ushort, double>(v.AsSpan(from, values.Length), values); break;
                case int[] v: TensorPrimitives.ConvertTruncating<int, double>(v.AsSpan(from, values.Length), values); break;
                case uint[] v: TensorPrimitives.ConvertTruncating<uint, double>(v.AsSpan(from, values.Length), values); break;
                case long[] v: TensorPrimitives.ConvertTruncating<long, double>(v.AsSpan(from, values.Length), values); break;
                case ulong[] v: TensorPrimitives.ConvertTruncating<ulong, double>(v.AsSpan(from, values.Length), values); break;
                case Half[] v: TensorPrimitives.ConvertTruncating<Half, double>(v.AsSpan(from, values.Length), values); break;
                case float[] v: TensorPrimitives.ConvertTruncating<float, double>(v.AsSpan(from, values.Length), values); break;
                default: ((double[])array.Values).AsSpan(from, values.Length).CopyTo(values); break;
            }
        }

        /// <summary>The rows at these places.</summary>
        public NumericArray Choose(IReadOnlyList<int> rows)
        {
            var length = array.RowLength;
            var chosen = Array.CreateInstanceFromArrayType(array.Values.GetType(), rows.Count * length);
            for (var i = 0; i < rows.Count; i++)
            {
                Array.Copy(array.Values, rows[i] * length, chosen, i * length, length);
            }

            return new(chosen, [rows.Count, .. array.Shape.Skip(1)]);
        }

        /// <summary>Which columns of a table come first, second, …</summary>
        public NumericArray Columns(IReadOnlyList<int> places)
        {
            var (length, rows) = (array.RowLength, array.Rows);
            if (places.Count == length && places.Select((p, i) => p == i).All(same => same))
            {
                return array;
            }

            var chosen = Array.CreateInstanceFromArrayType(array.Values.GetType(), rows * places.Count);
            for (var i = 0; i < rows; i++)
            {
                for (var c = 0; c < places.Count; c++)
                {
                    Array.Copy(array.Values, (i * length) + places[c], chosen, (i * places.Count) + c, 1);
                }
            }

            return new(chosen, [rows, places.Count]);
        }

        /// <summary>The places of values that are no numbers, or too large for single precision.</summary>
        public IEnumerable<int> NotFinite() => array.Values switch
        {
            float[] v => v.Select((x, i) => (x, i)).Where(p => !float.IsFinite(p.x)).Select(p => p.i),
            double[] v => v.Select((x, i) => (x, i)).Where(p => !float.IsFinite((float)p.x)).Select(p => p.i),
            Half[] v => v.Select((x, i) => (x, i)).Where(p => !Half.IsFinite(p.x)).Select(p => p.i),
            _ => [],
        };
    }

    /// <summary>The rows of several arrays, one after the other, in the type that they share or else in double precision.</summary>
    /// <param name="name">What messages call them.</param>
    /// <param name="arrays">At least one.</param>
    /// <exception cref="DataException">Their rows are of different shapes.</exception>
    public static NumericArray Joined(string name, IReadOnlyList<NumericArray> arrays)
    {
        var first = arrays[0];
        if (arrays.FirstOrDefault(a => !a.Shape.Skip(1).SequenceEqual(first.Shape.Skip(1))) is { } other)
        {
            throw new DataException($"'{name}' has parts of the shapes {string.Join('x', first.Shape)} and {string.Join('x', other.Shape)}: all must agree but for the first dimension.");
        }

        var type = arrays.All(a => a.Values.GetType() == first.Values.GetType()) ? first.Values.GetType() : typeof(double[]);
        var values = Array.CreateInstanceFromArrayType(type, checked((int)arrays.Sum(a => (long)a.Values.Length)));
        var at = 0;
        foreach (var array in arrays)
        {
            if (values is double[] doubles)
            {
                array.Read(0, doubles.AsSpan(at, array.Values.Length));
            }
            else
            {
                Array.Copy(array.Values, 0, values, at, array.Values.Length);
            }

            at += array.Values.Length;
        }

        return new(values, [arrays.Sum(a => a.Rows), .. first.Shape.Skip(1)]);
    }
}

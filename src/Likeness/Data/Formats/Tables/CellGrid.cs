using System.Numerics.Tensors;

namespace Likeness;

/// <summary>Numbers of a table as they are read: bytes as long as every one is an integer 0 … 255, then double precision.</summary>
internal sealed class CellGrid
{
    private byte[] _bytes = new byte[1 << 12];
    private double[]? _doubles;

    public int Count { get; private set; }

    /// <summary>Whether a digit can be stored without a look at what was stored before.</summary>
    public bool IsBytes => _doubles is null;

    public void AddDigit(byte digit) => _bytes[Count++] = digit;

    public void Add(double value)
    {
        if (_doubles is null)
        {
            if (value is >= 0 and <= 255 && value == (byte)value)
            {
                _bytes[Count++] = (byte)value;
                return;
            }

            _doubles = new double[_bytes.Length];
            TensorPrimitives.ConvertTruncating<byte, double>(_bytes.AsSpan(0, Count), _doubles);
            _bytes = [];
        }

        _doubles[Count++] = value;
    }

    /// <summary>Makes room for so many more.</summary>
    /// <returns>Whether there is any.</returns>
    public bool Reserve(int more)
    {
        var capacity = _doubles?.Length ?? _bytes.Length;
        if (capacity - Count >= more)
        {
            return true;
        }

        var larger = (int)Math.Min(Array.MaxLength, Math.Max(2L * capacity, (long)Count + more));
        if (larger - Count < more)
        {
            return false;
        }

        if (_doubles is null)
        {
            Array.Resize(ref _bytes, larger);
        }
        else
        {
            Array.Resize(ref _doubles, larger);
        }

        return true;
    }

    public double this[int index] => _doubles?[index] ?? _bytes[index];

    /// <summary>All but the first so many.</summary>
    public Array From(int first) => _doubles is null ? _bytes.AsSpan(first, Count - first).ToArray() : _doubles.AsSpan(first, Count - first).ToArray();
}

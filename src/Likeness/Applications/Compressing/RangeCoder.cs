namespace Likeness;

/// <summary>
/// A range coder (Martin 1979): a symbol of frequency f out of <see cref="Total"/> narrows an interval to that share of itself and so
/// costs log2(Total / f) bits. The interval is kept in 64 bits and never below 2^56, so rounding costs less than 2^−23 bits per symbol.
/// </summary>
internal static class RangeCoder
{
    /// <summary>What the frequencies of all symbols add up to.</summary>
    public const ulong Total = 1UL << TotalBits;

    public const int TotalBits = 32;

    /// <summary>Below this, a byte of the interval's low end is settled.</summary>
    public const ulong Narrow = 1UL << 56;
}

/// <summary>Turns symbols into bytes.</summary>
internal sealed class RangeEncoder : ISymbolWriter
{
    private byte[] _bytes = new byte[1 << 12];
    private int _count;
    private ulong _low;
    private ulong _range = ulong.MaxValue;

    public void Encode(ulong start, ulong size)
    {
        var unit = _range >> RangeCoder.TotalBits;
        AddToLow(unit * start);
        _range = unit * size;
        while (_range < RangeCoder.Narrow)
        {
            EmitByte();
            _range <<= 8;
        }
    }

    /// <summary>The bytes of all symbols. Nothing can be added afterwards.</summary>
    public ReadOnlySpan<byte> Finish()
    {
        // The interval is at least 2^56 wide: some number in it ends in 56 zeros, and a decoder reads zeros after the end.
        AddToLow(RangeCoder.Narrow - 1);
        EmitByte();
        return _bytes.AsSpan(0, _count);
    }

    private void AddToLow(ulong value)
    {
        _low += value;
        if (_low >= value)
        {
            return;
        }

        // A carry runs through all 0xFF bytes before; the interval lies below 1, so it stops.
        var at = _count;
        while (++_bytes[--at] == 0)
        {
        }
    }

    private void EmitByte()
    {
        if (_count == _bytes.Length)
        {
            Array.Resize(ref _bytes, 2 * _count);
        }

        _bytes[_count++] = (byte)(_low >> 56);
        _low <<= 8;
    }
}

/// <summary>Turns bytes back into symbols, given the same frequencies. Any bytes are some symbols.</summary>
internal sealed class RangeDecoder : ISymbolReader
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private int _next;
    private ulong _offset;
    private ulong _range = ulong.MaxValue;
    private ulong _unit;

    public RangeDecoder(ReadOnlyMemory<byte> bytes)
    {
        _bytes = bytes;
        for (var i = 0; i < sizeof(ulong); i++)
        {
            ReadByte();
        }
    }

    public ulong Peek()
    {
        _unit = _range >> RangeCoder.TotalBits;
        return Math.Min(_offset / _unit, RangeCoder.Total - 1);
    }

    public void Skip(ulong start, ulong size)
    {
        _offset -= _unit * start;
        _range = _unit * size;
        while (_range < RangeCoder.Narrow)
        {
            ReadByte();
            _range <<= 8;
        }
    }

    private void ReadByte() => _offset = (_offset << 8) | (_next < _bytes.Length ? _bytes.Span[_next++] : 0UL);
}

using System.Buffers.Binary;

namespace Likeness;

/// <summary>
/// A stack of symbols in one large number (asymmetric numeral systems, Duda 2009): what was encoded last is decoded first. A symbol of
/// frequency f out of M = <see cref="RangeCoder.Total"/> takes the number s to M·⌊s/f⌋ + s mod f + start, and so costs log2(M/f) bits. The top of the number is kept
/// in 2^48 … 2^64, of which s/f is at least 2^16, so rounding costs less than 2^−15 bits per symbol. Decoding is encoding's exact reverse: any stack can be
/// decoded with any frequencies, and encoding what came out brings it back, which is what bits-back coding lives on.
/// </summary>
internal sealed class SymbolStack : ISymbolWriter, ISymbolReader
{
    private const int WordBits = 16;
    private const ulong Least = 1UL << 48;

    // What lies below the bottom: random bits, always the same.
    private SplitMix64 _below = new(0);

    private readonly List<ushort> _words;
    private ulong _top;

    public SymbolStack() => (_words, _top) = ([], Least);

    /// <exception cref="DataException">No stack has such bytes.</exception>
    public SymbolStack(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < sizeof(ulong) || bytes.Length % 2 != 0)
        {
            throw new DataException($"A code of {Counted.Of(bytes.Length, "byte")} is none of this model's: get the file again.");
        }

        _top = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        _words = new((bytes.Length - sizeof(ulong)) / 2);
        for (var at = sizeof(ulong); at < bytes.Length; at += 2)
        {
            _words.Add(BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]));
        }
    }

    /// <summary>Bits that were taken from below the bottom.</summary>
    public long InitialBits { get; private set; }

    /// <summary>Bits on the stack, less those that its top always has.</summary>
    public long Bits => (long)_words.Count * WordBits;

    /// <summary>Whether nothing is on the stack but bits from below its bottom, as after the last symbol of a code.</summary>
    public bool IsEmpty
    {
        get
        {
            var below = new SplitMix64(0);
            return _top == Least && InitialBits == 0 && Enumerable.Reverse(_words).All(word => word == (ushort)below.Next());
        }
    }

    /// <summary>The top, then the words below it from the bottom up, all little-endian.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[sizeof(ulong) + (2 * _words.Count)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, _top);
        for (var i = 0; i < _words.Count; i++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(sizeof(ulong) + (2 * i)), _words[i]);
        }

        return bytes;
    }

    public void Encode(ulong start, ulong size)
    {
        while (_top >> RangeCoder.TotalBits >= size)
        {
            _words.Add((ushort)_top);
            _top >>= WordBits;
        }

        var (quotient, rest) = Math.DivRem(_top, size);
        _top = (quotient << RangeCoder.TotalBits) + rest + start;
    }

    public ulong Peek() => _top & (RangeCoder.Total - 1);

    public void Skip(ulong start, ulong size)
    {
        _top = (size * (_top >> RangeCoder.TotalBits)) + Peek() - start;
        while (_top < Least)
        {
            _top = (_top << WordBits) | Word();
        }
    }

    private ushort Word()
    {
        if (_words.Count == 0)
        {
            InitialBits += WordBits;
            return (ushort)_below.Next();
        }

        var word = _words[^1];
        _words.RemoveAt(_words.Count - 1);
        return word;
    }
}

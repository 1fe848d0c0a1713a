namespace Likeness;

/// <summary>Turns examples into a code and back, by what a model says of them.</summary>
internal interface IExampleCoder
{
    /// <summary>The version of the file format that holds such codes.</summary>
    byte Version { get; }

    /// <summary>Examples in a chunk where nobody asks for another number.</summary>
    int UsualChunk { get; }

    /// <summary>Random bits that codes so far began with; part of their size.</summary>
    long InitialBits { get; }

    /// <summary>The code of examples [n, d] of values 0 … levels − 1.</summary>
    /// <param name="values">Example by example.</param>
    /// <param name="count">n.</param>
    /// <param name="progress">Told the number of examples done.</param>
    byte[] Encode(ReadOnlyMemory<float> values, int count, Action<int>? progress = null);

    /// <summary>The examples [n, d] of a code. A code that was not made by this model gives some other examples.</summary>
    /// <param name="code">As encoded.</param>
    /// <param name="count">n.</param>
    /// <param name="progress">Told the number of examples done.</param>
    /// <exception cref="DataException">It is no code of this model.</exception>
    float[] Decode(ReadOnlyMemory<byte> code, int count, Action<int>? progress = null);
}

/// <summary>Takes symbols in.</summary>
internal interface ISymbolWriter
{
    /// <param name="start">The frequencies of all symbols before this one, added up; out of <see cref="RangeCoder.Total"/>.</param>
    /// <param name="size">Its own frequency, at least 1.</param>
    void Encode(ulong start, ulong size);
}

/// <summary>Gives symbols back.</summary>
internal interface ISymbolReader
{
    /// <summary>A number 0 … Total − 1 that lies between the next symbol's start and the following symbol's.</summary>
    ulong Peek();

    /// <summary>Goes past the symbol that <see cref="Peek"/> told.</summary>
    void Skip(ulong start, ulong size);
}

using System.Buffers;

namespace Likeness;

/// <summary>The examples of one split as plain memory, safe to read from any thread.</summary>
internal abstract class Examples(int count, int dimensions)
{
    public int Count => count;

    /// <summary>Values per example.</summary>
    public int Dimensions => dimensions;

    /// <summary>Writes example after example.</summary>
    /// <param name="indices">Which examples.</param>
    /// <param name="presentation">What a resampling protocol draws from, together with each example's index: the same key gives the same values.</param>
    /// <param name="x">[indices, dimensions], in the units of the data's domain.</param>
    public void Fill(ReadOnlySpan<int> indices, ulong presentation, Span<float> x)
    {
        for (var i = 0; i < indices.Length; i++)
        {
            Fill(indices[i], SplitMix64.Key(presentation, (ulong)indices[i]), x.Slice(i * dimensions, dimensions));
        }
    }

    /// <summary>Writes one example, drawn with this key where the protocol resamples.</summary>
    internal void FillOne(int index, ulong key, Span<float> x) => Fill(index, key, x);

    protected abstract void Fill(int index, ulong key, Span<float> x);
}

/// <summary>Examples stored as one byte per value.</summary>
internal sealed class ByteExamples(ReadOnlyMemory<byte> values, int dimensions, ByteCoding coding) : Examples(values.Length / dimensions, dimensions)
{
    protected override void Fill(int index, ulong key, Span<float> x) => coding(values.Span.Slice(index * Dimensions, Dimensions), key, x);
}

/// <summary>Examples stored in single precision.</summary>
internal sealed class SingleExamples(ReadOnlyMemory<float> values, int dimensions) : Examples(values.Length / dimensions, dimensions)
{
    protected override void Fill(int index, ulong key, Span<float> x) => values.Span.Slice(index * Dimensions, Dimensions).CopyTo(x);
}

/// <summary>
/// Examples in single precision of which some columns hold whole numbers: these get uniform noise in [0, 1), drawn anew for every key, so log p(v) of the
/// number is at least the mean of log p(v + u) (Theis et al. 2016).
/// </summary>
internal sealed class DequantisedExamples(ReadOnlyMemory<float> values, bool[] whole) : Examples(values.Length / whole.Length, whole.Length)
{
    protected override void Fill(int index, ulong key, Span<float> x)
    {
        var random = new SplitMix64(key);
        values.Span.Slice(index * Dimensions, Dimensions).CopyTo(x);
        for (var c = 0; c < x.Length; c++)
        {
            if (whole[c])
            {
                // 16 random bits, and never the next whole number, however single precision rounds.
                var v = x[c];
                x[c] = Math.Min(v + ((int)(random.Next() >> 48) * (1f / (1 << 16))), MathF.BitDecrement(v + 1));
            }
        }
    }
}

/// <summary>Images that are rendered to bytes whenever they are asked for.</summary>
internal sealed class RenderedExamples(int count, int dimensions, Action<int, Span<byte>> render, ByteCoding coding) : Examples(count, dimensions)
{
    protected override void Fill(int index, ulong key, Span<float> x)
    {
        var pixels = ArrayPool<byte>.Shared.Rent(Dimensions);
        render(index, pixels.AsSpan(0, Dimensions));
        coding(pixels.AsSpan(0, Dimensions), key, x);
        ArrayPool<byte>.Shared.Return(pixels);
    }
}

/// <summary>Examples, and more of them behind these.</summary>
internal sealed class ExtendedExamples(Examples first, SingleExamples more) : Examples(first.Count + more.Count, first.Dimensions)
{
    protected override void Fill(int index, ulong key, Span<float> x)
    {
        if (index < first.Count)
        {
            first.FillOne(index, key, x);
        }
        else
        {
            more.FillOne(index - first.Count, key, x);
        }
    }
}

/// <summary>Some of other examples, which are presented as they are among all.</summary>
internal sealed class ChosenExamples(Examples all, int[] indices) : Examples(indices.Length, all.Dimensions)
{
    protected override void Fill(int index, ulong key, Span<float> x) => all.FillOne(indices[index], key, x);
}

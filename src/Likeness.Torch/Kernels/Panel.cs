namespace Likeness.Torch.Kernels;

/// <summary>Copies between rows of a matrix and rows of scratch that are aligned and padded with zeros.</summary>
internal static unsafe class Panel
{
    /// <summary>
    /// Copies <paramref name="columns"/> of each row into rows of <paramref name="width"/> floats, the rest of which becomes 0.
    /// </summary>
    public static void Pack(float* source, int stride, int rows, int columns, float* target, int width)
    {
        for (var i = 0; i < rows; i++)
        {
            var row = target + ((long)i * width);
            new ReadOnlySpan<float>(source + ((long)i * stride), columns).CopyTo(new(row, columns));
            new Span<float>(row + columns, width - columns).Clear();
        }
    }

    /// <summary>The reverse of <see cref="Pack"/>; the padding is dropped.</summary>
    public static void Unpack(float* source, int width, int rows, int columns, float* target, int stride)
    {
        for (var i = 0; i < rows; i++)
            new ReadOnlySpan<float>(source + ((long)i * width), columns).CopyTo(new(target + ((long)i * stride), columns));
    }
}

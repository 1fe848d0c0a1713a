namespace Likeness;

/// <summary>
/// Which dimension of an array of images is what. The channels are the first or the last dimension of an example, whichever is 1, 3 or 4 (the fourth is alpha);
/// where both are, the one that is smaller than the two others.
/// </summary>
/// <param name="Channels">1, 3 or 4.</param>
/// <param name="Height">Rows of an image.</param>
/// <param name="Width">Columns of an image.</param>
/// <param name="Last">Whether the channels of a pixel are side by side.</param>
internal readonly record struct ImageLayout(int Channels, int Height, int Width, bool Last)
{
    /// <summary>The layout of an array of images; null where its shape is that of something else.</summary>
    /// <param name="path">What messages call the array.</param>
    /// <param name="shape">The first dimension counts the examples.</param>
    /// <param name="known">The shape of an example, where that is known: then it decides.</param>
    /// <param name="withoutChannels">Whether examples [height, width] are images and not series.</param>
    /// <exception cref="DataException">The channels may be the first dimension as well as the last.</exception>
    public static ImageLayout? Of(string path, IReadOnlyList<int> shape, IReadOnlyList<int>? known, bool withoutChannels)
    {
        if (shape.Count == 3 && (withoutChannels || known is [1, _, _]))
        {
            return new(1, shape[1], shape[2], Last: false);
        }

        if (shape.Count != 4 || known is not (null or [1 or 3, _, _]))
        {
            return null;
        }

        var (a, b, c) = (shape[1], shape[2], shape[3]);
        if (known is not null && (known.SequenceEqual([a, b, c]) || known.SequenceEqual([c, a, b])))
        {
            return known.SequenceEqual([a, b, c]) ? First() : AtTheEnd();
        }

        return (a is 1 or 3 or 4, c is 1 or 3 or 4) switch
        {
            (false, false) => null,
            (true, false) => First(),
            (false, true) => AtTheEnd(),
            _ when a < Math.Min(b, c) => First(),
            _ when c < Math.Min(a, b) => AtTheEnd(),
            _ when (b, c) is (1, 1) => First(),
            _ => throw new DataException(
                $"'{path}' has images of {a}x{b}x{c}, whose channels may be the {a} as well as the last {c}: put the array as X into an .npz archive beside a text 'spec' that says channels, height and width, such as '{a}x{b}x{c} byte'."),
        };

        ImageLayout First() => new(a, b, c, Last: false);

        ImageLayout AtTheEnd() => new(c, a, b, Last: true);
    }

    /// <summary>Values as planes [n, channels, height, width]; the same array where they are so already.</summary>
    public T[] Planes<T>(T[] values)
    {
        if (!Last || Channels == 1)
        {
            return values;
        }

        var (area, channels) = (Height * Width, Channels);
        var planes = new T[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var (image, within) = Math.DivRem(i, area * channels);
            planes[(((image * channels) + (within % channels)) * area) + (within / channels)] = values[i];
        }

        return planes;
    }

    /// <summary>Planes with a fourth of alpha as three of colours over white, as transparent image files are read; the same where there is none.</summary>
    public byte[] Opaque(byte[] planes)
    {
        if (Channels != 4)
        {
            return planes;
        }

        var area = Height * Width;
        var colours = new byte[planes.Length / 4 * 3];
        for (var i = 0; i < colours.Length; i++)
        {
            var (image, within) = Math.DivRem(i, 3 * area);
            var alpha = planes[(((4 * image) + 3) * area) + (within % area)];
            colours[i] = (byte)(((planes[(4 * image * area) + within] * alpha) + (255 * (255 - alpha)) + 127) / 255);
        }

        return colours;
    }
}

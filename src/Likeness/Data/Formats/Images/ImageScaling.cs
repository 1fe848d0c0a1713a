namespace Likeness;

/// <summary>Brings pictures of any kind to what models see: 1 or 3 channels, opaque, of one size.</summary>
internal static class ImageScaling
{
    /// <summary>Removes transparency by painting over white; 1 or 3 channels remain.</summary>
    public static Image Opaque(Image image)
    {
        if (image.Channels is 1 or 3)
        {
            return image;
        }

        var colours = image.Channels - 1;
        var pixels = new byte[image.Width * image.Height * colours];
        for (int from = 0, to = 0; to < pixels.Length; from++)
        {
            var alpha = image.Pixels[from + colours];
            for (var c = 0; c < colours; c++)
            {
                pixels[to++] = (byte)(((image.Pixels[from++] * alpha) + (255 * (255 - alpha)) + 127) / 255);
            }
        }

        return new(image.Width, image.Height, colours, pixels);
    }

    /// <summary>Colours as ITU-R 601 luma; grey as it is.</summary>
    public static Image Grey(Image image)
    {
        if (image.Channels == 1)
        {
            return image;
        }

        var pixels = new byte[image.Width * image.Height];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)(((299 * image.Pixels[3 * i]) + (587 * image.Pixels[(3 * i) + 1]) + (114 * image.Pixels[(3 * i) + 2]) + 500) / 1000);
        }

        return new(image.Width, image.Height, 1, pixels);
    }

    /// <summary>The centre square of an image, scaled to <paramref name="size"/>.</summary>
    public static Image Square(Image image, int size)
    {
        var side = Math.Min(image.Width, image.Height);
        return Scale(image, ((image.Width - side) / 2, (image.Height - side) / 2, side, side), size, size);
    }

    /// <summary>The whole image, scaled to another size; its proportions change with it.</summary>
    public static Image Stretch(Image image, int width, int height) => Scale(image, (0, 0, image.Width, image.Height), width, height);

    // By a triangle filter that is as wide as the step between output pixels, so shrinking averages instead of skipping.
    private static Image Scale(Image image, (int Left, int Top, int Width, int Height) part, int width, int height)
    {
        if (image.Width == width && image.Height == height)
        {
            return image;
        }

        var channels = image.Channels;
        var taps = Taps(part.Width, width);
        var rows = new float[part.Height * width * channels]; // every row scaled: [part.Height, width, channels]
        for (var y = 0; y < part.Height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                for (var c = 0; c < channels; c++)
                {
                    var sum = 0f;
                    for (var k = 0; k < taps[x].Weights.Length; k++)
                    {
                        sum += taps[x].Weights[k] * image.Pixels[((((part.Top + y) * image.Width) + part.Left + taps[x].First + k) * channels) + c];
                    }

                    rows[(((y * width) + x) * channels) + c] = sum;
                }
            }
        }

        taps = Taps(part.Height, height);
        var pixels = new byte[width * height * channels];
        var stride = width * channels;
        for (var i = 0; i < pixels.Length; i++)
        {
            var (first, weights) = taps[i / stride];
            var sum = 0.5f;
            for (var k = 0; k < weights.Length; k++)
            {
                sum += weights[k] * rows[((first + k) * stride) + (i % stride)];
            }

            pixels[i] = (byte)Math.Clamp(sum, 0, 255);
        }

        return new(width, height, channels, pixels);
    }

    /// <summary>Interleaved pixels as planes [channels, height, width]; grey is repeated where colour is wanted.</summary>
    public static void Planes(Image image, int channels, Span<byte> destination)
    {
        var area = image.Width * image.Height;
        for (var c = 0; c < channels; c++)
        {
            var plane = destination.Slice(c * area, area);
            for (int i = 0, from = Math.Min(c, image.Channels - 1); i < area; i++, from += image.Channels)
            {
                plane[i] = image.Pixels[from];
            }
        }
    }

    /// <summary>Planes [channels, height, width] as an image: the way back.</summary>
    public static Image FromPlanes(ReadOnlySpan<byte> planes, int channels, int width, int height)
    {
        var (area, pixels) = (width * height, new byte[planes.Length]);
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = planes[(i % channels * area) + (i / channels)];
        }

        return new(width, height, channels, pixels);
    }

    private static (int First, float[] Weights)[] Taps(int from, int to)
    {
        var step = (double)from / to;
        var radius = Math.Max(1, step);
        var taps = new (int, float[])[to];
        for (var i = 0; i < to; i++)
        {
            var centre = ((i + 0.5) * step) - 0.5;
            var first = Math.Max(0, (int)Math.Ceiling(centre - radius));
            var last = Math.Min(from - 1, (int)Math.Floor(centre + radius));
            var weights = Enumerable.Range(first, last - first + 1).Select(k => 1 - (Math.Abs(k - centre) / radius)).ToArray();
            var total = weights.Sum();
            taps[i] = (first, [.. weights.Select(w => (float)(w / total))]);
        }

        return taps;
    }
}

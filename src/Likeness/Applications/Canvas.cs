using Likeness.Torch;

namespace Likeness.Applications;

/// <summary>A picture under construction: 8 bits per channel, 1 (grey) or 3 channels, white at first.</summary>
internal sealed class Canvas
{
    private readonly byte[] _pixels;

    public Canvas(int width, int height, int channels)
    {
        (Width, Height, Channels) = (width, height, channels);
        _pixels = new byte[checked(width * height * channels)];
        Array.Fill(_pixels, (byte)255);
    }

    public int Width { get; }

    public int Height { get; }

    public int Channels { get; }

    /// <summary>Fills a rectangle; what lies outside is cut off.</summary>
    public void Fill(int left, int top, int width, int height, ReadOnlySpan<byte> colour)
    {
        for (var y = Math.Max(top, 0); y < Math.Min(top + height, Height); y++)
        {
            for (var x = Math.Max(left, 0); x < Math.Min(left + width, Width); x++)
            {
                colour.CopyTo(_pixels.AsSpan(((y * Width) + x) * Channels));
            }
        }
    }

    /// <summary>Darkens one pixel by a share of its brightness, so that crowded places show.</summary>
    public void Darken(int x, int y, double share)
    {
        if (x >= 0 && y >= 0 && x < Width && y < Height)
        {
            var pixel = _pixels.AsSpan(((y * Width) + x) * Channels, Channels);
            for (var c = 0; c < Channels; c++)
            {
                pixel[c] = (byte)(pixel[c] * (1 - share));
            }
        }
    }

    /// <summary>Puts a picture in; a grey one becomes coloured where this one is.</summary>
    public void Paste(Image picture, int left, int top)
    {
        Span<byte> pixel = stackalloc byte[Channels];
        for (var i = 0; i < picture.Width * picture.Height; i++)
        {
            for (var c = 0; c < Channels; c++)
            {
                pixel[c] = picture.Pixels[(i * picture.Channels) + Math.Min(c, picture.Channels - 1)];
            }

            Fill(left + (i % picture.Width), top + (i / picture.Width), 1, 1, pixel);
        }
    }

    /// <summary>Writes one line of text, its points enlarged by a factor.</summary>
    public void Write(string text, int left, int top, int factor)
    {
        Span<byte> black = stackalloc byte[Channels];
        black.Clear();
        foreach (var (x, y) in Lettering.Points(text))
        {
            Fill(left + (x * factor), top + (y * factor), factor, factor, black);
        }
    }

    public Image ToImage() => new(Width, Height, Channels, _pixels);
}

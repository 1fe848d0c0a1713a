using SkiaSharp;

namespace Likeness;

/// <summary>A picture under construction, white at first.</summary>
internal sealed class Drawing : IDisposable
{
    private readonly SKBitmap _bitmap;

    public Drawing(int width, int height)
    {
        _bitmap = new(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        Canvas = new(_bitmap);
        Canvas.Clear(SKColors.White);
    }

    public SKCanvas Canvas { get; }

    /// <summary>Puts a picture in, each of its pixels enlarged to a square.</summary>
    /// <param name="picture">Opaque: 1 or 3 channels.</param>
    /// <param name="left">Where its left edge goes.</param>
    /// <param name="top">Where its upper edge goes.</param>
    /// <param name="factor">Side of the squares.</param>
    public void Paste(Image picture, int left, int top, int factor = 1)
    {
        var info = new SKImageInfo(picture.Width, picture.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using var image = SKImage.FromPixelCopy(info, PixelChannels.Convert(picture.Pixels, picture.Channels, 4));
        // Whole factors without smoothing: what is looked at are the pixels.
        Canvas.DrawImage(image, SKRect.Create(left, top, picture.Width * factor, picture.Height * factor), SKSamplingOptions.Default);
    }

    /// <summary>What has been drawn.</summary>
    /// <param name="channels">3, or 1 where all of it is grey.</param>
    public Image ToImage(int channels = 3)
    {
        Canvas.Flush();
        return new(_bitmap.Width, _bitmap.Height, channels, PixelChannels.Convert(_bitmap.Bytes, 4, channels));
    }

    public void Dispose()
    {
        Canvas.Dispose();
        _bitmap.Dispose();
    }
}

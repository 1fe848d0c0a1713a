using SkiaSharp;

namespace Likeness;

/// <summary>Pictures one below the other, each under a line that says what it shows.</summary>
public static class Panels
{
    private const int Line = 30, Margin = 6, Baseline = 20;
    private const float Size = 15;

    /// <param name="panels">What each picture shows, and the picture.</param>
    public static Image Draw(params IReadOnlyList<(string Label, Image Picture)> panels)
    {
        using var font = Lettering.Font(Size, string.Concat(panels.Select(p => p.Label)));
        using var ink = new SKPaint { Color = SKColors.Black, IsAntialias = true };
        var width = panels.Max(p => Math.Max(p.Picture.Width, (int)Math.Ceiling(font.MeasureText(p.Label)) + (2 * Margin)));
        using var drawing = new Drawing(width, panels.Sum(p => p.Picture.Height + Line));
        var top = 0;
        foreach (var (label, picture) in panels)
        {
            drawing.Canvas.DrawText(label, Margin, top + Baseline, font, ink);
            drawing.Paste(picture, 0, top + Line);
            top += picture.Height + Line;
        }

        return drawing.ToImage(panels.Max(p => p.Picture.Channels));
    }
}

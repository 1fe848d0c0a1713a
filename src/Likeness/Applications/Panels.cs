using Likeness.Torch;

namespace Likeness.Applications;

/// <summary>Pictures one below the other, each under a line that says what it shows.</summary>
public static class Panels
{
    private const int Factor = 2;
    private const int Margin = 6;

    /// <param name="panels">What each picture shows, and the picture.</param>
    public static Image Draw(params IReadOnlyList<(string Label, Image Picture)> panels)
    {
        const int line = (Lettering.Height * Factor) + (2 * Margin);
        var width = panels.Max(p => Math.Max(p.Picture.Width, (Lettering.Width(p.Label) * Factor) + (2 * Margin)));
        var canvas = new Canvas(width, panels.Sum(p => p.Picture.Height + line), panels.Max(p => p.Picture.Channels));
        var top = 0;
        foreach (var (label, picture) in panels)
        {
            canvas.Write(label, Margin, top + Margin, Factor);
            canvas.Paste(picture, 0, top + line);
            top += picture.Height + line;
        }

        return canvas.ToImage();
    }
}

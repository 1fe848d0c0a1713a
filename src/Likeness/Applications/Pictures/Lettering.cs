using ScottPlot;
using SkiaSharp;

namespace Likeness;

/// <summary>The font of all pictures. The library carries it: text looks the same on every machine, one without fonts included.</summary>
internal static class Lettering
{
    /// <summary>What charts call the font by; no font of a machine has this name.</summary>
    public const string Name = "DejaVu Sans (Likeness)";

    private static readonly Lazy<SKTypeface> s_face = new(Load);

    private static readonly Lazy<bool> s_known = new(() =>
    {
        Fonts.FontResolvers.Insert(0, new Resolver());
        return true;
    });

    /// <summary>The font in a size, drawn alike everywhere: without the hints that make letters fit one screen's pixels.</summary>
    public static SKFont Font(float size) =>
        new(s_face.Value, size) { Edging = SKFontEdging.Antialias, Hinting = SKFontHinting.None, Subpixel = true };

    /// <summary>Sets all text of a chart in the font.</summary>
    public static void Use(Plot plot)
    {
        _ = s_known.Value;
        plot.Font.Set(Name, FontWeight.Normal, FontSlant.Upright, FontSpacing.Normal);
    }

    private static SKTypeface Load()
    {
        using var font = typeof(Lettering).Assembly.GetManifestResourceStream("DejaVuSans.ttf")!;
        using var data = SKData.Create(font);
        return SKTypeface.FromData(data);
    }

    // ScottPlot keeps what it is given and may let go of it, so it gets a face of its own.
    private sealed class Resolver : IFontResolver
    {
        public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) => fontName == Name ? Load() : null;

        public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) => fontName == Name ? Load() : null;
    }
}

using System.Collections.Concurrent;
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
    /// <param name="size">In pixels.</param>
    /// <param name="text">What is written: of scripts that the font does not have, the first font of the machine that has them.</param>
    public static SKFont Font(float size, string text = "") =>
        new(Other(text) is { } file ? s_others.GetOrAdd(file, path => SKTypeface.FromFile(path)) : s_face.Value, size) { Edging = SKFontEdging.Antialias, Hinting = SKFontHinting.None, Subpixel = true };

    /// <summary>What charts call the font that has the letters of a text.</summary>
    public static string NameFor(string text) => Other(text) ?? Name;

    /// <summary>A face for letters that the library's font does not have, for the caller to keep; null where it has all, or no font has.</summary>
    public static SKTypeface? FaceFor(string text) => Other(text) is { } file ? SKTypeface.FromFile(file) : null;

    /// <summary>Sets all text of a chart in the font.</summary>
    public static void Use(Plot plot)
    {
        _ = s_known.Value;
        plot.Font.Set(Name, FontWeight.Normal, FontSlant.Upright, FontSpacing.Normal);
    }

    private static readonly ConcurrentDictionary<string, SKTypeface> s_others = [];

    // Where systems keep their fonts, and words in the names of those with the most scripts.
    private static readonly Lazy<IReadOnlyList<string>> s_files = new(() =>
    {
        string[] wide = ["CJK", "Fallback", "Nanum", "malgun", "AppleSDGothic", "Arial Unicode", "Unifont", "NotoSans"];
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), system = Environment.GetFolderPath(Environment.SpecialFolder.Fonts);
        var folders = new[] { "/usr/share/fonts", "/usr/local/share/fonts", Path.Combine(home, ".fonts"), Path.Combine(home, ".local", "share", "fonts"), "/System/Library/Fonts", "/Library/Fonts", system };
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true };
        return [.. folders.Where(f => f.Length > 0 && Directory.Exists(f)).Distinct().SelectMany(f => Directory.EnumerateFiles(f, "*", options))
            .Where(f => Path.GetExtension(f).ToLowerInvariant() is ".ttf" or ".otf" or ".ttc")
            .OrderBy(f => Array.FindIndex(wide, w => Path.GetFileName(f).Contains(w, StringComparison.OrdinalIgnoreCase)) is var place && place >= 0 ? place : wide.Length).ThenBy(f => f, StringComparer.Ordinal)];
    });

    private static readonly ConcurrentDictionary<string, string?> s_found = [];

    // The file of a font for what the library's own does not have; null where it has all, or no font has.
    private static string? Other(string text) => text.All(char.IsAscii) || s_face.Value.ContainsGlyphs(text) ? null : s_found.GetOrAdd(text, wanted => s_files.Value.FirstOrDefault(file =>
    {
        using var face = SKTypeface.FromFile(file);
        return face?.ContainsGlyphs(wanted) == true;
    }));

    private static SKTypeface Load()
    {
        using var font = typeof(Lettering).Assembly.GetManifestResourceStream("DejaVuSans.ttf")!;
        using var data = SKData.Create(font);
        return SKTypeface.FromData(data);
    }

    // ScottPlot keeps what it is given and may let go of it, so it gets a face of its own.
    private sealed class Resolver : IFontResolver
    {
        public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) => fontName == Name ? Load() : File.Exists(fontName) ? SKTypeface.FromFile(fontName) : null;

        public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) => fontName == Name ? Load() : File.Exists(fontName) ? SKTypeface.FromFile(fontName) : null;
    }
}

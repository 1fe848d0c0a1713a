namespace Likeness.Cli.Verbs;

/// <summary><c>likeness upscale DIR INPUT… --factor N -o DIR</c>: pictures in higher resolution.</summary>
internal static class UpscaleVerb
{
    public static Command Create(Terminal terminal)
    {
        var pictures = new PictureFlags(terminal);
        var factor = CommonOptions.Number("--factor", "how often larger each side becomes (default: what the model has learned, else 4)", 2);
        var whole = new Option<bool>("--whole") { Description = "the pictures are of the size that is wanted: make them small first, and show them as the truth (always so with data sets)" };
        var command = pictures.Command("upscale", "raise the resolution of pictures", factor, whole);
        pictures.Restore(command, whole, "enlarged", (parsed, learned) => parsed.GetValue(factor) is { } times ? $"downsample:{times}" : learned ?? "downsample:4");
        return command;
    }
}

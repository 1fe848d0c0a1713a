namespace Likeness.Cli.Verbs;

/// <summary><c>likeness colorize DIR INPUT… -o DIR</c>: grey pictures in colour.</summary>
internal static class ColorizeVerb
{
    public static Command Create(Terminal terminal)
    {
        var pictures = new PictureFlags(terminal);
        var whole = new Option<bool>("--whole") { Description = "the pictures have colours: take them away first, and show them as the truth (always so with data sets)" };
        var command = pictures.Command("colorize", "colour grey pictures", whole);
        // As pictures become grey everywhere, unless the model has learned from another grey.
        pictures.Restore(command, whole, "coloured", (_, learned) => learned ?? "luma");
        return command;
    }
}

namespace Likeness.Cli.Verbs;

/// <summary>Pictures that a verb works on, each into a folder under its own name: where they are, and what became of them.</summary>
internal sealed class PictureInputs(Terminal terminal)
{
    public Argument<string[]> Names { get; } = new("INPUT") { Description = "pictures, folders or ZIP archives of them, names of data sets", Arity = ArgumentArity.OneOrMore };

    public Option<string?> Split { get; } = CommonOptions.SplitOption("which part of named data sets (default test)");

    public Option<int?> Limit { get; } = CommonOptions.Number("--limit", "at most so many pictures of each input", 1);

    public Option<bool> Force { get; } = new("--force") { Description = "replace pictures that are already in the folder" };

    public Option<string?> Root { get; } = CommonOptions.DataRoot();

    /// <summary>The pictures that are named, of the size that the model knows where they are drawn.</summary>
    public PictureSource Open(ParseResult parsed, TrainedModel trained) => PictureSource.Open(
        parsed.GetValue(Names)!, CommonOptions.ToSplit(parsed.GetValue(Split)), parsed.GetValue(Limit) ?? int.MaxValue, trained.Spec.IsImage ? trained.Spec.Height : 1, parsed.GetValue(Root));

    /// <summary>Says which could not be read, and how those of another size were brought to the model's.</summary>
    public void Note(IReadOnlyList<string> unreadable, int resized, string brought)
    {
        foreach (var sentence in unreadable)
        {
            terminal.Note(sentence);
        }

        if (resized > 0)
        {
            terminal.Note($"{Count(resized)} of another size: brought to {brought}.");
        }
    }

    /// <summary>Done where all could be read.</summary>
    /// <exception cref="DataException">Some could not.</exception>
    public static int Outcome(PictureSource source, int unreadable, string done, string directory) => unreadable == 0 ? ExitCode.Done
        : throw new DataException($"{unreadable} of {Count(source.Pictures.Count)} could not be read: mend or remove them; what could be read is {done}, in '{directory}'.");

    public static string Count(int pictures) => Counted.Of(pictures, "picture");
}

namespace Likeness.Cli.Verbs;

/// <summary><c>likeness cite MODEL</c>: the BibTeX entry of the paper that a model comes from.</summary>
internal static class CiteVerb
{
    public static Command Create(Terminal terminal)
    {
        var name = ModelsVerb.ModelArgument("whose paper");
        var command = new Command("cite", "print the BibTeX entry of a model's paper") { name };
        command.SetAction(parsed =>
        {
            terminal.Print(Zoo.BuiltIn.Find(parsed.GetValue(name)!).Paper.BibTeX());
            return ExitCode.Done;
        });
        return command;
    }
}

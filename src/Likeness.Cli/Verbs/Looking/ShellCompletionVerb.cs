using Likeness.Cli.Lines;

namespace Likeness.Cli.Verbs;

/// <summary><c>likeness shell-completion SHELL</c>: a script that lets the shell complete this command's lines.</summary>
internal static class ShellCompletionVerb
{
    public static Command Create(Terminal terminal) => Create("shell-completion", terminal);

    /// <summary>The name that the verb had before: understood, but no longer shown.</summary>
    public static Command CreateFormer(Terminal terminal)
    {
        var command = Create("completion", terminal);
        command.Hidden = true;
        return command;
    }

    private static Command Create(string name, Terminal terminal)
    {
        var shell = new Argument<string>("SHELL") { Description = $"one of {string.Join(", ", CompletionScripts.Shells)}" };
        shell.CompletionSources.Add([.. CompletionScripts.Shells]);
        var command = new Command(name, "print a script that completes lines in your shell") { shell };
        command.SetAction(parsed =>
        {
            var asked = parsed.GetValue(shell) is "pwsh" ? "powershell" : parsed.GetValue(shell)!;
            terminal.Output.WriteLine(CompletionScripts.Shells.Contains(asked)
                ? CompletionScripts.Of(asked, CompletionWords.Of((RootCommand)parsed.RootCommandResult.Command))
                : throw UsageException.Unknown("shell", asked, CompletionScripts.Shells));
            return ExitCode.Done;
        });
        return command;
    }
}

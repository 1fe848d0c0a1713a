using System.CommandLine;

namespace Likeness.Cli.Verbs;

/// <summary><c>likeness shell-completion bash|zsh</c>: a script that lets the shell complete this command's lines.</summary>
internal static class ShellCompletionVerb
{
    private const string Bash = """
        _likeness() {
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _likeness likeness ./likeness
        """;

    private const string Zsh = """
        _likeness() {
            compadd -- ${(f)"$(${words[1]} "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)"} || _files
        }
        compdef _likeness likeness ./likeness
        """;

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
        var shell = new Argument<string>("SHELL") { Description = "bash or zsh" };
        shell.CompletionSources.Add("bash", "zsh");
        var command = new Command(name, "a script for the shell: source <(likeness shell-completion bash)") { shell };
        command.SetAction(parsed =>
        {
            terminal.Print(parsed.GetValue(shell) switch
            {
                "bash" => Bash,
                "zsh" => Zsh,
                var other => throw UsageException.Unknown("shell", other!, ["bash", "zsh"]),
            });
            return ExitCode.Done;
        });
        return command;
    }
}

using System.CommandLine.Parsing;

namespace Likeness.Cli.Lines;

/// <summary>Files and folders that a verb may not write over: what it reads, and what a run that it reads has learned from.</summary>
internal static class SparedFiles
{
    /// <summary>Refuses to write to such a file, before any work is done.</summary>
    /// <exception cref="UsageException">The file is read as well, or a run was trained on it.</exception>
    public static void Check(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (command.Options.FirstOrDefault(o => o.Aliases.Contains("-o") || o.Name == "-o") is not { } output || Words(parsed.GetResult(output)) is not [var path] || !Path.Exists(path))
        {
            return;
        }

        var whole = Whole(path);
        foreach (var word in command.Arguments.SelectMany(a => Words(parsed.GetResult(a))).Concat(command.Options.Where(o => o != output).SelectMany(o => Words(parsed.GetResult(o)))))
        {
            if (Path.Exists(word) && Whole(word) == whole)
            {
                throw new UsageException($"'{path}' would be written over what is read from it: name another file with -o.");
            }

            if (RunFolder.Exists(word) && Whole(RunFolder.Open(word).Record.Data.Source) is var learned && (whole == learned || whole.StartsWith(learned + Path.DirectorySeparatorChar, StringComparison.Ordinal)))
            {
                throw new UsageException($"'{path}' is part of what the run '{word}' has learned from, and would be lost: name another file with -o.");
            }
        }
    }

    private static string Whole(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

    private static string[] Words(SymbolResult? result) => result is null ? [] : [.. result.Tokens.Select(t => t.Value)];
}

using System.CommandLine;
using System.Runtime.InteropServices;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Likeness.Cli.Verbs;

namespace Likeness.Cli;

/// <summary>The command line: one verb per file, and one place that turns errors into a sentence and an exit code.</summary>
internal static class Program
{
    public static int Main(string[] args) =>
        Run(args, new Terminal(Console.Out, Console.Error, !Console.IsOutputRedirected, !Console.IsErrorRedirected));

    internal static int Run(string[] args, Terminal terminal)
    {
        try
        {
            var root = Root(terminal);
            var parsed = root.Parse(args);
            if (parsed.Action is ParseErrorAction)
            {
                throw WrongLine(parsed);
            }

            if (parsed.Action is HelpAction)
            {
                return Help(parsed, terminal);
            }

            (terminal.Json, terminal.Verbose) = (parsed.GetValue(CommonOptions.Json), parsed.GetValue(CommonOptions.Verbose));
            return parsed.Invoke(new InvocationConfiguration
            {
                Output = terminal.Output,
                Error = terminal.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            });
        }
#pragma warning disable CA1031 // The last place that can turn an error into a sentence.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return Report(e, terminal, args.Contains("--verbose"));
        }
    }

    internal static RootCommand Root(Terminal terminal)
    {
        var root = new RootCommand("Generative modelling: learn the distribution of your data, then sample it and score with it.")
        {
            DemoVerb.Create(terminal),
            ModelsVerb.Create(terminal),
            DataVerb.Create(terminal),
            TrainVerb.Create(terminal),
            ResumeVerb.Create(terminal),
            SampleVerb.Create(terminal),
            ForecastVerb.Create(terminal),
            SimulateVerb.Create(terminal),
            PlanVerb.Create(terminal),
            ScoreVerb.Create(terminal),
            AnomaliesVerb.Create(terminal),
            CompleteVerb.Create(terminal),
            UpscaleVerb.Create(terminal),
            ColorizeVerb.Create(terminal),
            EditVerb.Create(terminal),
            TranslateVerb.Create(terminal),
            RestoreVerb.Create(terminal),
            CompressVerb.Create(terminal),
            DecompressVerb.Create(terminal),
            EncodeVerb.Create(terminal),
            DecodeVerb.Create(terminal),
            ClusterVerb.Create(terminal),
            LatentVerb.Create(terminal),
            CompareVerb.Create(terminal),
            TransferVerb.Create(terminal),
            AuditVerb.Create(terminal),
            EvaluateVerb.Create(terminal),
            BacktestVerb.Create(terminal),
            RestorationVerb.Create(terminal),
            DoctorVerb.Create(terminal),
            ParametersVerb.Create(terminal),
            CiteVerb.Create(terminal),
            ShellCompletionVerb.Create(terminal),
            ShellCompletionVerb.CreateFormer(terminal),
            CommonOptions.Json,
            CommonOptions.Verbose,
        };
        root.SetAction(_ => Help(root.Parse("--help"), terminal));
        return root;
    }

    // The parser takes the assembly's name for the command's.
    private static int Help(ParseResult parsed, Terminal terminal)
    {
        using var text = new StringWriter();
        var code = parsed.Invoke(new InvocationConfiguration { Output = text, Error = terminal.Error });
        terminal.Output.Write(text.ToString().Replace(parsed.RootCommandResult.Command.Name, "likeness", StringComparison.Ordinal));
        return code;
    }

    private static int Report(Exception e, Terminal terminal, bool verbose)
    {
        // What fails while a type prepares itself is told by what made it fail.
        var cause = e;
        while (cause is TypeInitializationException { InnerException: { } inner })
        {
            cause = inner;
        }

        var (message, code) = cause switch
        {
            UsageException usage => (usage.Sentence.Phrase(Words.Of), ExitCode.WrongUsage),
            LikenessException told => (told.Sentence.Phrase(Words.Of), ExitCode.Failed),
            TorchException => (cause.Message, ExitCode.Failed),
            InvalidDataException or IOException or UnauthorizedAccessException => (cause.Message, ExitCode.Failed),
            OperationCanceledException => ("Stopped.", ExitCode.Interrupted),
            // What libtorch throws comes with its own call stack below the first line.
            ExternalException when !cause.Message.Contains("allocate memory", StringComparison.Ordinal) => ($"libtorch: {cause.Message.Split('\n')[0]}", ExitCode.Failed),
            OutOfMemoryException or ExternalException => ("There is not enough memory: use a smaller batch, fewer examples or a smaller model.", ExitCode.Failed),
            _ => ($"Something went wrong that should not ({cause.GetType().Name}: {cause.Message.TrimEnd('.')}): please report it with the output of the same command and --verbose.", ExitCode.Failed),
        };
        terminal.Fail(OneLine(message));
        if (verbose)
        {
            terminal.Error.WriteLine(e);
        }

        return code;
    }

    // The parser's own words are for programmers; ours name the word, what is allowed, and where help is.
    private static UsageException WrongLine(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var path = string.Join(' ', Names(parsed.CommandResult).Reverse());
        if (parsed.UnmatchedTokens is [var word, ..])
        {
            var options = command.Options.Concat(parsed.RootCommandResult.Command.Options.Where(o => o.Recursive)).Select(o => o.Name);
            var verbs = command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name).ToList();
            return word.StartsWith('-') || verbs.Count == 0
                ? UsageException.Unknown($"{(word.StartsWith('-') ? "option" : "word")} for '{path}'", word, options)
                : UsageException.Unknown("command", word, verbs);
        }

        var message = parsed.Errors[0].Message.TrimEnd('.');
        return new UsageException(message.EndsWith('?') ? message : $"{message}: see '{path} --help'.");

        static IEnumerable<string> Names(System.CommandLine.Parsing.SymbolResult? result)
        {
            for (var at = result; at is not null; at = at.Parent)
            {
                if (at is System.CommandLine.Parsing.CommandResult c)
                {
                    yield return c.Command is RootCommand ? "likeness" : c.Command.Name;
                }
            }
        }
    }

    private static string OneLine(string text) => string.Join(' ', text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
}

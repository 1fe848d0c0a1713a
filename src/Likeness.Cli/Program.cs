using System.Runtime.InteropServices;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Likeness.Cli.Lines;
using Likeness.Cli.Verbs;

namespace Likeness.Cli;

/// <summary>The command line: one verb per file, and one place that turns errors into a sentence and an exit code.</summary>
internal static class Program
{
    public static int Main(string[] args) =>
        Run(args, new Terminal(Console.Out, Console.Error, !Console.IsOutputRedirected, !Console.IsErrorRedirected));

    internal static int Run(string[] args, Terminal terminal)
    {
        terminal.Json = args.Contains("--json");
        try
        {
            var root = Root(terminal);
            var words = Asked(args);
            var parsed = root.Parse(words);
            if (parsed.Action is ParseErrorAction)
            {
                throw new WrongLine(parsed, words).Exception();
            }

            if (Swallowed(parsed.CommandResult) is { } flag)
            {
                throw new WrongLine(parsed, words).Flag(flag);
            }

            if (parsed.Action is HelpAction)
            {
                return Help(parsed, terminal);
            }

            SparedFiles.Check(parsed);
            (terminal.Json, terminal.Verbose) = (parsed.GetValue<bool>("--json"), parsed.GetValue<bool>("--verbose"));
            if (parsed.CommandResult.Command.Options.FirstOrDefault(o => o.Name == "--threads") is Option<int?> option && parsed.GetValue(option) is { } threads)
            {
                TorchRuntime.Threads = threads;
            }

            var code = parsed.Invoke(new InvocationConfiguration
            {
                Output = terminal.Output,
                Error = terminal.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            });
            terminal.Begin();
            return code;
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
        var root = new RootCommand("Learns the distribution of your data, whatever it is: pictures, tables, series. Then it draws new examples, says how likely given ones are, fills in what is missing, and more.")
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
            CommonOptions.Json(),
            CommonOptions.Verbose(),
        };
        root.SetAction(parsed => Help(parsed, terminal));
        return root;
    }

    private static int Help(ParseResult parsed, Terminal terminal)
    {
        var path = string.Join(' ', WrongLine.Path(parsed.CommandResult).Skip(1));
        foreach (var line in HelpText.Of(parsed.CommandResult.Command, path, terminal.Width))
        {
            terminal.Output.WriteLine(line);
        }

        return ExitCode.Done;
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
        if (cause is not LikenessException)
        {
            // Nobody has refused anything, and any note may help to see what went wrong.
            terminal.Begin();
        }

        terminal.Fail(OneLine(message), code);
        if (verbose)
        {
            terminal.Error.WriteLine(e);
        }

        return code;
    }

    // 'help train' and 'version' ask for what '--help' and '--version' do.
    private static string[] Asked(string[] args) => args switch
    {
        ["help", .. var verb] => [.. verb, "--help"],
        [var verb, "help"] => [verb, "--help"],
        ["version"] => ["--version"],
        _ => args,
    };

    // An option that takes several words takes a flag that there is not for one of them.
    private static string? Swallowed(CommandResult result) => result.Children.OfType<OptionResult>().SelectMany(o => o.Tokens)
        .Select(t => t.Value).FirstOrDefault(v => v.Length > 2 && v.StartsWith("--", StringComparison.Ordinal) && char.IsAsciiLetter(v[2]));

    private static string OneLine(string text) => string.Join(' ', text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
}

using System.Text.Encodings.Web;
using System.Text.Json;
using Likeness.Cli.Lines;
using Spectre.Console;

namespace Likeness.Cli;

/// <summary>
/// Where a verb writes: results to the output, everything else to the error stream. In a terminal tables and progress are drawn;
/// elsewhere they are plain lines.
/// </summary>
internal sealed class Terminal(TextWriter output, TextWriter error, bool outputIsTerminal = false, bool errorIsTerminal = false, int? width = null)
{
    // Letters of any script as they are.
    private static readonly JsonSerializerOptions s_plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // What nobody reads line by line on a screen that is wider.
    private const int Widest = 100;
    private const int Usual = 80;

    /// <summary>A blank at which no line of a result breaks.</summary>
    public const char Unbroken = '\u00A0';

    // What was noted before anything has begun.
    private readonly List<string> _held = [];
    private bool _begun;

    /// <summary>Characters of a line of help and of running text.</summary>
    public int Width { get; } = width ?? (outputIsTerminal || errorIsTerminal ? Math.Clamp(WindowWidth(), 40, Widest) : Usual);

    public TextWriter Output => output;

    public TextWriter Error => error;

    /// <summary>Results are JSON objects, one per line.</summary>
    public bool Json { get; set; }

    public bool Verbose { get; set; }

    /// <summary>A result.</summary>
    public void Print(string line)
    {
        Begin();
        Write(output, line, outputIsTerminal);
    }

    /// <summary>A result with a name before it: what is longer than a line goes on below, where it began.</summary>
    public void Print(string name, int column, string text)
    {
        Begin();
        foreach (var line in Wrapping.Lines($"{name.PadRight(column - 1)} {text}", outputIsTerminal ? Width : Widest, column))
        {
            output.WriteLine(line.Replace(Unbroken, ' '));
        }
    }

    /// <summary>A result for programs.</summary>
    public void Print(JsonObject json)
    {
        Begin();
        output.WriteLine(json.ToJsonString(s_plain));
    }

    /// <summary>A result in words, or the same for programs.</summary>
    public void Print(string line, JsonObject json)
    {
        if (Json)
        {
            Print(json);
        }
        else
        {
            Print(line);
        }
    }

    /// <summary>Something worth knowing that is no result. Before anything has begun it waits: who is refused reads why, and nothing else.</summary>
    public void Note(string line)
    {
        if (_begun)
        {
            Write(error, line, errorIsTerminal);
        }
        else
        {
            _held.Add(line);
        }
    }

    /// <summary>The command has passed its checks: what was noted is written, and what will be is written at once.</summary>
    public void Begin()
    {
        _begun = true;
        foreach (var line in _held)
        {
            Write(error, line, errorIsTerminal);
        }

        _held.Clear();
    }

    /// <summary>Data, after saying what is worth knowing about how it was read.</summary>
    public IDataset Noted(IDataset data)
    {
        foreach (var note in data.Origin.Notes)
        {
            Note(note);
        }

        return Unchanged(data);
    }

    /// <summary>The data of a run, after saying so where it has changed since.</summary>
    public IDataset Unchanged(IDataset data)
    {
        if (data.Origin.Change is { } change)
        {
            Note($"Warning: {change}");
        }

        return data;
    }

    /// <summary>The model of a run, after saying what is to be known before its answers are believed.</summary>
    /// <param name="folder">The run.</param>
    /// <param name="settings">Options that are chosen anew, as they were typed.</param>
    /// <param name="query">What a database is asked that it is asked about; null where nothing was said.</param>
    public TrainedModel Opened(string folder, IReadOnlyList<string>? settings = null, string? query = null)
    {
        var trained = TrainedModel.Open(folder, Zoo.BuiltIn, Settings.Read(settings)) with { Query = query?.Trim() };
        if (trained.Warning is { } warning)
        {
            Note(warning);
        }

        return trained;
    }

    /// <summary>What a model learned from, beside data that is measured, after saying so where it is gone.</summary>
    public IDataset Learned(TrainedModel trained, IDataset measured, string? root)
    {
        var learned = trained.LearnedFrom(measured, root, out var gone);
        if (gone is not null)
        {
            Note($"Metrics that need the data that the model learned from are left out: {gone.Phrase(Words.Of)}");
        }

        return learned;
    }

    /// <summary>What went wrong, in one line; an object with the sentence and the exit code for programs.</summary>
    public void Fail(string sentence, int code)
    {
        if (Json)
        {
            error.WriteLine(new JsonObject { ["error"] = sentence, ["exitCode"] = code }.ToJsonString(s_plain));
        }
        else
        {
            Write(error, $"likeness: {sentence}", errorIsTerminal);
        }
    }

    /// <summary>A table of results: drawn in a terminal, else aligned columns of at most 100 characters.</summary>
    public void Table(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        Begin();
        if (outputIsTerminal)
        {
            var table = new Table { Border = TableBorder.Rounded };
            table.AddColumns([.. columns.Select(c => new TableColumn(Markup.Escape(c)))]);
            foreach (var row in rows)
            {
                table.AddRow([.. row.Select(Markup.Escape)]);
            }

            var console = Console(output);
            console.Profile.Width = Width;
            console.Write(table);
            return;
        }

        foreach (var line in PlainTable.Lines([columns, .. rows], Widest))
        {
            output.WriteLine(line);
        }
    }

    /// <summary>Follows long work: rate and time left, on the error stream.</summary>
    /// <param name="what">What is being done.</param>
    /// <param name="unit">What is counted, in the plural.</param>
    /// <param name="total">How many there are.</param>
    /// <param name="work">Does it and tells how far it is.</param>
    public T Track<T>(string what, string unit, double total, Func<Tracker, T> work)
    {
        Begin();
        var tracker = new Tracker(what, unit, total);
        if (!errorIsTerminal)
        {
            tracker.Changed = () => tracker.WriteLineAtTimes(error);
            return work(tracker);
        }

        var console = Console(error);
        var bar = Math.Clamp(console.Profile.Width - 100, 8, 40);
        // What does not fit beside the bar and the percentage would wrap and flicker.
        var room = Math.Max(console.Profile.Width - bar - 10, 20);
        return console.Progress().AutoClear(true).HideCompleted(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = bar }, new PercentageColumn())
            .Start(context =>
            {
                var task = context.AddTask(Markup.Escape(what), maxValue: total);
                tracker.Changed = () =>
                {
                    task.Value = tracker.Done;
                    var text = tracker.Describe();
                    task.Description = Markup.Escape(text.Length <= room ? text : $"{text[..(room - 1)]}…");
                };
                return work(tracker);
            });
    }

    // Lines of a file are whole; on a screen they break at blanks.
    private void Write(TextWriter writer, string line, bool isTerminal)
    {
        foreach (var part in isTerminal && line.Length > Width ? Wrapping.Lines(line, Width, 2) : [line])
        {
            writer.WriteLine(part);
        }
    }

    private static int WindowWidth()
    {
        try
        {
            return System.Console.WindowWidth > 0 ? System.Console.WindowWidth : Usual;
        }
        catch (IOException)
        {
            return Usual;
        }
    }

    private static IAnsiConsole Console(TextWriter writer) => AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });
}

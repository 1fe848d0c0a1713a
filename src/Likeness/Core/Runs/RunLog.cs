using System.Text;

namespace Likeness;

/// <summary>One line of a run's log: what happened in one step.</summary>
/// <param name="Step">Steps taken, this one included.</param>
/// <param name="Examples">Training examples seen so far.</param>
/// <param name="Seconds">Time of this step alone.</param>
/// <param name="Terms">Every term as "player.term"; the mean where a player took several turns.</param>
public sealed record LogEntry(long Step, long Examples, double Seconds, IReadOnlyDictionary<string, double> Terms)
{
    public static LogEntry Of(StepReport report) => new(report.Step, report.Examples, report.Seconds,
        report.Terms.GroupBy(t => $"{t.Player}.{t.Term}").ToDictionary(g => g.Key, g => g.Average(t => t.Value)));

    /// <summary>As one line of JSON, without the line's end.</summary>
    public string ToJson()
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteNumber("step", Step);
            writer.WriteNumber("examples", Examples);
            writer.WriteNumber("seconds", Math.Round(Seconds, 6));
            writer.WriteStartObject("terms");
            foreach (var (name, value) in Terms)
            {
                writer.WriteNumber(name, value);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>Null for a line that a killed process left unfinished.</summary>
    internal static LogEntry? TryParse(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            return new(root.GetProperty("step").GetInt64(), root.GetProperty("examples").GetInt64(), root.GetProperty("seconds").GetDouble(),
                root.GetProperty("terms").EnumerateObject().ToDictionary(t => t.Name, t => t.Value.GetDouble()));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            return null;
        }
    }
}

/// <summary>
/// The log of a run, opened for writing. Holding it open also keeps a second process from training the same run.
/// </summary>
internal sealed class RunLog : IDisposable
{
    private readonly StreamWriter _writer;

    private RunLog(FileStream stream) => _writer = new StreamWriter(stream, new UTF8Encoding(false), 1 << 14);

    /// <summary>Opens the log and drops what was logged after a step.</summary>
    /// <param name="path">The file.</param>
    /// <param name="step">The step of the checkpoint that training goes on from.</param>
    /// <param name="kept">Told every entry up to it.</param>
    /// <exception cref="DataException">Another process holds it, or it cannot be written.</exception>
    public static RunLog Open(string path, long step, Action<LogEntry>? kept = null)
    {
        FileStream stream;
        try
        {
            stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"The log '{path}' cannot be opened ({e.Message.TrimEnd('.')}): another process may be training this run; wait for it, or choose another folder.", e);
        }

        stream.SetLength(EndOf(stream, step, kept));
        stream.Seek(0, SeekOrigin.End);
        return new(stream);
    }

    /// <summary>The entries of a log, whether or not it is being written.</summary>
    public static IEnumerable<LogEntry> Read(string path)
    {
        if (!File.Exists(path))
        {
            yield break;
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (LogEntry.TryParse(line) is { } entry)
            {
                yield return entry;
            }
        }
    }

    public void Append(LogEntry entry)
    {
        _writer.Write(entry.ToJson());
        _writer.Write('\n');
    }

    /// <summary>Hands what was appended to the system, so other processes see it.</summary>
    public void Flush() => _writer.Flush();

    /// <summary>All entries so far. Nobody else can read them while the log is held.</summary>
    public IReadOnlyList<LogEntry> ReadBack()
    {
        _writer.Flush();
        var stream = _writer.BaseStream;
        stream.Seek(0, SeekOrigin.Begin);
        using var reader = new StreamReader(stream, leaveOpen: true);
        var entries = new List<LogEntry>();
        while (reader.ReadLine() is { } line)
        {
            if (LogEntry.TryParse(line) is { } entry)
            {
                entries.Add(entry);
            }
        }

        stream.Seek(0, SeekOrigin.End);
        return entries;
    }

    public void Dispose() => _writer.Dispose();

    // Where the last whole line that is not after the step ends, in bytes.
    private static long EndOf(FileStream stream, long step, Action<LogEntry>? kept)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8, false, 1 << 14, leaveOpen: true);
        var text = reader.ReadToEnd();
        var end = 0;
        while (text.IndexOf('\n', end) is var next and >= 0)
        {
            if (LogEntry.TryParse(text[end..next]) is not { } entry || entry.Step > step)
            {
                break;
            }

            kept?.Invoke(entry);
            end = next + 1;
        }

        return Encoding.UTF8.GetByteCount(text.AsSpan(0, end));
    }
}

using System.Globalization;
using System.Text;

namespace Likeness;

/// <summary>The log as a table: a row for each step, a column for each term. Written anew from the log when a training goes on.</summary>
internal sealed class CsvLog : IExtraLog
{
    private readonly string _path;
    private readonly List<string> _terms = [];
    private StreamWriter _writer;

    /// <param name="path">The file, which is replaced.</param>
    public CsvLog(string path)
    {
        _path = path;
        _writer = Open(FileMode.Create);
        _writer.Write("step,examples,seconds\n");
    }

    public void Append(LogEntry entry)
    {
        string[] late = [.. entry.Terms.Keys.Except(_terms)];
        if (late.Length > 0)
        {
            Widen(late);
        }

        _writer.Write(string.Create(CultureInfo.InvariantCulture, $"{entry.Step},{entry.Examples},{Math.Round(entry.Seconds, 6)}"));
        foreach (var term in _terms)
        {
            _writer.Write(',');
            // Empty where a term was not measured: the validation split is looked at now and then.
            _writer.Write(entry.Terms.TryGetValue(term, out var value) ? value.ToString("R", CultureInfo.InvariantCulture) : "");
        }

        _writer.Write('\n');
    }

    public void Flush() => _writer.Flush();

    public void Dispose() => _writer.Dispose();

    // A term that comes late gets a column, empty in the rows before.
    private void Widen(string[] late)
    {
        _writer.Dispose();
        var lines = File.ReadLines(_path);
        WholeFile.Write(_path, stream =>
        {
            using var wider = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true);
            var tail = string.Concat(late.Select(t => $",{Cell(t)}"));
            foreach (var line in lines)
            {
                wider.Write(line);
                wider.Write(tail);
                wider.Write('\n');
                tail = new string(',', late.Length);
            }
        });
        _terms.AddRange(late);
        _writer = Open(FileMode.Append);
    }

    private static string Cell(string text) => text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;

    private StreamWriter Open(FileMode mode) => new(new FileStream(_path, mode, FileAccess.Write, FileShare.Read, 1), new UTF8Encoding(false), 1 << 14);
}

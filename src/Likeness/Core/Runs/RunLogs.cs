namespace Likeness;

/// <summary>All forms of a run's log, opened for writing as one.</summary>
internal sealed class RunLogs : IDisposable
{
    private readonly RunLog _log;
    private readonly IReadOnlyList<IExtraLog> _others;

    private RunLogs(RunLog log, IReadOnlyList<IExtraLog> others) => (_log, _others) = (log, others);

    /// <summary>Opens the log and the others that the run's record asks for, and drops what was logged after a step.</summary>
    /// <param name="folder">Whose.</param>
    /// <param name="step">The step of the checkpoint that training goes on from.</param>
    /// <param name="kept">Told every entry up to it.</param>
    /// <exception cref="DataException">Another process holds the log, or a file cannot be written.</exception>
    public static RunLogs Open(RunFolder folder, long step, Action<LogEntry> kept) => RunFolder.Guarded(folder.Path, "written", () =>
    {
        // Opened by the first entry that is kept, if there is one: by then the log is held, so no other process writes the table.
        CsvLog? table = null;
        var log = RunLog.Open(folder.LogFile, step, entry =>
        {
            kept(entry);
            Table()?.Append(entry);
        });
        var others = new List<IExtraLog>();
        if (Table() is { } csv)
        {
            others.Add(csv);
        }

        if (folder.Record.Logs.HasFlag(ExtraLogs.TensorBoard))
        {
            others.Add(EventFile.Create(folder.Path, step, TimeProvider.System));
        }

        return new RunLogs(log, others);

        CsvLog? Table() => table ??= folder.Record.Logs.HasFlag(ExtraLogs.Csv) ? new CsvLog(folder.CsvLogFile) : null;
    });

    public void Append(LogEntry entry)
    {
        _log.Append(entry);
        foreach (var other in _others)
        {
            other.Append(entry);
        }
    }

    /// <summary>All entries so far.</summary>
    public IReadOnlyList<LogEntry> ReadBack() => _log.ReadBack();

    /// <summary>Hands what was appended to the system, so other processes see it.</summary>
    public void Flush()
    {
        _log.Flush();
        foreach (var other in _others)
        {
            other.Flush();
        }
    }

    public void Dispose()
    {
        foreach (var other in _others)
        {
            other.Dispose();
        }

        _log.Dispose();
    }
}

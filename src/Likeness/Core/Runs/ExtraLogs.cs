namespace Likeness;

/// <summary>Forms of a run's log beside log.jsonl, which is always written.</summary>
[Flags]
public enum ExtraLogs
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>log.csv: a row for each step.</summary>
    Csv = 1,

    /// <summary>events.out.tfevents.*: scalars that TensorBoard reads.</summary>
    TensorBoard = 2,
}

/// <summary>Such a form, opened for writing.</summary>
internal interface IExtraLog : IDisposable
{
    void Append(LogEntry entry);

    /// <summary>Hands what was appended to the system, so other processes see it.</summary>
    void Flush();
}

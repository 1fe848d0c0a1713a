using System.Runtime.InteropServices;

namespace Likeness.Cli;

/// <summary>Ctrl-C and the system's request to end: the first asks the work to stop and save, the second stops at once.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _signals;

    public Interruption(Terminal terminal) => _signals =
    [
        .. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM }.Select(signal => PosixSignalRegistration.Create(signal, context =>
        {
            if (!_stop.IsCancellationRequested)
            {
                context.Cancel = true;
                terminal.Note("Stopping after this step, then saving (once more to stop at once).");
                _stop.Cancel();
            }
        })),
    ];

    public CancellationToken Token => _stop.Token;

    public bool Asked => _stop.IsCancellationRequested;

    public void Dispose()
    {
        foreach (var signal in _signals)
        {
            signal.Dispose();
        }

        _stop.Dispose();
    }
}

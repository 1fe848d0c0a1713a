using System.Diagnostics;

namespace Likeness.Cli;

/// <summary>How far long work is, how fast it goes, and when it will end.</summary>
internal sealed class Tracker(string what, string unit, double total)
{
    // Short work says nothing; long work speaks up now and then.
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_redraw = TimeSpan.FromMilliseconds(100);

    private readonly long _start = Stopwatch.GetTimestamp();
    private double _first;
    private bool _begun;
    private string _detail = "";
    private TimeSpan _last;

    public double Done { get; private set; }

    /// <summary>Called when there is something new to show, at most ten times a second.</summary>
    public Action? Changed { get; set; }

    private TimeSpan Elapsed => Stopwatch.GetElapsedTime(_start);

    private TimeSpan _shown;

    /// <param name="done">Out of the total.</param>
    /// <param name="detail">What else is worth seeing; asked only when it is shown.</param>
    public void Report(double done, Func<string>? detail = null)
    {
        if (!_begun)
        {
            // Work that is resumed does not start at zero, and its rate must not count what was done before.
            (_first, _begun) = (done, true);
        }

        Done = done;
        if (Elapsed - _shown >= s_redraw)
        {
            _shown = Elapsed;
            _detail = detail?.Invoke() ?? "";
            Changed?.Invoke();
        }
    }

    /// <summary>For example "train 1200/20000 steps, 35 steps/s, 9m left  model.nll 95.21".</summary>
    public string Describe()
    {
        if (unit == "%")
        {
            return $"{what} {Done:0}%{Left((Done - _first) / Math.Max(Elapsed.TotalSeconds, 1e-9))}";
        }

        var rate = (Done - _first) / Math.Max(Elapsed.TotalSeconds, 1e-9);
        return $"{what} {Done:0}/{total:0} {unit}, {rate:0.#} {unit}/s{Left(rate)}{(_detail.Length > 0 ? $"  {_detail}" : "")}";
    }

    private string Left(double rate) => rate > 0 ? $", {Duration(TimeSpan.FromSeconds(Math.Min((total - Done) / rate, 1e7)))} left" : "";

    public void WriteLineAtTimes(TextWriter error)
    {
        var now = Elapsed;
        if (now >= s_silence && (_last == default || now - _last >= s_pause))
        {
            _last = now;
            error.WriteLine(Describe());
        }
    }

    /// <summary>For example "45s", "9m 20s" or "3h 5m".</summary>
    public static string Duration(TimeSpan time) => time.TotalSeconds < 60
        ? $"{Math.Ceiling(time.TotalSeconds):0}s"
        : time.TotalHours < 1 ? $"{(int)time.TotalMinutes}m {time.Seconds}s" : $"{(int)time.TotalHours}h {time.Minutes}m";
}

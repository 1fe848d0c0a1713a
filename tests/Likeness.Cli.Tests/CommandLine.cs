using System.Diagnostics;
using Likeness.Cli;

[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Likeness.Cli.Tests;

/// <summary>What a command line left behind.</summary>
internal sealed record Outcome(int Code, string Output, string Error)
{
    public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>Runs the tool as a part of this process, or as a process of its own.</summary>
internal static class CommandLine
{
    public static Outcome Run(params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = Program.Run(args, new Terminal(output, error));
        return new(code, output.ToString(), error.ToString());
    }

    /// <summary>A run that must succeed.</summary>
    public static string Succeed(params string[] args)
    {
        var outcome = Run(args);
        Assert.True(outcome.Code == 0, $"likeness {string.Join(' ', args)} ended with {outcome.Code}: {outcome.Error}");
        return outcome.Output;
    }

    public static Process Start(IReadOnlyDictionary<string, string>? environment, params string[] args) => Start(typeof(Program).Assembly.Location, environment, args);

    /// <summary>Starts a copy of the tool.</summary>
    public static Process Start(string program, IReadOnlyDictionary<string, string>? environment, params string[] args) => StartIn("", program, environment, args);

    /// <summary>Starts a program of .NET in a folder.</summary>
    public static Process StartIn(string folder, string program, IReadOnlyDictionary<string, string>? environment, params string[] args)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(program);
        foreach (var arg in args)
        {
            start.ArgumentList.Add(arg);
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>Waits for the end, for so many minutes at most: a tool that hangs must not hold up all that follows.</summary>
    public static Outcome Finish(Process process, int minutes = 2)
    {
        var (error, output) = (process.StandardError.ReadToEndAsync(), process.StandardOutput.ReadToEndAsync());
        if (!process.WaitForExit(TimeSpan.FromMinutes(minutes)))
        {
            process.Kill();
            Assert.Fail($"The tool did not end: {output.GetAwaiter().GetResult()}{error.GetAwaiter().GetResult()}");
        }

        return new(process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }
}

using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Likeness.Torch.Tests;

/// <summary>A folder with this program and the native libraries that a test puts beside it: links, because they are large.</summary>
internal sealed class BringUpFolder : IDisposable
{
    private const string Natives = "runtimes/linux-x64/native";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("likeness");

    internal BringUpFolder()
    {
        var program = typeof(BringUpFolder).Assembly.GetName().Name!;
        foreach (var file in Directory.EnumerateFiles(AppContext.BaseDirectory))
        {
            var name = Path.GetFileName(file);
            // The host follows a link to the program itself, and looks for everything else where that leads.
            if (name == program + ".dll" || name == program + ".runtimeconfig.json")
                File.Copy(file, Path.Combine(_folder.FullName, name));
            else if (name.EndsWith(".dll", StringComparison.Ordinal))
                File.CreateSymbolicLink(Path.Combine(_folder.FullName, name), file);
        }
        Program = Path.Combine(_folder.FullName, program + ".dll");
        Cache = Path.Combine(_folder.FullName, "cache");
    }

    internal string Cache { get; set; }

    private string Program { get; }

    internal static void SkipElsewhere() => Skip.IfNot(
        OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64 && GlibcSettings.IsGlibc,
        "Only on Linux x64 with glibc does Likeness load TorchSharp's native part itself.");

    internal static string NativeFile(string name) => Path.Combine(AppContext.BaseDirectory, Natives, name);

    internal string Place(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>Links every native library, but for those.</summary>
    internal BringUpFolder With(params string[] except)
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, Natives)))
            if (!except.Contains(Path.GetFileName(file)))
                File.CreateSymbolicLink(Place(Path.GetFileName(file)), file);
        return this;
    }

    /// <summary>Starts the program and returns its exit code and what it printed, both streams.</summary>
    internal (int Code, string Output) Run(string how)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Program, how]) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet")
            start.FileName = host;
        start.Environment["XDG_CACHE_HOME"] = Cache;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, (output + error.GetAwaiter().GetResult()).Trim());
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
